import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProviderName } from '../../../src/mail/providers.ts'

export const KEY = 'key-1234567890'

interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | string
}

/** What a service found in a request that it took. */
export interface Taken {
  readonly from: string
  readonly to: string
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  readonly html: string
}

interface Service {
  /** Whether the key is right, and what it says when not. */
  readonly authorize: (headers: IncomingHttpHeaders) => Reply | null
  /** The mail, or what is wrong with the request. Strict: a field it does not know is an error. */
  readonly read: (asked: Asked) => Taken | Reply
  readonly accepted: Reply
  /** By the recipient's name before the `@`, as its documentation says. */
  readonly trouble: Readonly<Record<'invalid' | 'busy' | 'down' | 'sender', Reply>>
}

const RESEND: Service = {
  authorize: ({ authorization }) =>
    authorization === `Bearer ${KEY}`
      ? null
      : {
          status: 403,
          body: { statusCode: 403, name: 'invalid_api_key', message: `API key is invalid: ${authorization}` },
        },
  read: ({ path, headers, text }) => {
    if (path !== '/emails') return { status: 404, body: { statusCode: 404, name: 'not_found' } }
    const idempotencyKey = String(headers['idempotency-key'] ?? '')
    if (idempotencyKey.length < 1 || idempotencyKey.length > 256)
      return { status: 400, body: { statusCode: 400, name: 'invalid_idempotency_key' } }
    const mail = strict(text, ['from', 'to', 'reply_to', 'subject', 'text', 'html'])
    const [to] = mail.to as string[]
    return taken({ ...mail, to, replyTo: mail.reply_to })
  },
  accepted: { status: 200, body: { id: '49a3999c-0ce1-4ea6-ab68-afcd6dc2e794' } },
  trouble: {
    invalid: {
      status: 422,
      body: { statusCode: 422, name: 'validation_error', message: 'Invalid `to` field.' },
    },
    busy: {
      status: 429,
      headers: { 'retry-after': '2', 'ratelimit-reset': '1' },
      body: { statusCode: 429, name: 'rate_limit_exceeded', message: 'Too many requests.' },
    },
    down: { status: 500, body: { statusCode: 500, name: 'internal_server_error' } },
    sender: { status: 422, body: { statusCode: 422, name: 'invalid_from_address' } },
  },
}

const POSTMARK: Service = {
  authorize: (headers) =>
    headers['x-postmark-server-token'] === KEY
      ? null
      : { status: 401, body: { ErrorCode: 10, Message: 'The Server Token you provided is invalid.' } },
  read: ({ path, headers, text }) => {
    if (path !== '/email') return { status: 404 }
    if (headers.accept !== 'application/json') return { status: 406 }
    const mail = strict(text, [
      'From',
      'To',
      'ReplyTo',
      'Subject',
      'TextBody',
      'HtmlBody',
      'TrackOpens',
      'TrackLinks',
    ])
    if (mail.TrackOpens !== false || mail.TrackLinks !== 'None')
      return { status: 422, body: { ErrorCode: 300 } }
    return taken({
      from: mail.From,
      to: mail.To,
      replyTo: mail.ReplyTo,
      subject: mail.Subject,
      text: mail.TextBody,
      html: mail.HtmlBody,
    })
  },
  accepted: { status: 200, body: { ErrorCode: 0, Message: 'OK', MessageID: 'b7bc2f4a' } },
  trouble: {
    invalid: {
      status: 422,
      body: { ErrorCode: 406, Message: 'You tried to send to a recipient that has been marked as inactive.' },
    },
    busy: { status: 429, body: { ErrorCode: 429, Message: 'Rate limit exceeded' } },
    down: { status: 503, body: '<html>maintenance</html>' },
    sender: { status: 422, body: { ErrorCode: 400, Message: 'The From address is not a Sender Signature' } },
  },
}

const SENDGRID: Service = {
  authorize: ({ authorization }) =>
    authorization === `Bearer ${KEY}`
      ? null
      : {
          status: 401,
          body: { errors: [{ message: 'The provided authorization grant is invalid', field: null }] },
        },
  read: ({ path, text }) => {
    if (path !== '/v3/mail/send') return { status: 404 }
    const mail = strict(text, [
      'personalizations',
      'from',
      'reply_to',
      'subject',
      'content',
      'tracking_settings',
    ])
    const [personalization] = mail.personalizations as { to: { email: string }[] }[]
    const [plain, html] = mail.content as { type: string; value: string }[]
    // Its documentation wants text/plain before text/html.
    if (plain?.type !== 'text/plain' || html?.type !== 'text/html') return { status: 400 }
    const tracking = mail.tracking_settings as Record<string, { enable: boolean }>
    if (tracking.click_tracking?.enable !== false || tracking.open_tracking?.enable !== false)
      return { status: 400 }
    const from = mail.from as { email: string; name: string }
    return taken({
      from: `"${from.name}" <${from.email}>`,
      to: personalization?.to[0]?.email,
      replyTo: (mail.reply_to as { email: string } | undefined)?.email,
      subject: mail.subject,
      text: plain.value,
      html: html.value,
    })
  },
  accepted: { status: 202, headers: { 'x-message-id': 'a' } },
  trouble: {
    invalid: {
      status: 400,
      body: {
        errors: [{ message: 'Does not contain a valid address.', field: 'personalizations.0.to.0.email' }],
      },
    },
    busy: {
      status: 429,
      headers: { 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 90) },
      body: { errors: [] },
    },
    down: { status: 503 },
    sender: {
      status: 403,
      body: { errors: [{ message: 'The from address does not match a verified Sender Identity.' }] },
    },
  },
}

