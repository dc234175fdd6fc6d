import type { Visit } from '../http/visit.ts'
import { requestFacts } from '../mail/facts.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import type { Current } from '../session/current.ts'
import { fill } from '../ui/text/text.ts'

/** When an account is gone that is deleted now; `null` where owners don't delete theirs. */
export function deletionAt({ settings, now }: Services): number | null {
  const { deletionGraceSeconds } = settings.accounts
  return deletionGraceSeconds === null ? null : now() + deletionGraceSeconds * 1000
}

/** The day, as pages and mails say it. */
export function dayOf(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(at)
}

/**
 * Puts an account down for deletion: everybody is signed out at once, nothing is remembered and no mailed link works any more. Signing in
 * before `dueAt` takes it back (session/keep-account.ts); then the scheduled job removes it.
 */
export async function askForDeletion(
  services: Services,
  visit: Visit,
  { identity, session }: Current,
  dueAt: number,
): Promise<void> {
  const { deletions, sessions, remember, proofs, audit, now } = services
  await sessions.endAll(identity.id, null, [
    deletions.ask(identity.id, now(), dueAt),
    remember.endAllOf(identity.id, null),
    proofs.removeAllOf(identity.id),
    audit.statement({
      event: 'user.deletion_asked',
      site: visit.site.key,
      userId: identity.id,
      sessionId: session.record.id,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { dueAt: new Date(dueAt).toISOString() },
    }),
    ...(await mailOf(services, visit, identity, dueAt)),
  ])
  visit.clearCookie(visit.cookies.session)
  visit.clearCookie(visit.cookies.remember)
  sendSoon(services, visit)
}

/** To a proven address only: any other may be a stranger's. */
async function mailOf(
  services: Services,
  visit: Visit,
  { id, email, emailVerified }: Current['identity'],
  dueAt: number,
): Promise<readonly D1PreparedStatement[]> {
  if (!services.mail || email === null || !emailVerified) return []
  const { settings, now } = services
  const mail = await queueLetter(services, visit, {
    kind: 'deletion_asked',
    to: email,
    userId: id,
    lifeSeconds: Math.max(60, Math.floor((dueAt - now()) / 1000)),
    write: (texts) => ({
      subject: texts.deleteMailTitle,
      heading: texts.deleteMailTitle,
      paragraphs: [fill(texts.deleteMailText, { date: dayOf(dueAt, texts.lang) })],
      button: { label: texts.signIn, path: `${settings.basePath}/login` },
      facts: requestFacts(texts, visit, now()),
      reason: texts.mailReasonSafety,
    }),
  })
  return [mail]
}
