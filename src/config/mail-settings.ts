import { parseMailAddress } from './mail-address.ts'
import type { CheckedMail } from './mail-schema.ts'
import type { MailSettings } from './settings.ts'

/** Nobody's address (RFC 6761 section 6.3): mails of development go nowhere. */
const NOBODY = 'no-reply@localhost'

/** RFC 8314 section 3.3. On every other port encryption begins with STARTTLS. */
const IMPLICIT_TLS_PORT = 465

/** In development nothing is ever sent, whatever is configured, and everything that needs mail can be tried. */
export function mailSettings(mail: CheckedMail | undefined, isDevelopment: boolean): MailSettings | null {
  if (!mail && !isDevelopment) return null
  const from = parseMailAddress(mail?.from ?? NOBODY)
  if (!from) throw new TypeError('the schema has accepted an address that is none')
  return {
    from,
    replyTo: mail?.replyTo === undefined ? null : (parseMailAddress(mail.replyTo)?.address ?? null),
    sender: isDevelopment || !mail ? { kind: 'mailbox' } : senderSettings(mail.sender),
  }
}

function senderSettings(sender: CheckedMail['sender']): MailSettings['sender'] {
  if ('binding' in sender) return { kind: 'binding', binding: sender.binding }
  if ('smtp' in sender) {
    const { smtp: host, port, user, key } = sender
    return { kind: 'smtp', host, port, security: port === IMPLICIT_TLS_PORT ? 'tls' : 'starttls', user, key }
  }
  const { provider, key, api, domain } = sender
  return { kind: 'http', provider, key, api: api ? new URL(api).origin : null, domain: domain ?? null }
}
