import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttpSender } from '../../src/mail/http-sender.ts'
import type { Letter } from '../../src/mail/mail.ts'
import { PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../../src/mail/providers.ts'
import { KEY, type MailService, startMailService } from './support/mail-services.ts'

const LETTER: Letter = {
  id: 'mail_1',
  from: { name: 'Acme "the\\best", Ümlaut', address: 'no-reply@acme.example' },
  replyTo: 'help@acme.example',
  to: 'ok@reader.example',
  subject: 'Grüße & 100 %',
  text: 'Hello\n\nhttps://app.example/auth/verify?token=abc&x=1\n',
  html: '<p>Hello &amp; <a href="https://app.example/auth/verify?token=abc&amp;x=1">go</a></p>',
}

function senderFor(provider: ProviderName, api: string, key = KEY) {
  return createHttpSender({
    provider: PROVIDERS[provider],
    key,
    api,
    domain: null,
    fetch: (url, init) => fetch(url, init),
    now: Date.now,
  })
}

describe.each(PROVIDER_NAMES)('%s', (provider) => {
  let service: MailService
  beforeAll(async () => {
    service = await startMailService(provider)
  })
  afterAll(() => service.close())
  const send = (letter: Partial<Letter>, key?: string) =>
    senderFor(provider, service.url, key)({ ...LETTER, ...letter })

  it('takes a mail as it is, with links that it does not count', async () => {
    expect(await send({})).toEqual({ kind: 'sent' })
    expect(service.taken.at(-1)).toMatchObject({
      to: LETTER.to,
      replyTo: LETTER.replyTo,
      subject: LETTER.subject,
      text: LETTER.text,
      html: LETTER.html,
    })
    expect(service.taken.at(-1)?.from).toMatch(/^"Acme .*Ümlaut" <no-reply@acme\.example>$/)
  })

  it('a mail without a reply address has none', async () => {
    expect(await send({ replyTo: null })).toEqual({ kind: 'sent' })
    expect(service.taken.at(-1)?.replyTo).toBeNull()
  })

  it('refuses an address for good', async () => {
    expect(await send({ to: 'invalid@reader.example' })).toMatchObject({ kind: 'refused' })
  })

  it('is busy, and says for how long where it does', async () => {
    const sent = await send({ to: 'busy@reader.example' })
    expect(sent).toMatchObject({ kind: 'later' })
    const seconds = { resend: 2, postmark: null, sendgrid: 90, mailgun: 120, brevo: 33 }[provider]
    const asked = sent.kind === 'later' ? sent.retryAfterSeconds : Number.NaN
    if (seconds === null) expect(asked).toBeNull()
    else expect(Math.abs((asked ?? 0) - seconds)).toBeLessThanOrEqual(30)
  })

  it('is down, and is asked again', async () => {
    expect(await send({ to: 'down@reader.example' })).toMatchObject({ kind: 'later' })
  })

  it('does not know the sender yet: the mail waits for the operator', async () => {
    expect(await send({ to: 'sender@reader.example' })).toMatchObject({ kind: 'later' })
  })

  it('refuses the key: the mail waits, and the key is in no reason (P22)', async () => {
    const sent = await send({}, 'wrong-key-987')
    expect(sent).toMatchObject({ kind: 'later', reason: expect.stringMatching(/^http_40[13](_\w+)?$/) })
    expect(JSON.stringify(sent)).not.toContain('wrong-key')
  })
})

describe('a service that misbehaves', () => {
  async function answering(status: number, headers: Record<string, string>, body: string): Promise<unknown> {
    const server = createServer((_request, response) => {
      response.writeHead(status, headers)
      response.end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await senderFor('resend', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)(LETTER)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  it('that sends us elsewhere does not get the key there', async () => {
    expect(await answering(307, { location: 'http://127.0.0.1:1/' }, '')).toEqual({
      kind: 'later',
      reason: 'http_307',
      retryAfterSeconds: null,
    })
  })

  it('P23: that answers without end is read to a limit', async () => {
    expect(await answering(400, {}, `{"name":"x${' '.repeat(1_000_000)}"}`)).toEqual({
      kind: 'refused',
      reason: 'http_400',
    })
  })

  it.each(['{', 'null', '[]', '"x"', '{"name":{}}', '{"name":"ada@acme.example"}', '{"name":"a\\nb"}'])(
    'that answers %s is quoted with its status only',
    async (body) => {
      expect(await answering(400, {}, body)).toEqual({ kind: 'refused', reason: 'http_400' })
    },
  )

  it.each([
    ['31536000', 21_600],
    ['0', null],
    ['-5', null],
    ['soon', null],
    ['Wed, 01 Jan 2020 00:00:00 GMT', null],
  ])('that says Retry-After: %s is waited for %s', async (header, seconds) => {
    expect(await answering(429, { 'retry-after': header }, '')).toMatchObject({ retryAfterSeconds: seconds })
  })
})
