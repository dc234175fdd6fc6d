import { env } from 'cloudflare:workers'
import { createGateway } from '../../../src/app.ts'

/** Not in development, so that mails are really sent: over SMTP, to the port of the environment. */
export default createGateway({
  site: { name: 'Mailing', url: 'http://mailing.localhost' },
  origin: { url: 'https://origin.mailing.example' },
  mail: {
    from: 'Mailing <no-reply@mailing.example>',
    sender: { smtp: 'localhost', port: Number((env as { SMTP_PORT?: string }).SMTP_PORT), user: 'gateway' },
  },
})
