import type { Sender, Sent } from './mail.ts'

/** What comes right by itself or by the operator; everything else with a code is about this mail or this recipient. */
const LATER = new Set([
  'E_RATE_LIMIT_EXCEEDED',
  'E_DAILY_LIMIT_EXCEEDED',
  'E_SENDER_NOT_VERIFIED',
  'E_SENDER_DOMAIN_NOT_AVAILABLE',
  'E_DELIVERY_FAILED',
  'E_INTERNAL_SERVER_ERROR',
])

/** Cloudflare's e-mail binding (`[[send_email]]` in wrangler.toml). */
export function createBindingSender(binding: SendEmail): Sender {
  return async ({ from, replyTo, to, subject, text, html }): Promise<Sent> => {
    try {
      await binding.send({
        from: { name: from.name, email: from.address },
        to,
        subject,
        text,
        html,
        ...(replyTo === null ? {} : { replyTo }),
      })
      return { kind: 'sent' }
    } catch (error) {
      const code = (error as { readonly code?: unknown }).code
      if (typeof code !== 'string' || !/^E_[A-Z_]{1,60}$/.test(code)) throw error
      return LATER.has(code)
        ? { kind: 'later', reason: code, retryAfterSeconds: null }
        : { kind: 'refused', reason: code }
    }
  }
}
