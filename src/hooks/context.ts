import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from '../session/known.ts'
import type { StoredRecord } from '../session/sessions.ts'
import type { HookContext, SessionData } from './hooks.ts'

/** What a session may carry, as JSON text. KV would take more; the record is read on every request. */
const MAX_DATA_CHARACTERS = 4096

/** What hooks are given: the session at hand, and by id the others of the same user. */
export function hookContext(services: Services, visit: Visit, session: LiveSession | null): HookContext {
  const { sessions } = services
  let current = session

  async function findOther(id: string): Promise<StoredRecord | undefined> {
    if (!session) return undefined
    return (await sessions.list(session.record.identity.id)).find(({ record }) => record.id === id)
  }

  return {
    site: visit.site.key,
    requestId: visit.requestId,
    sessionId: session?.record.id ?? null,
    session: {
      get data() {
        return current?.record.data ?? null
      },
      async setData(data) {
        checkData(data)
        if (!current) throw new TypeError('there is no session to keep data in')
        current = await sessions.save(current, { data })
      },
      async readOther(sessionId) {
        return (await findOther(sessionId))?.record.data ?? null
      },
      async writeOther(sessionId, data) {
        checkData(data)
        const other = await findOther(sessionId)
        if (!other) return false
        await sessions.save(other, { data })
        return true
      },
    },
  }
}

function checkData(data: SessionData): void {
  if (JSON.stringify(data).length > MAX_DATA_CHARACTERS) {
    throw new RangeError(`session data is limited to ${MAX_DATA_CHARACTERS} characters of JSON`)
  }
}

/** Runs a hook that only listens. Whatever it does, the event has happened and the answer stands. */
export async function notify(
  services: Services,
  visit: Visit,
  hook: string,
  call: () => unknown,
): Promise<void> {
  try {
    await call()
  } catch (error) {
    services.log({
      level: 'error',
      event: 'hook.failed',
      hook,
      requestId: visit.requestId,
      error: String(error),
    })
  }
}
