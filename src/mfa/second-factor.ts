import { checkFactor, type Shown } from '../factor/check.ts'
import type { Visit } from '../http/visit.ts'
import { sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import type { Current } from '../session/current.ts'
import type { LiveSession } from '../session/known.ts'
import type { Pending } from '../session/pending.ts'
import { signIn } from '../session/sign-in.ts'
import { stepUp } from '../session/step-up.ts'
import { refundOf } from '../throttle/attempt.ts'
import { loginNameOf, type User } from '../user/user.ts'

export interface SecondFactorForm {
  readonly shown: Shown
  /** Whether this browser is to be spared the second factor for a while. */
  readonly trust: boolean
}

export type SecondFactorResult =
  | { readonly kind: 'done'; readonly session: LiveSession; readonly next: string | null }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  /** The sign-in that waited, or the session, is over: too late, too many tries, finished elsewhere, a new password. */
  | { readonly kind: 'over' }

/** The sign-in of this browser that waits for its second factor. */
export async function pendingOf({ pending }: Services, visit: Visit): Promise<Pending | null> {
  const token = readCookie(visit.request.headers.get('cookie'), visit.cookies.pending)
  return token === null ? null : await pending.find(token, visit.site.key)
}

/** Finishes the sign-in that waits: only now a session begins, for whom the first factor named and nobody else (P26). */
export async function finishSignIn(
  services: Services,
  visit: Visit,
  user: User,
  form: SecondFactorForm,
): Promise<SecondFactorResult> {
  const token = readCookie(visit.request.headers.get('cookie'), visit.cookies.pending)
  // Counted before it is looked at: of fifty guesses at once five are looked at.
  const pending = await services.pending.try(token, visit.site.key)
  if (!pending || pending.userId !== user.id) return { kind: 'over' }
  const { methods } = pending
  const asked = { userId: user.id, identifier: loginNameOf(user), sessionId: null, methods }
  const checked = await checkFactor(services, visit, asked, form.shown)
  if (checked.kind === 'throttled') await services.pending.giveBack(pending)
  if (checked.kind !== 'right') return checked
  if (!(await services.pending.finish(pending))) return { kind: 'over' }
  const entered = await signIn(services, visit, {
    // As old as the first factor: what has ended the account's sessions since ends this one.
    user: { ...checked.user, position: pending.position },
    methods: [...new Set([...pending.methods, ...checked.methods])],
    attempt: checked.attempt,
    remember: pending.remember,
    next: pending.next,
    // A passkey is shown here and now; a code beside an approval from elsewhere is not enough to be fresh.
    ...(pending.provedElsewhereAt === null || checked.isWhole
      ? {}
      : { provedElsewhereAt: pending.provedElsewhereAt }),
    along: [...checked.along, ...(form.trust ? await trust(services, visit, pending.userId) : [])],
  })
  sendSoon(services, visit)
  return entered.kind === 'signed_in'
    ? { kind: 'done', session: entered.session, next: pending.next }
    : { kind: 'over' }
}

/** Step-up: who is signed in with less shows a second factor, and goes on under a new token. */
export async function proveAgain(
  services: Services,
  visit: Visit,
  { session, identity }: Current,
  form: SecondFactorForm,
): Promise<SecondFactorResult> {
  const { id: sessionId, methods } = session.record
  const asked = { userId: identity.id, identifier: loginNameOf(identity), sessionId, methods }
  const checked = await checkFactor(services, visit, asked, form.shown)
  if (checked.kind !== 'right') return checked
  const stepped = await stepUp(services, visit, session, checked, [
    ...checked.along,
    ...refundOf(services, checked.attempt),
    ...(form.trust ? await trust(services, visit, identity.id) : []),
  ])
  sendSoon(services, visit)
  return stepped ? { kind: 'done', session: stepped, next: null } : { kind: 'over' }
}

/** The statements that make this browser a trusted one. */
async function trust(
  { trusted, audit, settings }: Services,
  visit: Visit,
  userId: string,
): Promise<readonly D1PreparedStatement[]> {
  if (settings.mfa.trustSeconds === null) return []
  const client = visit.client()
  const { token, statement } = await trusted.begin({ userId, site: visit.site.key, client })
  visit.setCookie(visit.cookies.trust, token, settings.mfa.trustSeconds)
  const event = audit.statement({
    event: 'device.trusted',
    site: visit.site.key,
    userId,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { client: client.agent },
  })
  return [statement, event]
}
