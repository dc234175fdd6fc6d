import type { Visit } from '../http/visit.ts'
import { verifyPassword } from '../password/verify.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import type { LiveSession } from '../session/known.ts'
import { signIn } from '../session/sign-in.ts'
import { chargeAttempt, orGiveBack, refundOf } from '../throttle/attempt.ts'
import { normalizeIdentifier } from '../user/identifier.ts'
import { identityOf, type User } from '../user/user.ts'

export interface LoginForm {
  readonly identifier: string
  readonly password: string
  readonly remember: boolean
}

export type LoginResult =
  | { readonly kind: 'ok'; readonly session: LiveSession }
  | { readonly kind: 'wrong_credentials' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Stands for everything that cannot be a name, so that such guesses cost and answer the same. */
const NO_NAME = '?'

/**
 * Sign-in by password. Two round trips to D1: charge the attempt and read the user; then, when all is right, refund it and
 * write down the session. Whoever is unknown, wrong or disabled gets the same answer after the same work (P17).
 */
export async function login(services: Services, visit: Visit, form: LoginForm): Promise<LoginResult> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const identifier = normalizeIdentifier(form.identifier)?.value ?? NO_NAME
  const charged = await chargeAttempt(
    services,
    visit,
    identifier,
    services.users.selectByIdentifier(identifier),
  )
  if (charged.kind === 'throttled') {
    services.audit.logOnly(event(visit, 'login.throttled', charged.user, {}))
    return charged
  }
  const { attempt } = charged
  return await orGiveBack(services, visit, attempt, async () => {
    const checked = await verifyPassword(services, visit, charged.user, form.password)
    if (checked.kind === 'wrong') {
      const { reason } = checked
      await services.audit.statement(event(visit, 'login.failed', charged.user, { reason })).run()
      return { kind: 'wrong_credentials' }
    }
    const session = await signIn(services, visit, identityOf(checked.user), {
      methods: ['pwd'],
      remember: form.remember,
      position: checked.user.position,
      along: refundOf(services, attempt),
    })
    return { kind: 'ok', session }
  })
}

function event(
  visit: Visit,
  name: 'login.failed' | 'login.throttled',
  user: User | null,
  detail: Record<string, string>,
) {
  return {
    event: name,
    site: visit.site.key,
    userId: user?.id ?? null,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail,
  }
}
