import type { SessionRecord } from '../../src/session/record.ts'
import { findUser, withEntities } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { type Output, table, when } from '../output.ts'

/** `edgegate sessions list USER`, `edgegate sessions end USER [--session ID]` */
export async function runSessions(words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const [action, name] = words
  if (action === 'list') await list(name, flags, output)
  else if (action === 'end') await end(name, flags, output)
  else throw new Failure('`edgegate sessions` takes list USER or end USER.', 2)
  return 0
}

async function list(name: string | undefined, flags: Flags, output: Output): Promise<void> {
  const records = await withEntities(flags, async (entities) => {
    const user = await findUser(entities, name)
    return (await entities.sessions.list(user.id)).map(({ record }) => record)
  })
  output.value(records.map(publicSession), () =>
    records.length === 0
      ? 'No sessions.'
      : table(
          ['ID', 'SITE', 'BROWSER', 'NETWORK', 'STARTED', 'LAST SEEN', 'REMEMBERED'],
          records.map((record) => [
            record.id,
            record.site,
            record.client.agent,
            record.client.network,
            when(record.createdAt),
            when(record.seenAt),
            record.remembered ? 'yes' : 'no',
          ]),
        ),
  )
}

async function end(name: string | undefined, flags: Flags, output: Output): Promise<void> {
  const ended = await withEntities(flags, async (entities) => {
    const user = await findUser(entities, name)
    const event = (sessionId: string | null) =>
      entities.audit.statement({
        event: 'session.ended',
        site: null,
        userId: user.id,
        sessionId,
        network: null,
        requestId: null,
        detail: { by: 'command line', everywhere: sessionId === null },
      })
    if (flags.session === undefined) {
      return await entities.sessions.endAll(user.id, null, [
        entities.remember.endAllOf(user.id, null),
        event(null),
      ])
    }
    const found = (await entities.sessions.list(user.id)).find(({ record }) => record.id === flags.session)
    if (!found)
      throw new Failure(
        `${name} has no session '${flags.session}'. \`edgegate sessions list ${name}\` shows all.`,
      )
    const { id, family } = found.record
    await entities.sessions.end(found, [event(id), ...(family ? [entities.remember.endFamily(family)] : [])])
    return 1
  })
  output.value(
    { ended },
    () => `Sessions ended: ${ended}. It holds everywhere within \`session.revocation\`.`,
  )
}

function publicSession({
  id,
  site,
  client,
  createdAt,
  seenAt,
  authenticatedAt,
  remembered,
  methods,
}: SessionRecord) {
  return { id, site, client, createdAt, seenAt, authenticatedAt, remembered, methods }
}
