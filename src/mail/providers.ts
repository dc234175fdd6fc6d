import type { Letter } from './mail.ts'

export type ProviderName = 'resend' | 'postmark' | 'sendgrid' | 'mailgun' | 'brevo'

/** How one service takes a mail over HTTP, and what its refusals mean. After each service's own documentation, linked in docs/mail.md. */
export interface Provider {
  readonly api: string
  readonly path: (domain: string) => string
  readonly headers: (key: string, letter: Letter) => Readonly<Record<string, string>>
  readonly body: (letter: Letter) => object | URLSearchParams
  /** The service's own code of an error, in the JSON of its answer. */
  readonly codeOf: (answer: Answer) => unknown
  /** Statuses and codes that speak of the operator's account and not of the mail: they pass once that is mended. */
  readonly passing: readonly (string | number)[]
  /** A header besides `Retry-After` that says when to come again. */
  readonly reset?: { readonly header: string; readonly counts: 'seconds' | 'unix_seconds' }
}

/** An answer as far as anybody looks into it. */
export interface Answer {
  readonly name?: unknown
  readonly code?: unknown
  readonly ErrorCode?: unknown
}

/** Links stay what they are: a service that counts clicks would send a token through its own redirect first. */
export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  resend: {
    api: 'https://api.resend.com',
    path: () => '/emails',
    headers: (key, { id }) => ({ authorization: `Bearer ${key}`, 'idempotency-key': id }),
    body: ({ from, to, replyTo, subject, text, html }) => ({
      from: named(from),
      to: [to],
      ...(replyTo === null ? {} : { reply_to: replyTo }),
      subject,
      text,
      html,
    }),
    codeOf: ({ name }) => name,
    passing: ['invalid_from_address'],
    reset: { header: 'ratelimit-reset', counts: 'seconds' },
  },

  postmark: {
    api: 'https://api.postmarkapp.com',
    path: () => '/email',
    headers: (key) => ({ 'x-postmark-server-token': key }),
    body: ({ from, to, replyTo, subject, text, html }) => ({
      From: named(from),
      To: to,
      ...(replyTo === null ? {} : { ReplyTo: replyTo }),
      Subject: subject,
      TextBody: text,
      HtmlBody: html,
      TrackOpens: false,
      TrackLinks: 'None',
    }),
    codeOf: ({ ErrorCode }) => ErrorCode,
    // No such sender signature, not confirmed, out of credits, account pending, account may not send, rate limit.
    passing: ['400', '401', '405', '412', '413', '429'],
  },

  sendgrid: {
    api: 'https://api.sendgrid.com',
    path: () => '/v3/mail/send',
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    body: ({ from, to, replyTo, subject, text, html }) => ({
      personalizations: [{ to: [{ email: to }] }],
      from: { email: from.address, name: from.name },
      ...(replyTo === null ? {} : { reply_to: { email: replyTo } }),
      subject,
      content: [
        { type: 'text/plain', value: text },
        { type: 'text/html', value: html },
      ],
      tracking_settings: {
        click_tracking: { enable: false, enable_text: false },
        open_tracking: { enable: false },
      },
    }),
    // Its errors are sentences.
    codeOf: () => null,
    passing: [],
    reset: { header: 'x-ratelimit-reset', counts: 'unix_seconds' },
  },

  mailgun: {
    api: 'https://api.mailgun.net',
    path: (domain) => `/v3/${domain}/messages`,
    headers: (key) => ({ authorization: `Basic ${btoa(`api:${key}`)}` }),
    body: ({ from, to, replyTo, subject, text, html }) =>
      new URLSearchParams({
        from: named(from),
        to,
        ...(replyTo === null ? {} : { 'h:Reply-To': replyTo }),
        subject,
        text,
        html,
        'o:tracking': 'no',
      }),
    codeOf: () => null,
    // A domain that is not there yet.
    passing: [404],
  },

  brevo: {
    api: 'https://api.brevo.com',
    path: () => '/v3/smtp/email',
    headers: (key) => ({ 'api-key': key }),
    body: ({ from, to, replyTo, subject, text, html }) => ({
      sender: { name: from.name, email: from.address },
      to: [{ email: to }],
      ...(replyTo === null ? {} : { replyTo: { email: replyTo } }),
      subject,
      textContent: text,
      htmlContent: html,
    }),
    codeOf: ({ code }) => code,
    passing: ['unauthorized', 'permission_denied', 'not_enough_credits', 'account_under_validation'],
    reset: { header: 'x-sib-ratelimit-reset', counts: 'seconds' },
  },
}

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as readonly ProviderName[]

/** RFC 5322 section 3.4: a name in quotes, whatever is in it. */
function named({ name, address }: Letter['from']): string {
  return `"${name.replaceAll(/["\\]/g, '\\$&')}" <${address}>`
}
