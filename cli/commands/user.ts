import {
  changeRoles,
  disableAccount,
  enableAccount,
  removeAccount,
  resetFactors,
} from '../../src/admin/accounts.ts'
import { AWAITING_APPROVAL, type NewUser, type User } from '../../src/user/user.ts'
import { allUsers, auditOf, COMMAND_LINE, findUser, withEntities } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { inviteUser } from '../invite-user.ts'
import { checkRoles, hashPassword, newUser } from '../new-user.ts'
import { type Output, table, when } from '../output.ts'
import { readPassword } from '../password-input.ts'
import { resolveSettings } from '../settings.ts'
import type { Entities } from '../storage.ts'
import { exportUsers } from './export.ts'
import { importUsers } from './import.ts'

type Action = (words: readonly string[], flags: Flags, output: Output) => Promise<void>

const ACTIONS: Readonly<Record<string, Action>> = {
  add,
  invite,
  list,
  show,
  passwd,
  roles,
  disable,
  enable,
  approve,
  'reset-factors': forgetFactors,
  remove,
  import: importUsers,
  export: exportUsers,
}

/** `edgegate user …` */
export async function runUser(words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const [name = '', ...rest] = words
  const action = ACTIONS[name]
  if (!action) throw new Failure(`\`edgegate user\` takes one of: ${Object.keys(ACTIONS).join(', ')}.`, 2)
  await action(rest, flags, output)
  return 0
}

async function add([email]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const settings = await resolveSettings(flags)
  const said = { email, username: flags.username, name: flags.name, roles: flags.role }
  const draft = newUser(said, '', Date.now())
  const password = await readPassword(flags['password-stdin'])
  const user = { ...draft, passwordHash: await hashPassword(password, settings, draft) }
  await withEntities(flags, async (entities) => {
    if (!(await entities.users.insert(user))) throw new Failure('This e-mail address or user name is taken.')
    await auditOf(entities, 'user.added', user, { roles: [...user.roles] }).run()
  })
  output.value(
    publicUser(user),
    () => `Added ${user.email}${user.roles.length > 0 ? ` (${user.roles.join(', ')})` : ''}.`,
  )
}

async function invite([email]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const invited = await inviteUser(email, flags)
  const { expiresAt, link } = invited
  output.value(
    { ...invited, expiresAt: new Date(expiresAt).toISOString() },
    () =>
      `Send this to ${invited.email}; it makes one account and is good until ${when(expiresAt)}:\n\n  ${link}`,
  )
}

async function list(_words: readonly string[], flags: Flags, output: Output): Promise<void> {
  const users = await withEntities(flags, async (entities) =>
    (await allUsers(entities)).filter(({ kind }) => kind === 'user'),
  )
  output.value(users.map(publicUser), () =>
    users.length === 0
      ? 'No users yet. Add one: edgegate user add EMAIL'
      : table(
          ['E-MAIL', 'USER NAME', 'NAME', 'ROLES', 'STATE', 'CREATED'],
          users.map((user) => [
            user.email ?? '–',
            user.username ?? '–',
            user.name ?? '–',
            user.roles.join(',') || '–',
            stateOf(user),
            when(user.createdAt),
          ]),
        ),
  )
}

async function show([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const user = await withEntities(flags, (entities) => findUser(entities, name))
  output.value(publicUser(user), () =>
    table(
      ['WHAT', 'VALUE'],
      Object.entries(publicUser(user)).map(([key, value]) => [
        key,
        key.endsWith('At') ? when(value as number | null) : String(value ?? '–'),
      ]),
    ),
  )
}

async function passwd([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const settings = await resolveSettings(flags)
  const password = await readPassword(flags['password-stdin'])
  const { user, ended } = await withEntities(flags, async (entities) => {
    const user = await findUser(entities, name)
    const hash = await hashPassword(password, settings, user)
    const ended = await entities.sessions.endAll(user.id, null, [
      entities.users.setPasswordHash(user.id, hash, entities.now()),
      entities.remember.endAllOf(user.id, null),
      auditOf(entities, 'user.password_changed', user),
    ])
    return { user, ended }
  })
  output.value({ id: user.id, endedSessions: ended }, () => `Changed. Sessions ended: ${ended}.`)
}

async function roles([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const next = checkRoles(flags.role)
  const user = await withUser(name, flags, (entities, user) =>
    changeRoles(entities, COMMAND_LINE, user, next),
  )
  output.value(
    { id: user.id, roles: next },
    () => `${user.email ?? user.id} now has ${next.join(', ') || 'no roles'}.`,
  )
}

async function disable([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  let ended = 0
  const user = await withUser(name, flags, async (entities, user) => {
    ended = await disableAccount(entities, COMMAND_LINE, user, flags.reason ?? null)
  })
  output.value(
    { id: user.id, endedSessions: ended },
    () => `Disabled ${user.email ?? user.id}. Sessions ended: ${ended}.`,
  )
}

async function enable([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const user = await withUser(name, flags, (entities, user) => enableAccount(entities, COMMAND_LINE, user))
  output.value({ id: user.id }, () => `Enabled ${user.email ?? user.id}.`)
}

/** Lets somebody in who has signed up where `registration.approval` is on. */
async function approve([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const user = await withEntities(flags, async (entities) => {
    const user = await findUser(entities, name)
    if (user.disabledReason !== AWAITING_APPROVAL)
      throw new Failure(`${user.email ?? user.id} does not wait for approval.`)
    await entities.db.batch([
      entities.users.setDisabled(user.id, null, null, entities.now()),
      auditOf(entities, 'user.approved', user),
    ])
    return user
  })
  output.value({ id: user.id }, () => `Approved ${user.email ?? user.id}, who can sign in now.`)
}

/** For an owner who has lost all second factors. Nothing is mailed from here: tell them yourself. */
async function forgetFactors([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  let ended = 0
  const user = await withUser(name, flags, async (entities, user) => {
    ended = await resetFactors(entities, COMMAND_LINE, user)
  })
  const { passkeys, apps } = user.factors
  output.value(
    { id: user.id, passkeys, apps, endedSessions: ended },
    () =>
      `Removed from ${user.email ?? user.id}: ${passkeys} passkeys, ${apps} authenticator apps. Sessions ended: ${ended}.`,
  )
}

async function remove([name]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const user = await withUser(name, flags, (entities, user) => removeAccount(entities, COMMAND_LINE, user))
  output.value({ id: user.id }, () => `Removed ${user.email ?? user.id}.`)
}

/** Does something to the account that a word names, and answers the account as it was. */
async function withUser(
  name: string | undefined,
  flags: Flags,
  work: (entities: Entities, user: User) => Promise<void>,
): Promise<User> {
  return await withEntities(flags, async (entities) => {
    const user = await findUser(entities, name)
    await work(entities, user)
    return user
  })
}

function stateOf({ disabledAt, disabledReason }: User): string {
  if (disabledAt === null) return 'active'
  return disabledReason === AWAITING_APPROVAL ? 'waiting' : 'disabled'
}

/** An account for people and programs to see: never the hash. */
function publicUser(account: NewUser & { readonly position?: number }) {
  const { passwordHash, position, ...user } = account
  return { ...user, hasPassword: passwordHash !== null && passwordHash !== '' }
}
