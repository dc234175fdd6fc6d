import * as v from 'valibot'
import { refundAfterPassword } from '../factor/refund.ts'
import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import { type PasswordRefusal, refusalsOf } from '../password/new-password.ts'
import { verifyPassword } from '../password/verify.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import type { LiveSession } from '../session/known.ts'
import { chargeAttempt, giveBackOf, orGiveBack } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import { loginNameOf, type User } from '../user/user.ts'
import { isStale } from '../user/users.ts'

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
 * on under a new token. All of it is one batch, and what comes after it cannot fail.
 */
export async function changePassword(
  services: Services,
  visit: Visit,
  session: LiveSession,
  form: v.InferOutput<typeof PASSWORD_CHANGE>,
): Promise<PasswordChange> {
  const { users, audit } = services
  const { identity } = session.record
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const name = loginNameOf(identity)
  const charged = await chargeAttempt(services, visit, name, users.selectById(identity.id))
  if (charged.kind === 'throttled') return charged
  const { attempt } = charged
  return await orGiveBack(services, visit, attempt, async () => {
    const checked = await verifyPassword(services, visit, charged.user, form.current)
    if (checked.kind === 'wrong') {
      const { reason } = checked
      const event = { ...eventOf(visit, session), event: 'reauth.failed', detail: { reason } } as const
      await audit.statement(event).run()
      return { kind: 'wrong_credentials' }
    }
    const problems = await refusalsOf(services, form.password, identity)
    if (problems.length === 0)
      return await replace(services, visit, session, checked.user, form.password, attempt)
    // Nothing has changed, so the guesses before this one count on.
    const refund = giveBackOf(services, attempt)
    if (refund.length > 0) await services.db.batch([...refund])
    return { kind: 'refused', problems }
  })
}

async function replace(
  services: Services,
  visit: Visit,
  session: LiveSession,
  user: User,
  password: string,
  attempt: Attempt,
): Promise<PasswordChange> {
  const { users, audit, sessions, remember, proofs, now } = services
  const hash = await (await services.hasher()).hash(password)
  const notice = await securityNotice(services, visit, user, 'password_changed')
  const event = {
    ...eventOf(visit, session),
    event: 'user.password_changed',
    detail: { by: 'owner' },
  } as const
  const at = now()
  try {
    const next = await sessions.rotateAlone(
      session,
      visit,
      user,
      {
        authenticatedAt: at,
        remembered: false,
        family: null,
        methods: [...new Set([...session.record.methods, 'pwd'])],
        client: visit.client(),
        ...(session.sameClient ? {} : { mfaAt: null, trust: null }),
      },
      [
        users.replacePasswordHash(user.id, user.passwordChangedAt, hash, at),
        remember.endAllOf(user.id, null),
        // Links that were mailed before would let in whoever reads that mailbox.
        proofs.removeAllOf(user.id),
        audit.rowIfUpdated(event, at),
        ...refundAfterPassword(services, attempt, user),
        ...notice,
      ],
    )
    audit.logOnly(event)
    if (notice.length > 0) sendSoon(services, visit)
    visit.clearCookie(visit.cookies.remember)
    if (!next) return { kind: 'ended' }
    visit.setCookie(visit.cookies.session, next.token)
    return { kind: 'changed', session: next }
  } catch (fault) {
    // Whoever reset the password or disabled the account meanwhile has ended this session as well.
    if (isStale(fault)) return { kind: 'ended' }
    throw fault
  }
}

function eventOf(visit: Visit, { record }: LiveSession) {
  return {
    site: visit.site.key,
    userId: record.identity.id,
    sessionId: record.id,
    network: visit.network(),
    requestId: visit.requestId,
  }
}
