import type { Visit } from '../http/visit.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import { type PasswordRefusal, refusalsOf } from '../password/new-password.ts'
import { ensureBrowser } from '../proof/browser.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { guestAt } from '../session/promote.ts'
import { hashToken } from '../session/token.ts'
import { chargeMail } from '../throttle/mail-quota.ts'
import { chooseUsername } from '../user/chosen-username.ts'
import { isAllowedDomain } from '../user/email-domain.ts'
import { cleanName, normalizeEmail } from '../user/identifier.ts'
import { REGISTER_SECONDS, writeKnownMail, writeRegisterMail } from './mails.ts'

export interface SignUpForm {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly username: string
  /** Where a page goes on to. */
  readonly next: string | null
}

export type SignUp =
  | { readonly kind: 'sent' }
  | {
      readonly kind: 'wrong_field'
      readonly field: 'email' | 'name' | 'username'
      readonly code: 'invalid' | 'domain'
    }
  | { readonly kind: 'refused'; readonly problems: readonly PasswordRefusal[] }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Whether strangers may make accounts here. */
export function isOpen({ mail, settings }: Pick<Services, 'mail' | 'settings'>): boolean {
  return mail !== null && settings.registration === 'open'
}

/**
 * The first half of an open registration: what was typed is kept with a proof, and a mail goes to the address. There is no account yet, so
 * nobody can have one with somebody else's address (P27). Whether the address has an account shows in nothing but the mail (P17); nor does
 * it show whether a user name is taken, which is decided when the address is proven.
 */
export async function signUp(services: Services, visit: Visit, form: SignUpForm): Promise<SignUp> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const { proofs, users, db, settings } = services
  const email = normalizeEmail(form.email)
  if (email === null) return { kind: 'wrong_field', field: 'email', code: 'invalid' }
  if (!isAllowedDomain(settings.accounts.emailDomains, email))
    return { kind: 'wrong_field', field: 'email', code: 'domain' }
  const name = cleanName(form.name)
  if (name === null && form.name.trim() !== '') return { kind: 'wrong_field', field: 'name', code: 'invalid' }
  const chosen = chooseUsername(settings.usernames, form.username)
  if (chosen.kind === 'refused' && chosen.code === 'invalid')
    return { kind: 'wrong_field', field: 'username', code: 'invalid' }
  // A name that rules list is left out in the end, like one that somebody has: nobody learns which it is.
  const username = chosen.kind === 'chosen' ? chosen.username : null
  const problems = await refusalsOf(services, form.password, { email, name, username })
  if (problems.length > 0) return { kind: 'refused', problems }
  const quota = await chargeMail(services, visit, email, users.selectByIdentifier(email))
  if (quota.kind === 'throttled') return quota

  const passwordHash = await (await services.hasher()).hash(form.password)
  const isNew = quota.user === null && !quota.isEnough
  const guestId = await guestAt(services, visit)
  const browser = ensureBrowser(visit)
  const proof = await proofs.issue({
    purpose: 'register',
    site: visit.site.key,
    // The page that waits for the code is the same for an address that has an account; nobody ever learns that code.
    subject: isNew ? email : `nobody ${await hashToken(browser)}`,
    userId: null,
    accountEmail: null,
    email,
    browser,
    withCode: true,
    client: visit.client(),
    data: isNew ? { name, username, passwordHash, guestId, next: form.next } : {},
    lifeSeconds: REGISTER_SECONDS,
  })
  const now = services.now()
  const mail = await queueLetter(services, visit, {
    kind: quota.user ? 'sign_up_known' : 'sign_up',
    to: email,
    userId: quota.user?.id ?? null,
    lifeSeconds: REGISTER_SECONDS,
    language: quota.user?.language ?? null,
    write: (texts) =>
      quota.user
        ? writeKnownMail(texts, visit, now, `${settings.basePath}/login`)
        : writeRegisterMail(texts, visit, now, {
            path: `${settings.basePath}/verify?token=${proof.token}`,
            code: proof.code ?? '',
          }),
  })
  await db.batch(quota.isEnough ? [proof.statement] : [proof.statement, mail])
  sendSoon(services, visit)
  return { kind: 'sent' }
}
