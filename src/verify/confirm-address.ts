import type { Visit } from '../http/visit.ts'
import { requestFacts } from '../mail/facts.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import { verifyPassword } from '../password/verify.ts'
import { hasAsked } from '../proof/browser.ts'
import type { MailProof } from '../proof/proof.ts'
import { isSpent } from '../proof/proofs.ts'
import type { Services } from '../services.ts'
import { currentUser } from '../session/current.ts'
import { isOverVolume } from '../session/guest.ts'
import { chargeAttempt, orGiveBack, refundOf } from '../throttle/attempt.ts'
import { fill } from '../ui/text/text.ts'
import type { User } from '../user/user.ts'
import { isTaken } from '../user/users.ts'

export type Confirmed =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'spent' }
  /** Another account has the address by now. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'wrong_credentials' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** The proof of an address that an account has, or is to have. Looking uses nothing up. */
export async function findAddressProof(
  services: Services,
  visit: Visit,
  token: string,
): Promise<MailProof | null> {
  const { proofs } = services
  const { key } = visit.site
  return (await proofs.findByToken('verify', key, token)) ?? (await proofs.findByToken('email', key, token))
}

/**
 * Whether whoever opens the link also is who asked for it: in the same browser, or signed in to the account. If not, the owner of a
 * mistyped address would get the account with one press of a button; so the account's password is asked for.
 */
export async function isOwnProof(services: Services, visit: Visit, proof: MailProof): Promise<boolean> {
  if (await hasAsked(visit, proof)) return true
  const visitor = await currentUser(services, visit)
  return visitor !== null && visitor.identity.id === proof.userId
}

/** Uses the link: the address is the account's from now on, and proven. */
export async function confirmAddress(
  services: Services,
  visit: Visit,
  token: string,
  password: string | null,
): Promise<Confirmed> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const proof = await findAddressProof(services, visit, token)
  if (!proof?.userId) return { kind: 'spent' }
  const { users, audit } = services
  const user = await users.findById(proof.userId)
  if (!user) return { kind: 'spent' }
  if (await isOwnProof(services, visit, proof)) return await confirm(services, visit, proof, user, [])
  const name = user.email ?? user.username ?? user.id
  const charged = await chargeAttempt(services, visit, name, users.selectById(user.id))
  if (charged.kind === 'throttled') return { kind: 'throttled', retryAfterSeconds: charged.retryAfterSeconds }
  return await orGiveBack(services, visit, charged.attempt, async () => {
    const checked = await verifyPassword(services, visit, charged.user, password ?? '')
    if (checked.kind === 'right')
      return await confirm(services, visit, proof, checked.user, refundOf(services, charged.attempt))
    const { reason } = checked
    await audit.statement({ ...about(visit, proof), event: 'reauth.failed', detail: { reason } }).run()
    return { kind: 'wrong_credentials' }
  })
}

async function confirm(
  services: Services,
  visit: Visit,
  proof: MailProof,
  user: User,
  along: readonly D1PreparedStatement[],
): Promise<Confirmed> {
  const { sessions, proofs, users, now } = services
  const isChange = proof.purpose === 'email'
  const change = isChange
    ? await changeOfAddress(services, visit, proof, user)
    : [
        users.setEmailVerified(user.id, now()),
        services.audit.statement({
          ...about(visit, proof),
          event: 'user.email_verified',
          detail: { by: 'owner' },
        }),
      ]
  try {
    await sessions.changeAccount(user.id, [...proofs.consume(proof, visit.site.key), ...change, ...along])
  } catch (error) {
    if (isSpent(error)) return { kind: 'spent' }
    if (isTaken(error)) return { kind: 'taken' }
    throw error
  }
  if (isChange) sendSoon(services, visit)
  return { kind: 'confirmed' }
}

/** The new address, a way back for the old one, and a mail that says so there. Links that went to the old address end with it. */
async function changeOfAddress(
  services: Services,
  visit: Visit,
  proof: MailProof,
  user: User,
): Promise<readonly D1PreparedStatement[]> {
  const { proofs, users, audit, settings, now } = services
  const changed = audit.statement({
    ...about(visit, proof),
    event: 'user.email_changed',
    detail: { by: 'owner', from: user.email, to: proof.email },
  })
  const basic = [users.setEmail(user.id, proof.email, now()), proofs.removeAllOf(user.id), changed]
  // An address that was never proven may be a stranger's: no mail, and nothing to give back.
  if (user.email === null || !user.emailVerified) return basic
  const lifeSeconds = settings.accounts.emailUndoSeconds
  const undo = await proofs.issue({
    purpose: 'undo_email',
    site: visit.site.key,
    // One for each address the account has had: whoever has taken it over cannot replace the owner's way back with their own.
    subject: `${user.id} ${user.email}`,
    userId: user.id,
    accountEmail: null,
    email: user.email,
    browser: null,
    withCode: false,
    client: visit.client(),
    data: { restores: user.email },
    lifeSeconds,
  })
  const until = now() + lifeSeconds * 1000
  const mail = await queueLetter(services, visit, {
    kind: 'email_changed',
    to: user.email,
    userId: user.id,
    lifeSeconds,
    language: user.language,
    write: (texts) => ({
      subject: texts.undoMailTitle,
      heading: texts.undoMailTitle,
      paragraphs: [
        fill(texts.undoMailText, { email: proof.email }),
        fill(texts.undoMailAdvice, {
          date: new Intl.DateTimeFormat(texts.lang, { dateStyle: 'long', timeZone: 'UTC' }).format(until),
        }),
      ],
      button: { label: texts.undoTitle, path: `${settings.basePath}/email-undo?token=${undo.token}` },
      facts: requestFacts(texts, visit, now()),
      reason: texts.mailReasonSafety,
    }),
  })
  return [...basic, undo.statement, mail]
}

function about(visit: Visit, proof: MailProof) {
  return {
    site: visit.site.key,
    userId: proof.userId,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
  }
}
