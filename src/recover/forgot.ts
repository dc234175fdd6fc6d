import type { Visit } from '../http/visit.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { chargeMail } from '../throttle/mail-quota.ts'
import { normalizeIdentifier } from '../user/identifier.ts'
import { RESET_SECONDS, writeResetMail } from './mails.ts'

export type Forgotten =
  | { readonly kind: 'sent' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Stands for everything that cannot be a name. */
const NO_NAME = '?'
/** Where mails go that are written only so that writing them takes its time; they are never queued. */
const NOBODY = 'nobody@localhost'

/**
 * Mails a link with which the password can be set anew. Whoever is unknown, disabled or without an address costs and answers the same, but
 * for the mail (P17). The mail goes to the address the account has, however it was asked for (P18).
 */
export async function forgot(services: Services, visit: Visit, typed: string): Promise<Forgotten> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const { proofs, users, audit, db, settings } = services
  const identifier = normalizeIdentifier(typed)?.value ?? NO_NAME
  const quota = await chargeMail(services, visit, identifier, users.selectByIdentifier(identifier))
  if (quota.kind === 'throttled') return quota
  const user = quota.isEnough || quota.user?.disabledAt !== null ? null : quota.user
  const email = user?.email ?? null
  const proof = await proofs.issue({
    purpose: 'reset',
    site: visit.site.key,
    subject: user?.id ?? NOBODY,
    userId: user?.id ?? null,
    accountEmail: email,
    email: email ?? NOBODY,
    browser: null,
    withCode: false,
    client: visit.client(),
    data: {},
    lifeSeconds: RESET_SECONDS,
  })
  const mail = await queueLetter(services, visit, {
    kind: 'password_reset',
    to: email ?? NOBODY,
    userId: user?.id ?? null,
    lifeSeconds: RESET_SECONDS,
    language: user?.language ?? null,
    write: (texts) =>
      writeResetMail(texts, visit, services.now(), `${settings.basePath}/reset?token=${proof.token}`),
  })
  if (user && email !== null) {
    const asked = audit.statement({
      event: 'user.reset_asked',
      site: visit.site.key,
      userId: user.id,
      sessionId: null,
      network: visit.network(),
      requestId: visit.requestId,
      detail: {},
    })
    await db.batch([proof.statement, mail, asked])
  } else {
    // As many round trips, and a row that nobody has the link to.
    await db.batch([proof.statement])
  }
  sendSoon(services, visit)
  return { kind: 'sent' }
}
