import { checkFactor, type FactorCheck } from '../factor/check.ts'
import { demandOf, type FactorWay } from '../factor/policy.ts'
import type { Visit } from '../http/visit.ts'
import { sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { giveBackOf, refundOf } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import { loginNameOf, type User } from '../user/user.ts'

/** The account must show more than a password; without any way it must set up a factor first, in a browser. */
export interface SecondFactorMissing {
  readonly kind: 'second_factor'
  readonly ways: readonly FactorWay[]
}

export type SecondProof =
  | {
      readonly kind: 'right'
      readonly methods: readonly string[]
      readonly along: readonly D1PreparedStatement[]
    }
  | SecondFactorMissing
  | Exclude<FactorCheck, { kind: 'right' }>

/**
 * What the gate of the browsers is for a program (P8): it has no cookie and so no pending sign-in and no trusted device, and sends its
 * code along with the password.
 */
export async function proveSecond(
  services: Services,
  visit: Visit,
  user: User,
  attempt: Attempt,
  otp: string | null,
): Promise<SecondProof> {
  const { settings, now, db, grace } = services
  const demand = demandOf(settings.mfa, user, ['pwd'], now())
  if (demand.kind === 'enough') {
    const asked = demand.isNew ? [grace.begin(user.id)] : []
    return { kind: 'right', methods: [], along: [...refundOf(services, attempt), ...asked] }
  }
  // Given back and no more: a right password forgives no wrong code (P16).
  const giveBack = giveBackOf(services, attempt)
  if (giveBack.length > 0) await db.batch([...giveBack])
  if (demand.kind === 'enrol' || otp === null)
    return { kind: 'second_factor', ways: demand.kind === 'enrol' ? [] : demand.ways }
  const way = /^\d{6}$/.test(otp) ? 'totp' : 'recovery'
  const checked = await checkFactor(
    services,
    visit,
    { userId: user.id, identifier: loginNameOf(user), sessionId: null, methods: ['pwd'] },
    { way, code: otp },
  )
  if (checked.kind !== 'right') return checked
  sendSoon(services, visit)
  return {
    kind: 'right',
    methods: checked.methods,
    along: [...checked.along, ...refundOf(services, checked.attempt)],
  }
}
