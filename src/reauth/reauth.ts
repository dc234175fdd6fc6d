import { refundAfterPassword } from '../factor/refund.ts'
import type { Visit } from '../http/visit.ts'
import { verifyPassword } from '../password/verify.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import type { LiveSession } from '../session/known.ts'
import { chargeAttempt, orGiveBack } from '../throttle/attempt.ts'
import { loginNameOf } from '../user/user.ts'

export type ReauthResult =
  | { readonly kind: 'ok'; readonly session: LiveSession }
  | { readonly kind: 'wrong_credentials' }
  /** The session was ended, or confirmed elsewhere, while this was under way. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/**
 * The signed-in user proves the password once more: the session becomes fresh under a new token. Counted with the sign-ins of
 * the same account, so that a stolen session cannot be used to guess on (P16).
 */
export async function reauthenticate(
  services: Services,
  visit: Visit,
  session: LiveSession,
  password: string,
): Promise<ReauthResult> {
  const { users, audit, sessions, now } = services
  const { identity } = session.record
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const name = loginNameOf(identity)
  const charged = await chargeAttempt(services, visit, name, users.selectById(identity.id))
  const event = {
    site: visit.site.key,
    userId: identity.id,
    sessionId: session.record.id,
    network: visit.network(),
    requestId: visit.requestId,
  }
  if (charged.kind === 'throttled') {
    audit.logOnly({ ...event, event: 'reauth.throttled', detail: {} })
    return charged
  }
  return await orGiveBack(services, visit, charged.attempt, async () => {
    const checked = await verifyPassword(services, visit, charged.user, password)
    if (checked.kind === 'wrong') {
      const { reason } = checked
      await audit.statement({ ...event, event: 'reauth.failed', detail: { reason } }).run()
      return { kind: 'wrong_credentials' }
    }
    const succeeded = audit.statement({ ...event, event: 'reauth.succeeded', detail: {} })
    const confirmed = await sessions.rotate(
      session,
      {
        authenticatedAt: now(),
        remembered: false,
        methods: [...new Set([...session.record.methods, 'pwd'])],
        client: visit.client(),
        // A password in another browser is one factor there, whatever was shown where the session began (P8).
        ...(session.sameClient ? {} : { mfaAt: null, trust: null }),
      },
      [succeeded, ...refundAfterPassword(services, charged.attempt, checked.user)],
    )
    if (!confirmed) return { kind: 'ended' }
    visit.setCookie(visit.cookies.session, confirmed.token)
    return { kind: 'ok', session: confirmed }
  })
}
