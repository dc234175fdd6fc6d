import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { chargeAttempt, orGiveBack } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import { normalizeIdentifier } from '../user/identifier.ts'
import type { User } from '../user/user.ts'
import { verifyPassword } from './verify.ts'

export type Unproven =
  | { readonly kind: 'wrong_credentials' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Stands for everything that cannot be a name, so that such guesses cost and answer the same. */
const NO_NAME = '?'

/**
 * The one way from a name and a password to an account, for everything that lets somebody in: cookies and tokens share its counters
 * (P16). Whoever is unknown, wrong or disabled gets the same answer after the same work (P17). One round trip to D1 before the password
 * is looked at; `proceed` hands `attempt` to the gate, or gives it back in the batch of what it writes down (`refundOf`).
 */
export async function provePassword<T>(
  services: Services,
  visit: Visit,
  form: { readonly identifier: string; readonly password: string },
  proceed: (user: User, attempt: Attempt) => Promise<T>,
): Promise<T | Unproven> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const identifier = normalizeIdentifier(form.identifier)?.value ?? NO_NAME
  const select = services.users.selectByIdentifier(identifier)
  const charged = await chargeAttempt(services, visit, identifier, select)
  if (charged.kind === 'throttled') {
    services.audit.logOnly(event(visit, 'login.throttled', charged.user, {}))
    if (!charged.isSecret) return { kind: 'throttled', retryAfterSeconds: charged.retryAfterSeconds }
    await verifyPassword(services, visit, null, form.password)
    return { kind: 'wrong_credentials' }
  }
  const { attempt } = charged
  return await orGiveBack(services, visit, attempt, async () => {
    const checked = await verifyPassword(services, visit, charged.user, form.password)
    if (checked.kind === 'right') return await proceed(checked.user, attempt)
    const { reason } = checked
    await services.audit.statement(event(visit, 'login.failed', charged.user, { reason })).run()
    return { kind: 'wrong_credentials' }
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
