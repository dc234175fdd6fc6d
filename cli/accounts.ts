import type { Actor } from '../src/admin/accounts.ts'
import type { SessionSettings } from '../src/config/settings.ts'
import { normalizeIdentifier } from '../src/user/identifier.ts'
import type { User } from '../src/user/user.ts'
import { Failure } from './failure.ts'
import type { Flags } from './flags.ts'
import { resolveSettings } from './settings.ts'
import { type Entities, openEntities, type Place, withBindings } from './storage.ts'

export function placeOf(flags: Flags): Place {
  return flags.remote ? { kind: 'remote' } : { kind: 'local', state: flags.state }
}

/** Runs a command's work on users and sessions of the chosen data, with the session options of the config. */
export async function withEntities<T>(flags: Flags, work: (entities: Entities) => Promise<T>): Promise<T> {
  const session: SessionSettings = (await resolveSettings(flags)).session
  return await withBindings(placeOf(flags), (bindings) => work(openEntities(bindings, session)))
}

/** The account that a command names by e-mail address, user name or id. */
export async function findUser(entities: Entities, name: string | undefined): Promise<User> {
  if (name === undefined) throw new Failure('Name the user: an e-mail address, a user name or an id.', 2)
  const identifier = normalizeIdentifier(name)?.value
  const user =
    (identifier && (await entities.users.findByIdentifier(identifier))) ||
    (await entities.users.findById(name))
  if (!user) throw new Failure(`There is no user '${name}'. \`edgegate user list\` shows all.`)
  return user
}

export async function allUsers(entities: Entities): Promise<readonly User[]> {
  const all: User[] = []
  let after: string | null = null
  while (true) {
    const page: readonly User[] = await entities.users.list({ after, limit: 500 })
    all.push(...page)
    after = page.at(-1)?.id ?? null
    if (page.length < 500) return all
  }
}

/** The operator: whoever has the database has the last word. */
export const COMMAND_LINE: Actor = { site: null, network: null, requestId: null, by: { by: 'command line' } }

/** Audit rows of the command line name nobody: whoever has the database has the last word. */
export function auditOf(
  entities: Entities,
  event: Parameters<Entities['audit']['statement']>[0]['event'],
  user: Pick<User, 'id'>,
  detail = {},
) {
  return entities.audit.statement({
    event,
    site: null,
    userId: user.id,
    sessionId: null,
    network: null,
    requestId: null,
    detail: { by: 'command line', ...detail },
  })
}
