import type { Visit } from '../http/visit.ts'
import { securityNotice } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { chargeAttempt, orGiveBack } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import type { User } from '../user/user.ts'
import { type FactorWay, MFA, waysOf } from './policy.ts'

/** What somebody shows as the second factor. */
export interface Shown {
  readonly way: Exclude<FactorWay, 'passkey' | 'email'>
  readonly code: string
}

/** Whose factor is asked for, and for which session. */
export interface Asked {
  readonly userId: string
  /** What the account is called at the counters: as it is at the password (`loginNameOf`). */
  readonly identifier: string
  readonly sessionId: string | null
}

export type FactorCheck =
  | {
      readonly kind: 'right'
      readonly user: User
      /** Still charged: whoever goes on refunds it, in the batch of what it writes. */
      readonly attempt: Attempt
      /** RFC 8176. */
      readonly methods: readonly string[]
      /** The audit row and what the owner is told by mail, for the same batch; `sendSoon` after it. */
      readonly along: readonly D1PreparedStatement[]
    }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/**
 * The one place where a second factor is looked at, whatever asks for it. Guesses count with those at the password of the same account
 * (P16). What is right is used up here, before anything is built on it: of fifty that show one code, one gets further.
 */
export async function checkFactor(
  services: Services,
  visit: Visit,
  asked: Asked,
  shown: Shown,
): Promise<FactorCheck> {
  const { users, audit, settings } = services
  const charged = await chargeAttempt(services, visit, asked.identifier, users.selectById(asked.userId))
  const event = {
    site: visit.site.key,
    userId: asked.userId,
    sessionId: asked.sessionId,
    network: visit.network(),
    requestId: visit.requestId,
  }
  if (charged.kind === 'throttled') {
    audit.logOnly({ ...event, event: 'mfa.throttled', detail: { way: shown.way } })
    return charged
  }
  const { user, attempt } = charged
  return await orGiveBack(services, visit, attempt, async () => {
    const isRight =
      user !== null &&
      user.disabledAt === null &&
      waysOf(settings.mfa, user).includes(shown.way) &&
      (await use(services, user, shown))
    if (!isRight) {
      await audit.statement({ ...event, event: 'mfa.failed', detail: { way: shown.way } }).run()
      return { kind: 'wrong' }
    }
    const proved = audit.statement({ ...event, event: 'mfa.proved', detail: { way: shown.way } })
    const notice =
      shown.way === 'recovery' ? await securityNotice(services, visit, user, 'recovery_code_used') : []
    return { kind: 'right', user, attempt, methods: ['otp', MFA], along: [proved, ...notice] }
  })
}

async function use({ apps, recovery }: Services, user: User, { way, code }: Shown): Promise<boolean> {
  switch (way) {
    case 'totp':
      return (await apps.use(user.id, code.replaceAll(/\s/g, ''))) !== null
    case 'recovery':
      return await recovery.use(user.id, code)
  }
}
