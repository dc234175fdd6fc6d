import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import type { Services } from '../services.ts'
import { fill, type TextKey, textsFor } from '../ui/text/text.ts'
import { normalizeEmail } from '../user/identifier.ts'
import type { User } from '../user/user.ts'
import { requestFacts } from './facts.ts'

/** What the owner of an account is told by mail, whether they like mails or not. */
export type NoticeKind =
  | 'new_device'
  | 'password_changed'
  | 'factor_added'
  | 'factor_removed'
  | 'recovery_code_used'
  | 'remember_theft'
  | 'key_made'
  | 'deletion_cancelled'

const TEXTS: Readonly<Record<NoticeKind, { title: TextKey; text: TextKey; advice: TextKey }>> = {
  new_device: { title: 'noticeDeviceTitle', text: 'noticeDeviceText', advice: 'noticeIfNotYou' },
  password_changed: { title: 'noticePasswordTitle', text: 'noticePasswordText', advice: 'noticeIfNotYou' },
  factor_added: { title: 'noticeFactorAddedTitle', text: 'noticeFactorAddedText', advice: 'noticeIfNotYou' },
  factor_removed: {
    title: 'noticeFactorRemovedTitle',
    text: 'noticeFactorRemovedText',
    advice: 'noticeIfNotYou',
  },
  deletion_cancelled: { title: 'noticeKeptTitle', text: 'noticeKeptText', advice: 'noticeIfNotYou' },
  key_made: { title: 'noticeKeyTitle', text: 'noticeKeyText', advice: 'noticeIfNotYou' },
  recovery_code_used: { title: 'noticeRecoveryTitle', text: 'noticeRecoveryText', advice: 'noticeIfNotYou' },
  remember_theft: { title: 'noticeTheftTitle', text: 'noticeTheftText', advice: 'noticeTheftAdvice' },
}

export const NOTICE_WINDOW_MS = 86_400_000
/** Of each kind, a day. Whoever has somebody's password can sign in without end; the first mails have said so. */
const MOST_A_DAY = 5

/**
 * Statements for the batch of the event: a mail to the account's owner. None where no mail is configured, or where the address was never
 * proven: anybody can give a stranger's address, who would then get mail about an account that is not theirs. After the batch call
 * `visit.later(services.mail.flush())`, or `sendSoon`.
 */
export async function securityNotice(
  services: Services,
  visit: Visit,
  owner: Pick<Identity, 'id' | 'email' | 'emailVerified'> & Partial<Pick<User, 'language'>>,
  kind: NoticeKind,
): Promise<readonly D1PreparedStatement[]> {
  const { mail, now, settings } = services
  if (!mail || owner.email === null || !owner.emailVerified) return []
  // Put there by hand: no reason to keep somebody from signing in.
  if (normalizeEmail(owner.email) !== owner.email) return []
  const language = owner.language ?? visit.language
  const texts = textsFor(language)
  const { title, text, advice } = TEXTS[kind]
  const names = { site: visit.site.theme.name }
  const heading = fill(texts[title], names)
  return await mail.queueNotice(
    {
      kind: `notice_${kind}`,
      to: owner.email,
      userId: owner.id,
      site: visit.site,
      language,
      expiresAt: now() + NOTICE_WINDOW_MS,
      content: {
        subject: heading,
        heading,
        paragraphs: [fill(texts[text], names), texts[advice]],
        button: { label: texts.noticeCheck, path: `${settings.basePath}/account` },
        facts: [{ label: texts.mailAccount, value: owner.email }, ...requestFacts(texts, visit, now())],
        reason: fill(texts.mailReasonSafety, names),
      },
    },
    { most: MOST_A_DAY, withinMs: NOTICE_WINDOW_MS },
  )
}

/** Sends what has just been queued, once the answer is on its way. */
export function sendSoon({ mail }: Services, visit: Visit): void {
  if (mail) visit.later(mail.flush())
}
