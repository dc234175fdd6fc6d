import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { SessionRecord } from '../session/record.ts'
import type { StoredRecord } from '../session/sessions.ts'

/** A session as its owner sees it in a list. Instants are unix milliseconds. */
export interface ListedSession {
  readonly id: string
  readonly site: string
  /** Browser and platform family. */
  readonly client: string
  readonly network: string
  readonly startedAt: number
  readonly seenAt: number
  readonly remembered: boolean
  readonly methods: readonly string[]
  /** Whether it is the one that asks. */
  readonly current: boolean
}

/** A user's live sessions on all sites, the one that asks first, then by when they were last used. */
export async function listSessions(
  services: Services,
  own: SessionRecord,
): Promise<readonly ListedSession[]> {
  const stored = await services.sessions.listLive(own.identity.id)
  // KV lists what is new a little later; the session at hand is certainly there.
  const others = stored.map(({ record }) => record).filter(({ id }) => id !== own.id)
  const listed = [own, ...others].map((record) => ({
    id: record.id,
    site: record.site,
    client: record.client.agent,
    network: record.client.network,
    startedAt: record.createdAt,
    seenAt: record.seenAt,
    remembered: record.family !== null,
    methods: record.methods,
    current: record.id === own.id,
  }))
  return listed.sort((a, b) => Number(b.current) - Number(a.current) || b.seenAt - a.seenAt)
}

/** A listed session as programs read it, with instants in ISO 8601. */
export function describeListed({ startedAt, seenAt, ...session }: ListedSession) {
  return { ...session, startedAt: new Date(startedAt).toISOString(), seenAt: new Date(seenAt).toISOString() }
}

/** Ends one of a user's other sessions with what its browser remembers. False when there is none of that name. */
export async function endSession(
  services: Services,
  visit: Visit,
  own: SessionRecord,
  id: string,
): Promise<boolean> {
  const found = (await services.sessions.listLive(own.identity.id)).find(({ record }) => record.id === id)
  if (!found || found.record.id === own.id) return false
  await services.sessions.end(found, [
    ...familyOf(services, found),
    services.audit.statement(ended(visit, own, id, false)),
  ])
  return true
}

/** Ends all of a user's sessions but the one at hand, and all that other browsers remember. */
export async function endOtherSessions(services: Services, visit: Visit, own: SessionRecord): Promise<void> {
  await services.sessions.endAll(own.identity.id, own.id, [
    services.remember.endAllOf(own.identity.id, own.family),
    services.audit.statement(ended(visit, own, null, true)),
  ])
}

function familyOf({ remember }: Services, { record }: StoredRecord): readonly D1PreparedStatement[] {
  return record.family === null ? [] : [remember.endFamily(record.family)]
}

function ended(visit: Visit, { identity }: SessionRecord, sessionId: string | null, everywhere: boolean) {
  return {
    event: 'session.ended',
    site: visit.site.key,
    userId: identity.id,
    sessionId,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { by: 'owner', everywhere, from: 'account' },
  } as const
}
