import { parseDuration } from '../src/lib/duration.ts'
import { hashToken, newToken } from '../src/session/token.ts'
import { withEntities } from './accounts.ts'
import { Failure } from './failure.ts'
import type { Flags } from './flags.ts'
import { newUser } from './new-user.ts'
import { resolveSettings } from './settings.ts'

export interface Invited {
  readonly email: string
  readonly roles: readonly string[]
  /** Makes one account. Shown once; what is kept of it is a hash. */
  readonly link: string
  /** Unix milliseconds. */
  readonly expiresAt: number
}

/** Invites somebody with the name, roles and time that the flags say. */
export async function inviteUser(email: string | undefined, flags: Flags): Promise<Invited> {
  const settings = await resolveSettings(flags)
  if (settings.registration === 'closed')
    throw new Failure("`registration.mode` is 'closed': use `edgegate user add`.")
  const seconds = parseDuration(flags.expires ?? '7d')
  if (seconds === null) throw new Failure(`'${flags.expires}' is not a duration such as '7d'.`, 2)
  const [site] = settings.sites.values()
  if (!site) throw new Failure('The configuration names no site.')
  const said = { email, username: undefined, name: flags.name, roles: flags.role }
  const { email: address, name, roles } = newUser(said, '', Date.now())
  if (address === null) throw new Failure('Name an e-mail address.', 2)
  const token = newToken()
  const expiresAt = await withEntities(flags, async (entities) => {
    if (await entities.users.findByIdentifier(address))
      throw new Failure(`${address} has an account already.`)
    const now = entities.now()
    const expiresAt = now + seconds * 1000
    await entities.db.batch([
      entities.invitations.invite(await hashToken(token), { email: address, name, roles, expiresAt }, now),
      entities.audit.statement({
        event: 'user.invited',
        site: null,
        userId: null,
        sessionId: null,
        network: null,
        requestId: null,
        detail: { by: 'command line', email: address, roles: [...roles] },
      }),
    ])
    return expiresAt
  })
  const link = `${site.publicOrigin}${settings.basePath}/register?invitation=${token}`
  return { email: address, roles, link, expiresAt }
}
