import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { isRoleName } from '../user/identifier.ts'
import type { User } from '../user/user.ts'
import {
  actorOf,
  changeRoles,
  disableAccount,
  enableAccount,
  endAllSessions,
  removeAccount,
  resetFactors,
} from './accounts.ts'

/** What an administrator may do to somebody else's account. There is none that sets or shows a password. */
export type UserAction =
  | { readonly action: 'roles'; readonly roles: readonly string[] }
  | { readonly action: 'disable'; readonly reason: string | null }
  | { readonly action: 'enable' }
  | { readonly action: 'end_sessions' }
  | { readonly action: 'reset_factors' }
  | { readonly action: 'remove' }

export type UserActionResult = 'done' | 'own_account' | 'roles_invalid'

const MAX_REASON = 500

/** One's own account is another administrator's to change, so that nobody locks everybody out by one click. Own sessions are one's own. */
export async function actOnUser(
  services: Services,
  visit: Visit,
  admin: Identity,
  user: User,
  asked: UserAction,
): Promise<UserActionResult> {
  const actor = actorOf(visit, admin)
  if (user.id === admin.id && asked.action !== 'end_sessions') return 'own_account'
  switch (asked.action) {
    case 'roles':
      if (!asked.roles.every(isRoleName)) return 'roles_invalid'
      await changeRoles(services, actor, user, [...new Set(asked.roles)])
      return 'done'
    case 'disable':
      await disableAccount(services, actor, user, asked.reason?.trim().slice(0, MAX_REASON) || null)
      return 'done'
    case 'enable':
      await enableAccount(services, actor, user)
      return 'done'
    case 'end_sessions':
      await endAllSessions(services, actor, user)
      return 'done'
    case 'reset_factors':
      await resetFactors(services, actor, user, await securityNotice(services, visit, user, 'factor_removed'))
      sendSoon(services, visit)
      return 'done'
    case 'remove':
      await removeAccount(services, actor, user)
      return 'done'
  }
}
