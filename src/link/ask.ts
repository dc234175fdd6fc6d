import type { Visit } from '../http/visit.ts'
import { placeOf } from '../mail/facts.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import { ensureBrowser } from '../proof/browser.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { hashToken } from '../session/token.ts'
import { chargeMail } from '../throttle/mail-quota.ts'
import { normalizeIdentifier } from '../user/identifier.ts'
import { LINK_SECONDS, writeLinkMail } from './mails.ts'

export type Asked =
  | { readonly kind: 'sent' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Stands for everything that cannot be a name. */
const NO_NAME = '?'
const NOBODY = 'nobody@localhost'

/**
 * Mails a link and a code that sign in, to the address that the account has (P18). Whoever is unknown or disabled costs and answers the
 * same, gets a number to compare and may type codes that are never right (P17).
 */
export async function askForLink(
  services: Services,
  visit: Visit,
  asked: { readonly identifier: string; readonly remember: boolean; readonly next: string },
): Promise<Asked> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const { proofs, users, audit, db, settings } = services
  const identifier = normalizeIdentifier(asked.identifier)?.value ?? NO_NAME
  const quota = await chargeMail(services, visit, identifier, users.selectByIdentifier(identifier))
  if (quota.kind === 'throttled') return quota
  const user = quota.isEnough || quota.user?.disabledAt !== null ? null : quota.user
  const email = user?.email ?? null
  const isReal = user !== null && email !== null
  const browser = ensureBrowser(visit)
  const { language } = visit
  const proof = await proofs.issue({
    purpose: 'link',
    site: visit.site.key,
    subject: isReal ? user.id : `nobody ${await hashToken(browser)}`,
    userId: isReal ? user.id : null,
    accountEmail: email,
    email: email ?? identifier,
    browser,
    withCode: true,
    client: visit.client(),
    data: { next: asked.next, remember: asked.remember, place: placeOf(visit, language) },
    lifeSeconds: LINK_SECONDS,
  })
  const mail = await queueLetter(services, visit, {
    kind: 'sign_in_link',
    to: email ?? NOBODY,
    userId: user?.id ?? null,
    lifeSeconds: LINK_SECONDS,
    language: user?.language ?? null,
    write: (texts) =>
      writeLinkMail(texts, visit, services.now(), {
        path: `${settings.basePath}/link?token=${proof.token}`,
        code: proof.code ?? '',
      }),
  })
  const event = audit.statement({
    event: 'link.asked',
    site: visit.site.key,
    userId: isReal ? user.id : null,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: {},
  })
  await db.batch(isReal ? [proof.statement, event, mail] : [proof.statement, event])
  sendSoon(services, visit)
  return { kind: 'sent' }
}
