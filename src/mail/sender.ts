import { connect } from 'cloudflare:sockets'
import type { MailSettings } from '../config/settings.ts'
import { createBindingSender } from './binding-sender.ts'
import { createHttpSender } from './http-sender.ts'
import type { Sender } from './mail.ts'
import { PROVIDERS } from './providers.ts'
import { createSmtpSender } from './smtp/sender.ts'

/** What the configuration only names. `findMissing` has seen to it that it is there. */
interface Environment {
  readonly binding: (name: string) => SendEmail
  readonly secret: (name: string) => string
}

/** Who carries the mails. */
export function createSender(
  sender: Exclude<MailSettings['sender'], { kind: 'mailbox' }>,
  environment: Environment,
  now: () => number,
): Sender {
  switch (sender.kind) {
    case 'binding':
      return createBindingSender(environment.binding(sender.binding))
    case 'http': {
      const { api, domain } = sender
      const [provider, key] = [PROVIDERS[sender.provider], environment.secret(sender.key)]
      return createHttpSender({ provider, key, api, domain, fetch: (url, init) => fetch(url, init), now })
    }
    case 'smtp': {
      const { host, port, security, user } = sender
      const server = { host, port, security, user, password: environment.secret(sender.key) }
      return createSmtpSender({ server, connect, now })
    }
  }
}
