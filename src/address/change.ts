import type { Visit } from '../http/visit.ts'
import { requestFacts } from '../mail/facts.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import { ensureBrowser } from '../proof/browser.ts'
import type { Services } from '../services.ts'
import { hashToken } from '../session/token.ts'
import { chargeMail } from '../throttle/mail-quota.ts'
import { fill, type TextKey, type Texts } from '../ui/text/text.ts'
import { describeWait } from '../ui/text/wait.ts'
import { isAllowedDomain } from '../user/email-domain.ts'
import { normalizeEmail } from '../user/identifier.ts'

export type AskedChange =
  | { readonly kind: 'sent' }
  | { readonly kind: 'wrong_field'; readonly code: 'invalid' | 'domain' | 'same' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

const CHANGE_SECONDS = 86_400

/**
 * Asks for another address: nothing changes before it is proven by what is mailed there. Whether somebody else has it shows nowhere (P17);
 * they are told by mail that nothing has happened.
 */
export async function askForChange(
  services: Services,
  visit: Visit,
  userId: string,
  typed: string,
): Promise<AskedChange> {
  const { proofs, users, audit, db, settings } = services
  const email = normalizeEmail(typed)
  if (email === null) return { kind: 'wrong_field', code: 'invalid' }
  if (!isAllowedDomain(settings.accounts.emailDomains, email)) return { kind: 'wrong_field', code: 'domain' }
  const owner = await users.findById(userId)
  if (!owner) return { kind: 'gone' }
  if (owner.email === email) return { kind: 'wrong_field', code: 'same' }
  const quota = await chargeMail(services, visit, email, users.selectByIdentifier(email))
  if (quota.kind === 'throttled') return quota
  const isFree = quota.user === null && !quota.isEnough
  const browser = ensureBrowser(visit)
  const proof = await proofs.issue({
    purpose: 'email',
    site: visit.site.key,
    subject: isFree ? userId : `nobody ${await hashToken(browser)}`,
    userId: isFree ? userId : null,
    accountEmail: owner.email,
    email,
    browser,
    withCode: false,
    client: visit.client(),
    data: {},
    lifeSeconds: CHANGE_SECONDS,
  })
  const now = services.now()
  const mail = await queueLetter(services, visit, {
    kind: quota.user ? 'address_known' : 'address_proof',
    to: email,
    userId: quota.user?.id ?? userId,
    lifeSeconds: CHANGE_SECONDS,
    language: quota.user?.language ?? null,
    write: (texts) => ({
      ...(quota.user
        ? said(texts, 'addressKnownTitle', ['addressKnownText'])
        : {
            ...said(texts, 'addressMailTitle', ['addressMailText', 'mailIgnore']),
            button: { label: texts.confirmSubmit, path: `${settings.basePath}/verify?token=${proof.token}` },
          }),
      facts: requestFacts(texts, visit, now),
      reason: texts.addressMailReason,
    }),
  })
  const asked = audit.statement({
    event: 'user.email_change_asked',
    site: visit.site.key,
    userId,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { to: email },
  })
  await db.batch(quota.isEnough ? [proof.statement, asked] : [proof.statement, asked, mail])
  sendSoon(services, visit)
  return { kind: 'sent' }
}

/** Mails a link to the address that the account has, to prove that it is its owner's. */
export async function askForProof(services: Services, visit: Visit, userId: string): Promise<AskedChange> {
  const { proofs, users, db, settings } = services
  const owner = await users.findById(userId)
  if (!owner?.email || owner.emailVerified) return { kind: 'gone' }
  const { email } = owner
  const quota = await chargeMail(services, visit, email, users.selectById(userId))
  if (quota.kind === 'throttled') return quota
  if (quota.isEnough) return { kind: 'sent' }
  const proof = await proofs.issue({
    purpose: 'verify',
    site: visit.site.key,
    subject: userId,
    userId,
    accountEmail: email,
    email,
    browser: ensureBrowser(visit),
    withCode: false,
    client: visit.client(),
    data: {},
    lifeSeconds: CHANGE_SECONDS,
  })
  const now = services.now()
  const mail = await queueLetter(services, visit, {
    kind: 'address_proof',
    to: email,
    userId,
    lifeSeconds: CHANGE_SECONDS,
    language: owner.language,
    write: (texts) => ({
      ...said(texts, 'addressMailTitle', ['addressMailText', 'mailIgnore']),
      button: { label: texts.confirmSubmit, path: `${settings.basePath}/verify?token=${proof.token}` },
      facts: requestFacts(texts, visit, now),
      reason: texts.addressMailReason,
    }),
  })
  await db.batch([proof.statement, mail])
  sendSoon(services, visit)
  return { kind: 'sent' }
}

function said(texts: Texts, title: TextKey, paragraphs: readonly TextKey[]) {
  const wait = describeWait(CHANGE_SECONDS, texts.lang) ?? ''
  return {
    subject: texts[title],
    heading: texts[title],
    paragraphs: paragraphs.map((key) => fill(texts[key], { wait })),
  }
}
