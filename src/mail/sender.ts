import { connect } from 'cloudflare:sockets'
import type { MailSettings } from '../config/settings.ts'
import { createBindingSender } from './binding-sender.ts'
import { createHttpSender } from './http-sender.ts'
import type { Sender } from './mail.ts'
import { PROVIDERS } from './providers.ts'
import { createSmtpSender } from './smtp/sender.ts'

type Environment = Readonly<Record<string, unknown>>

/** What the environment lacks for these mails, in a sentence that says what to do; `null` when nothing. */
export function lackOf({ sender }: MailSettings, env: Environment): string | null {
  switch (sender.kind) {
    case 'mailbox':
      return null
    case 'binding':
      return env[sender.binding] === undefined
        ? `there is no [[send_email]] with name = "${sender.binding}" in wrangler.toml`
        : null
    case 'http':
    case 'smtp':
      return secretOf(env, sender.key) === null
        ? `the secret ${sender.key} is not set: npx wrangler secret put ${sender.key}`
        : null
  }
}

/** Who carries the mails, once `lackOf` has nothing to say. */
export function createSender(
  sender: Exclude<MailSettings['sender'], { kind: 'mailbox' }>,
  env: Environment,
  now: () => number,
): Sender {
  switch (sender.kind) {
    case 'binding':
      return createBindingSender(env[sender.binding] as SendEmail)
    case 'http':
      return createHttpSender({
        provider: PROVIDERS[sender.provider],
        key: secretOf(env, sender.key) ?? '',
        api: sender.api,
        domain: sender.domain,
        fetch: (url, init) => fetch(url, init),
        now,
      })
    case 'smtp': {
      const { host, port, security, user } = sender
      const server = { host, port, security, user, password: secretOf(env, sender.key) ?? '' }
      return createSmtpSender({ server, connect, now })
    }
  }
}

/** A secret piped into `wrangler secret put` ends in a newline. */
function secretOf(env: Environment, name: string): string | null {
  const value = env[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}