const MAILGUN: Service = {
  authorize: ({ authorization }) =>
    authorization === `Basic ${Buffer.from(`api:${KEY}`).toString('base64')}`
      ? null
      : { status: 401, body: 'Forbidden' },
  read: ({ path, headers, text }) => {
    if (path !== '/v3/acme.example/messages') return { status: 404, body: { message: 'Domain not found' } }
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return { status: 400 }
    const form = Object.fromEntries(new URLSearchParams(text))
    strict(JSON.stringify(form), ['from', 'to', 'h:Reply-To', 'subject', 'text', 'html', 'o:tracking'])
    if (form['o:tracking'] !== 'no') return { status: 400 }
    return taken({ ...form, replyTo: form['h:Reply-To'] })
  },
  accepted: { status: 200, body: { id: '<1@acme.example>', message: 'Queued. Thank you.' } },
  trouble: {
    invalid: {
      status: 400,
      body: { message: 'to parameter is not a valid address. please check documentation' },
    },
    busy: { status: 429, headers: { 'retry-after': new Date(Date.now() + 120_000).toUTCString() } },
    down: { status: 500, body: { message: 'Internal Server Error' } },
    sender: { status: 404, body: { message: 'Domain not found: acme.example' } },
  },
}

const BREVO: Service = {
  authorize: (headers) =>
    headers['api-key'] === KEY
      ? null
      : { status: 401, body: { code: 'unauthorized', message: 'Key not found' } },
  read: ({ path, text }) => {
    if (path !== '/v3/smtp/email') return { status: 404, body: { code: 'document_not_found' } }
    const mail = strict(text, ['sender', 'to', 'replyTo', 'subject', 'textContent', 'htmlContent'])
    const sender = mail.sender as { name: string; email: string }
    return taken({
      from: `"${sender.name}" <${sender.email}>`,
      to: (mail.to as { email: string }[])[0]?.email,
      replyTo: (mail.replyTo as { email: string } | undefined)?.email,
      subject: mail.subject,
      text: mail.textContent,
      html: mail.htmlContent,
    })
  },
  accepted: { status: 201, body: { messageId: '<1@smtp-relay.mailin.fr>' } },
  trouble: {
    invalid: { status: 400, body: { code: 'invalid_parameter', message: 'email is not valid in to' } },
    busy: { status: 429, headers: { 'x-sib-ratelimit-reset': '33' }, body: { code: 'too_many_requests' } },
    down: { status: 502 },
    sender: {
      status: 400,
      body: { code: 'account_under_validation', message: 'Your account is under validation.' },
    },
  },
}

const SERVICES: Readonly<Record<ProviderName, Service>> = {
  resend: RESEND,
  postmark: POSTMARK,
  sendgrid: SENDGRID,
  mailgun: MAILGUN,
  brevo: BREVO,
}

export interface MailService {
  readonly url: string
  readonly taken: readonly Taken[]
  close(): Promise<void>
}

/** A server that takes mails and refuses them as the service documents it. */
export async function startMailService(name: ProviderName): Promise<MailService> {
  const service = SERVICES[name]
  const mails: Taken[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      const { status, headers, body } = answer({ path: request.url ?? '', headers: request.headers, text })
      response.writeHead(status, headers)
      response.end(typeof body === 'string' ? body : body && JSON.stringify(body))
    })
  })

  function answer(asked: Asked): Reply {
    const refused = service.authorize(asked.headers)
    if (refused) return refused
    const mail = service.read(asked)
    if ('status' in mail) return mail
    const trouble = service.trouble[mail.to.split('@')[0] as keyof Service['trouble']]
    if (trouble) return trouble
    mails.push(mail)
    return service.accepted
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function strict(text: string, known: readonly string[]): Record<string, unknown> {
  const value = JSON.parse(text) as Record<string, unknown>
  const strangers = Object.keys(value).filter((name) => !known.includes(name))
  if (strangers.length > 0) throw new Error(`fields that the service does not know: ${strangers}`)
  return value
}

function taken(mail: Record<string, unknown>): Taken {
  const text = (name: string) => {
    const value = mail[name]
    if (typeof value !== 'string' || value === '') throw new Error(`the mail has no ${name}`)
    return value
  }
  return {
    from: text('from'),
    to: text('to'),
    replyTo: mail.replyTo === undefined ? null : text('replyTo'),
    subject: text('subject'),
    text: text('text'),
    html: text('html'),
  }
}
