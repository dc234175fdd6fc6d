import * as v from 'valibot'
import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import { type PasswordRefusal, refusalsOf } from '../password/new-password.ts'
import { verifyPassword } from '../password/verify.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from '../session/known.ts'
import { chargeAttempt, orGiveBack, refundOf } from '../throttle/attempt.ts'

const MAX_PASSWORD = 4096

const passwordText = v.pipe(
  v.string('must be text'),
  v.nonEmpty('must not be empty'),
  v.maxLength(MAX_PASSWORD, 'is too long'),
)
/** What a change needs, from the form as from the API. */
export const PASSWORD_CHANGE = v.strictObject({ current: passwordText, password: passwordText })

export type PasswordChange =
  | { readonly kind: 'changed'; readonly session: LiveSession }
  | { readonly kind: 'wrong_credentials' }
  | { readonly kind: 'refused'; readonly problems: readonly PasswordRefusal[] }
  /** The session has ended meanwhile. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/**
 * Changes the password of the signed-in user, who proves the current one. A guess at that counts with the sign-ins (P16). Everything that
 * the old password opened ends: all other sessions and all that browsers remember, this one's memory included; the session at hand goes
 * on under a new token.
 */
export async function changePassword(
  services: Services,
  visit: Visit,
  session: LiveSession,
  form: v.InferOutput<typeof PASSWORD_CHANGE>,
): Promise<PasswordChange> {
  const { users, audit, sessions, remember, proofs, now } = services
  const { identity } = session.record
  const name = identity.email ?? identity.username ?? identity.id
  const charged = await chargeAttempt(services, visit, name, users.selectById(identity.id))
  if (charged.kind === 'throttled') return charged
  return await orGiveBack(services, visit, charged.attempt, async () => {
    const event = {
      site: visit.site.key,
      userId: identity.id,
      sessionId: session.record.id,
      network: visit.network(),
      requestId: visit.requestId,
    }
    const checked = await verifyPassword(services, visit, charged.user, form.current)
    if (checked.kind === 'wrong') {
      const { reason } = checked
      await audit.statement({ ...event, event: 'reauth.failed', detail: { reason } }).run()
      return { kind: 'wrong_credentials' }
    }
    const refund = refundOf(services, charged.attempt)
    const problems = await refusalsOf(services, form.password, identity)
    if (problems.length > 0) {
      if (refund.length > 0) await services.db.batch([...refund])
      return { kind: 'refused', problems }
    }
    const hash = await (await services.hasher()).hash(form.password)
    const notice = await securityNotice(services, visit, charged.user ?? identity, 'password_changed')
    await sessions.endAll(identity.id, session.record.id, [
      users.setPasswordHash(identity.id, hash, now()),
      remember.endAllOf(identity.id, null),
      // Links that were mailed before would let in whoever reads that mailbox.
      proofs.removeAllOf(identity.id),
      audit.statement({ ...event, event: 'user.password_changed', detail: { by: 'owner' } }),
      ...refund,
      ...notice,
    ])
    if (notice.length > 0) sendSoon(services, visit)
    const next = await sessions.rotate(
      session,
      {
        authenticatedAt: now(),
        remembered: false,
        family: null,
        methods: [...new Set([...session.record.methods, 'pwd'])],
        client: visit.client(),
      },
      [],
    )
    if (!next) return { kind: 'ended' }
    visit.setCookie(visit.cookies.session, next.token)
    visit.clearCookie(visit.cookies.remember)
    return { kind: 'changed', session: next }
  })
}
