import type { Visit } from '../http/visit.ts'
import { type PasswordRefusal, refusalsOf } from '../password/new-password.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { guestAt, newAccountId } from '../session/promote.ts'
import type { Entered } from '../session/sign-in.ts'
import { signInNew } from '../session/sign-in-new.ts'
import { hashToken, isToken } from '../session/token.ts'
import { chooseUsername } from '../user/chosen-username.ts'
import { cleanName } from '../user/identifier.ts'
import type { Invitation } from '../user/invitations.ts'
import type { User } from '../user/user.ts'
import { type UserRow, userOfRow } from '../user/users.ts'

export interface RegisterForm {
  readonly invitation: string
  readonly password: string
  readonly name: string
  readonly username: string
  /** Where a page goes on to. */
  readonly next: string | null
}

export type Registered =
  | Entered
  /** The account is there, but signing in to it failed: that can be done again at the login page. */
  | { readonly kind: 'made'; readonly user: User }
  /** Used, expired, replaced by a newer one, or never there: the same to whoever asks. */
  | { readonly kind: 'no_invitation' }
  | { readonly kind: 'wrong_field'; readonly field: 'name' | 'username'; readonly code: 'invalid' | 'taken' }
  | { readonly kind: 'refused'; readonly problems: readonly PasswordRefusal[] }
  | { readonly kind: 'throttled' }

/** The invitation of a link, or `null`. Looking uses nothing up: mail scanners open every link. */
export async function findInvitation(services: Services, token: string): Promise<Invitation | null> {
  if (services.settings.registration === 'closed' || !isToken(token)) return null
  return await services.invitations.find(await hashToken(token), services.now())
}

/**
 * Makes the account of an invitation and signs its owner in. Of many that send the same link at once one gets the account. What makes
 * somebody somebody, the address and the roles, is the invitation's.
 */
export async function register(services: Services, visit: Visit, form: RegisterForm): Promise<Registered> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled' }
  const { invitations, db, users, audit, now } = services
  const invitation = await findInvitation(services, form.invitation)
  if (!invitation) return { kind: 'no_invitation' }
  const { email } = invitation
  const name = form.name.trim() === '' ? invitation.name : cleanName(form.name)
  if (name === null && form.name.trim() !== '') return { kind: 'wrong_field', field: 'name', code: 'invalid' }
  const chosen = chooseUsername(services.settings.usernames, form.username)
  if (chosen.kind === 'refused') return { kind: 'wrong_field', field: 'username', code: chosen.code }
  const { username } = chosen
  const problems = await refusalsOf(services, form.password, { email, name, username })
  if (problems.length > 0) return { kind: 'refused', problems }

  const passwordHash = await (await services.hasher()).hash(form.password)
  const id = await newAccountId(services, await guestAt(services, visit))
  const account = { id, name, username, passwordHash }
  const event = {
    event: 'user.registered',
    site: visit.site.key,
    userId: account.id,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { by: 'invitation', roles: invitation.roles },
  } as const
  const [made, used, rows] = await db.batch([
    ...invitations.accept(await hashToken(form.invitation), account, now()),
    users.selectById(account.id),
    audit.rowIfUpdated(event, null),
  ])
  const user = made?.meta.changes === 1 ? userOfRow(rows?.results[0] as UserRow | undefined) : null
  if (!user) {
    // The invitation is still there: only the user name stood in the way.
    const isNameTaken = used?.meta.changes === 0 && (await findInvitation(services, form.invitation)) !== null
    return isNameTaken ? { kind: 'wrong_field', field: 'username', code: 'taken' } : { kind: 'no_invitation' }
  }
  audit.logOnly(event)
  return await signInNew(services, visit, {
    user,
    methods: ['pwd'],
    attempt: null,
    remember: false,
    next: form.next,
    along: [],
  })
}
