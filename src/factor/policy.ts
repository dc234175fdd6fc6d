import type { FactorSummary } from './summary.ts'

/** What the operator asks of accounts. */
export interface MfaSettings {
  /** Whether people may add factors. Who has some is asked for them in any case: no setting takes a lock off an account. */
  readonly isOffered: boolean
  readonly requiredFor: 'nobody' | 'everybody' | { readonly roles: readonly string[] }
  /** How long an account that must have a factor may still sign in without. */
  readonly graceSeconds: number
  /** How long a device may be trusted; `null`: this is not offered. */
  readonly trustSeconds: number | null
  /** Whether a code by e-mail will do for an account that has no better factor. */
  readonly emailCode: boolean
}

/** A second factor that an account can show. */
export type FactorWay = 'passkey' | 'totp' | 'recovery' | 'email'

export interface Subject {
  readonly roles: readonly string[]
  readonly email: string | null
  readonly emailVerified: boolean
  readonly factors: FactorSummary
}

/** What still stands between a proof and a session. */
export type Demand =
  /** `dueAt`: until when the account must have a factor; `isNew`: it has not been told so before. */
  | { readonly kind: 'enough'; readonly dueAt: number | null; readonly isNew: boolean }
  | { readonly kind: 'show'; readonly ways: readonly FactorWay[] }
  /** The account must have a factor and has none: it gets one now, or no session. */
  | { readonly kind: 'enrol' }

/** RFC 8176: two factors have been proved. */
export const MFA = 'mfa'

const ENOUGH: Demand = { kind: 'enough', dueAt: null, isNew: false }

/** Pure; every way in asks this (P8). `methods` is what has been proved so far. */
export function demandOf(
  settings: MfaSettings,
  subject: Subject,
  methods: readonly string[],
  now: number,
): Demand {
  if (methods.includes(MFA)) return ENOUGH
  const ways = waysOf(settings, subject, methods)
  const isRequired = mustHaveMfa(settings, subject.roles)
  if (hasFactor(subject.factors) || (isRequired && ways.length > 0)) return { kind: 'show', ways }
  if (!isRequired) return ENOUGH
  const { askedAt } = subject.factors
  const dueAt = (askedAt ?? now) + settings.graceSeconds * 1000
  return dueAt > now ? { kind: 'enough', dueAt, isNew: askedAt === null } : { kind: 'enrol' }
}

/** Recovery codes alone are no factor: they stand in for one. */
export function hasFactor({ passkeys, apps }: FactorSummary): boolean {
  return passkeys + apps > 0
}

/**
 * What an account can show beside what has been proved, the best first. E-mail only where there is nothing better: it must not be the
 * easier way past it. And not to who came by mail: that would be the same thing twice.
 */
export function waysOf(
  settings: MfaSettings,
  subject: Subject,
  methods: readonly string[],
): readonly FactorWay[] {
  const { passkeys, apps, recoveryCodes } = subject.factors
  if (!hasFactor(subject.factors)) {
    const isReachable = subject.email !== null && subject.emailVerified
    return settings.emailCode && isReachable && !methods.includes('email') ? ['email'] : []
  }
  return [
    ...(passkeys > 0 ? (['passkey'] as const) : []),
    ...(apps > 0 ? (['totp'] as const) : []),
    ...(recoveryCodes > 0 ? (['recovery'] as const) : []),
  ]
}

export function mustHaveMfa({ requiredFor }: MfaSettings, roles: readonly string[]): boolean {
  if (typeof requiredFor === 'string') return requiredFor === 'everybody'
  return requiredFor.roles.some((role) => roles.includes(role))
}
