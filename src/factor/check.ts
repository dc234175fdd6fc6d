import type { Visit } from '../http/visit.ts'
import { securityNotice } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { chargeAttempt, orGiveBack } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import { readCode } from '../ui/read-code.ts'
import type { User } from '../user/user.ts'
import type { Assertion } from '../webauthn/json.ts'
import { checkPasskey } from './ceremony.ts'
import { MFA, waysOf } from './policy.ts'

/** What somebody shows as the second factor. */
export type Shown =
  | { readonly way: 'totp' | 'recovery'; readonly code: string }
  | { readonly way: 'email'; readonly code: string; readonly holder: string }
  | {
      readonly way: 'passkey'
      readonly assertion: Assertion
      /** What its challenge was made for (`holder` of `requestOptions`). */
      readonly holder: string
    }

/** Whose factor is asked for, and for which session. */
export interface Asked {
  readonly userId: string
  /** What the account is called at the counters: as it is at the password (`loginNameOf`). */
  readonly identifier: string
  readonly sessionId: string | null
  /** What has been proved already. */
  readonly methods: readonly string[]
}

export type FactorCheck =
  | {
      readonly kind: 'right'
      readonly user: User
      /** Still charged: whoever goes on refunds it, in the batch of what it writes. */
      readonly attempt: Attempt
      /** RFC 8176. */
      readonly methods: readonly string[]
      /** Whether it proves by itself who somebody is, without a password: a passkey whose device made sure of its owner. */
      readonly isWhole: boolean
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
    const isUsable =
      user !== null &&
      user.disabledAt === null &&
      waysOf(settings.mfa, user, asked.methods).includes(shown.way)
    const used: Used = isUsable
      ? await use(services, visit, user, shown)
      : { kind: 'wrong', reason: 'unknown' }
    if (!user || used.kind === 'wrong') {
      const reason = used.kind === 'wrong' ? used.reason : 'unknown'
      await audit.statement({ ...event, event: 'mfa.failed', detail: { way: shown.way, reason } }).run()
      return { kind: 'wrong' }
    }
    const proved = audit.statement({ ...event, event: 'mfa.proved', detail: { way: shown.way } })
    const notice =
      shown.way === 'recovery' ? await securityNotice(services, visit, user, 'recovery_code_used') : []
    return {
      kind: 'right',
      user,
      attempt,
      methods: [...used.methods, MFA],
      isWhole: used.isWhole,
      along: [proved, ...notice],
    }
  })
}

type Used =
  | { readonly kind: 'right'; readonly methods: readonly string[]; readonly isWhole: boolean }
  | { readonly kind: 'wrong'; readonly reason: string }

const CODE: Used = { kind: 'right', methods: ['otp'], isWhole: false }
const WRONG_CODE: Used = { kind: 'wrong', reason: 'code' }

async function use(services: Services, visit: Visit, user: User, shown: Shown): Promise<Used> {
  switch (shown.way) {
    case 'totp':
      return (await services.apps.use(user.id, shown.code.replaceAll(/\s/g, ''))) === null ? WRONG_CODE : CODE
    case 'recovery':
      return (await services.recovery.use(user.id, shown.code)) ? CODE : WRONG_CODE
    case 'email':
      return (await services.emailCodes.use(shown.holder, readCode(shown.code))) ? CODE : WRONG_CODE
    case 'passkey': {
      const checked = await checkPasskey(services, visit, shown.assertion, 'second_factor', shown.holder)
      if (checked.kind === 'wrong') return checked
      // A passkey of somebody else proves nothing of this account.
      if (checked.userId !== user.id) return { kind: 'wrong', reason: 'unknown' }
      return { kind: 'right', methods: checked.methods, isWhole: checked.isUserVerified }
    }
  }
}
