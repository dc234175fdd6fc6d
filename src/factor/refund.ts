import type { Services } from '../services.ts'
import { giveBackOf, refundOf } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import type { User } from '../user/user.ts'
import { hasFactor } from './policy.ts'

/**
 * The statement that gives a right password back. Where the account has a second factor it is this one attempt only: the password is not all
 * that protects it, and whoever knows it could set the counter to zero between guesses at codes (P16).
 */
export function refundAfterPassword(
  services: Services,
  attempt: Attempt,
  { factors }: Pick<User, 'factors'>,
): readonly D1PreparedStatement[] {
  return hasFactor(factors) ? giveBackOf(services, attempt) : refundOf(services, attempt)
}
