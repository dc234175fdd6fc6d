import type { Visitor } from '../gate/decide.ts'
import { identityOf, type User } from '../user/user.ts'
import { hasFactor, type MfaSettings, mustHaveMfa } from './policy.ts'

/** Somebody who has just signed in to this account, with a second factor if it has one: for explaining what they would get. */
export function justSignedIn(user: User, mfa: MfaSettings): Visitor {
  const hasMfa = hasFactor(user.factors)
  return {
    identity: identityOf(user),
    via: user.kind === 'service' ? 'token' : 'session',
    scopes: null,
    isOutOfBounds: false,
    isFresh: () => true,
    hasMfa: () => hasMfa,
    owesMfa: () => !hasMfa && mustHaveMfa(mfa, user.roles),
  }
}
