import { randomText } from '../../src/lib/random.ts'
import { cleanName, normalizeUsername } from '../../src/user/identifier.ts'
import type { NewUser } from '../../src/user/user.ts'
import { allUsers, auditOf, findUser, withEntities } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { checkRoles } from '../new-user.ts'
import { type Output, table, when } from '../output.ts'

type Action = (words: readonly string[], flags: Flags, output: Output) => Promise<void>

const ACTIONS: Readonly<Record<string, Action>> = { add, list, remove }

/** `edgegate service …`: accounts of programs. They have no password and come by API keys only. */
export async function runService(words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const [name = '', ...rest] = words
  const action = ACTIONS[name]
  if (!action) throw new Failure(`\`edgegate service\` takes one of: ${Object.keys(ACTIONS).join(', ')}.`, 2)
  await action(rest, flags, output)
  return 0
}

async function add([said]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const service = newService(said, flags, Date.now())
  await withEntities(flags, async (entities) => {
    if (!(await entities.users.insert(service)))
      throw new Failure(`There is a '${service.username}' already.`)
    await auditOf(entities, 'user.added', service, { kind: 'service', roles: [...service.roles] }).run()
  })
  output.value(
    publicService(service),
    () => `Added ${service.username}. Make it a key: edgegate key add ${service.username} --name NAME`,
  )
}

function newService(said: string | undefined, flags: Flags, now: number): NewUser & { username: string } {
  const username = normalizeUsername(said ?? '')
  if (username === null)
    throw new Failure(`'${said ?? ''}' is not a name: letters, digits and . _ -, up to 64.`, 2)
  const name = flags.name === undefined ? null : cleanName(flags.name)
  if (flags.name !== undefined && name === null)
    throw new Failure(`'${flags.name}' is not a name to show.`, 2)
  return {
    id: `service_${randomText(12)}`,
    kind: 'service',
    email: null,
    emailVerified: false,
    username,
    name,
    roles: checkRoles(flags.role),
    passwordHash: null,
    passwordChangedAt: null,
    disabledAt: null,
    disabledReason: null,
    createdAt: now,
  }
}

async function list(_words: readonly string[], flags: Flags, output: Output): Promise<void> {
  const services = await withEntities(flags, async (entities) =>
    (await allUsers(entities)).filter(({ kind }) => kind === 'service'),
  )
  output.value(services.map(publicService), () =>
    services.length === 0
      ? 'No service accounts yet. Add one: edgegate service add NAME'
      : table(
          ['NAME', 'SHOWN AS', 'ROLES', 'STATE', 'CREATED'],
          services.map((service) => [
            service.username ?? service.id,
            service.name ?? '–',
            service.roles.join(',') || '–',
            service.disabledAt === null ? 'active' : 'disabled',
            when(service.createdAt),
          ]),
        ),
  )
}

/** Its keys go with it. */
async function remove([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const service = await withEntities(flags, async (entities) => {
    const service = await findUser(entities, name)
    if (service.kind !== 'service') throw new Failure(`'${name}' is a person: use \`edgegate user remove\`.`)
    await entities.sessions.endAll(service.id, null, [
      auditOf(entities, 'user.removed', service),
      entities.users.remove(service.id),
    ])
    return service
  })
  output.value({ id: service.id }, () => `Removed ${service.username ?? service.id} with its keys.`)
}

function publicService({ id, username, name, roles, disabledAt, createdAt }: NewUser) {
  return { id, username, name, roles, disabledAt, createdAt }
}
