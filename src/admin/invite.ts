import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import type { Services, Site } from '../services.ts'
import { hashToken, newToken } from '../session/token.ts'
import { fill } from '../ui/text/text.ts'
import { isRoleName, normalizeEmail } from '../user/identifier.ts'

const INVITATION_SECONDS = 7 * 86_400

export type InviteResult =
  /** `link` is `null` where a mail carries it: who invites cannot make the account. */
  | { readonly kind: 'invited'; readonly email: string; readonly link: string | null }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'known' }
  | { readonly kind: 'closed' }

/** Invites an address by mail; where no mail is configured the link is the administrator's to send. Roles are given with it. */
export async function invite(
  services: Services,
  site: Site,
  visit: Visit,
  admin: Identity,
  said: { readonly email: string; readonly roles: readonly string[] },
): Promise<InviteResult> {
  const { settings, users, invitations, audit, db, mail } = services
  if (settings.registration === 'closed') return { kind: 'closed' }
  const email = normalizeEmail(said.email)
  if (email === null || !said.roles.every(isRoleName)) return { kind: 'invalid' }
  if (await users.findByIdentifier(email)) return { kind: 'known' }
  const token = newToken()
  const path = `${settings.basePath}/register?invitation=${token}`
  const now = services.now()
  const expiresAt = now + INVITATION_SECONDS * 1000
  const roles = [...new Set(said.roles)]
  await db.batch([
    invitations.invite(await hashToken(token), { email, name: null, roles, expiresAt }, now),
    audit.statement({
      event: 'user.invited',
      site: site.key,
      userId: null,
      sessionId: null,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { by: 'admin', admin: admin.id, email, roles },
    }),
    ...(mail ? [await letter(services, visit, email, path, expiresAt)] : []),
  ])
  if (!mail) return { kind: 'invited', email, link: site.publicOrigin + path }
  sendSoon(services, visit)
  return { kind: 'invited', email, link: null }
}

function letter(services: Services, visit: Visit, to: string, path: string, expiresAt: number) {
  return queueLetter(services, visit, {
    kind: 'invitation',
    to,
    userId: null,
    lifeSeconds: INVITATION_SECONDS,
    write: (texts) => {
      const instant = new Intl.DateTimeFormat(texts.lang, {
        dateStyle: 'long',
        timeStyle: 'short',
        timeZone: 'UTC',
      })
      return {
        subject: texts.inviteMailSubject,
        heading: texts.inviteMailSubject,
        paragraphs: [fill(texts.inviteMailText, { until: instant.format(expiresAt) })],
        button: { label: texts.inviteMailButton, path },
        reason: texts.inviteMailReason,
      }
    },
  })
}
