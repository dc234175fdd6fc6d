import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Letter, Sent } from '../../src/mail/mail.ts'
import type { SmtpServer } from '../../src/mail/smtp/sender.ts'
import type { GatewayOptions, TestGateway } from './support/gateway.ts'
import { findCommand } from './support/peers.ts'
import { signInAt } from './support/sign-in-at.ts'
import {
  makeCertificate,
  parseMail,
  SMTP_PASSWORD,
  startSmtpServer,
  type TestSmtpServer,
  USER,
} from './support/smtp.ts'
import { ALICE } from './support/users.ts'

const LETTER: Letter = {
  id: 'AbC-_0123456789AbC-_01',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  replyTo: 'help@acme.example',
  to: 'ada@reader.example',
  subject: 'Reset your password',
  text: 'Hello\n\nhttps://app.example/auth/reset?token=abc=def&x=1\n',
  html: '<p>Hello &amp; <a href="https://app.example/auth/reset?token=abc=def&amp;x=1">go</a></p>',
}
const certificate = findCommand('openssl') === null ? null : makeCertificate('localhost')

/** The simulator reads when it is loaded, and not later, what its runtime trusts besides the usual authorities. */
async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  process.env.NODE_EXTRA_CA_CERTS = certificate?.certFile
  return await (await import('./support/gateway.ts')).startGateway(options)
}

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const isMissing = certificate === null || findCommand('python3') === null

describe.skipIf(isMissing && isOptional)('SMTP over the runtime’s sockets (needs openssl, python3)', () => {
  const closing: (() => unknown)[] = []
  let client: TestGateway
  let tls: TestSmtpServer

  beforeAll(async () => {
    if (!certificate) return
    client = await startGateway({ entry: new URL('./sites/smtp-client.ts', import.meta.url) })
    tls = await startSmtpServer(certificate)
  })
  afterAll(async () => {
    await tls?.close()
    await client?.dispose()
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  async function send(
    letter: Partial<Letter>,
    server: Partial<SmtpServer> = {},
    times: { readonly timeoutMs?: number; readonly lingerMs?: number } = {},
  ): Promise<Sent> {
    const body = JSON.stringify({
      server: {
        host: 'localhost',
        port: tls.port,
        security: 'tls',
        user: USER,
        password: SMTP_PASSWORD,
        ...server,
      },
      letter: { ...LETTER, ...letter },
      ...times,
    })
    const response = await fetch(client.url, { method: 'POST', body })
    expect(response.status).toBe(200)
    return (await response.json()) as Sent
  }
  async function serve(options: Parameters<typeof startSmtpServer>[1]): Promise<TestSmtpServer> {
    const server = await startSmtpServer(certificate as NonNullable<typeof certificate>, options)
    closing.push(server.close)
    return server
  }
  /** A server that says what it likes. */
  async function improvise(talk: (socket: Socket) => void): Promise<Server & { readonly port: number }> {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      talk(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    return Object.assign(server, { port: (server.address() as AddressInfo).port })
  }

  it('on a port that is encrypted from the start, with AUTH PLAIN', async () => {
    expect(await send({})).toEqual({ kind: 'sent' })
    const mail = tls.mails.at(-1)
    expect(mail).toMatchObject({
      from: 'no-reply@acme.example',
      to: ['ada@reader.example'],
      authMethod: 'PLAIN',
      encrypted: true,
    })
    const { headers, addresses, parts, defects } = parseMail(mail?.raw ?? '')
    expect(defects).toEqual([])
    expect(addresses).toEqual({
      From: [['Acme', 'no-reply@acme.example']],
      To: [['', 'ada@reader.example']],
      'Reply-To': [['', 'help@acme.example']],
    })
    expect(headers).toMatchObject({
      Subject: LETTER.subject,
      'Message-ID': `<${LETTER.id}@acme.example>`,
      'Auto-Submitted': 'auto-generated',
      Date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/),
    })
    expect(parts.map(({ type, text }) => [type, text.replaceAll('\r\n', '\n').trim()])).toEqual([
      ['text/plain', LETTER.text.trim()],
      ['text/html', LETTER.html],
    ])
  })

  it('on a port of STARTTLS, with AUTH LOGIN', async () => {
    const server = await serve({ secure: false, authMethods: ['LOGIN'] })
    expect(await send({}, { port: server.port, security: 'starttls' })).toEqual({ kind: 'sent' })
    expect(server.mails).toMatchObject([{ authMethod: 'LOGIN', encrypted: true, to: ['ada@reader.example'] }])
    expect(server.offered).toEqual([SMTP_PASSWORD])
  })

  it.each([
    ['letters of every script', `Grüße, 世界 и 👩‍👩‍👧 – ${'ä'.repeat(120)}`, 'Zeile – 世界\n👩‍👩‍👧\n'],
    ['lines of dots', '.', '.\n..\n.\r\n.hidden\n\n.\n'],
    ['the end of a message in every spelling', 'x', 'a\r\n.\r\nMAIL FROM:<x@x>\n.\nb\r.\rc\n.\r\nd\r\n.\n'],
    ['a line without end', 'word '.repeat(30).trim(), `${'x'.repeat(5000)}\n${'é'.repeat(3000)}`],
    ['white space at ends', 'trailing', 'a \nb\t\n c\n'],
    ['an equals sign and what looks encoded', '=?utf-8?Q?not_this?=', 'a=3D\nb=\n=?utf-8?Q?x?=\n'],
  ])('what is read is what was written: %s', async (_title, subject, text) => {
    const html = `<p>${text}</p>`
    expect(await send({ subject, text, html, from: { ...LETTER.from, name: subject } })).toEqual({
      kind: 'sent',
    })
    const raw = tls.mails.at(-1)?.raw ?? ''
    const lines = raw.split('\r\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78)
    expect(lines.join('')).toMatch(/^[ -~\t]*$/)
    const parsed = parseMail(raw)
    expect(parsed.defects).toEqual([])
    expect(parsed.headers.Subject).toBe(subject)
    // In a name Python keeps the white space between two encoded words, which RFC 2047 section 6.2 has it drop, as it does in subjects.
    const [[name = '', address] = []] = parsed.addresses.From ?? []
    expect(address).toBe('no-reply@acme.example')
    expect(name.replaceAll(' ', '')).toBe(subject.replaceAll(' ', ''))
    const normal = (words: string) => words.replaceAll(/\r\n|\r|\n/g, '\n').trimEnd()
    expect(parsed.parts.map((part) => normal(part.text))).toEqual([normal(text), normal(html)])
  })

  it('P7: nothing in a mail becomes a header or a command', async () => {
    const hostile =
      'x\r\nBcc: eve@evil.example\r\n\r\nbody\r\n.\r\nMAIL FROM:<eve@evil.example>\u2028\0\u0085'
    const before = tls.mails.length
    expect(
      await send({ subject: hostile, from: { ...LETTER.from, name: `${hostile}" <eve@evil.example>` } }),
    ).toEqual({
      kind: 'sent',
    })
    expect(tls.mails).toHaveLength(before + 1)
    const { headers, addresses } = parseMail(tls.mails.at(-1)?.raw ?? '')
    expect(Object.keys(headers)).not.toContain('Bcc')
    expect(addresses.From?.map(([, address]) => address)).toEqual(['no-reply@acme.example'])
    expect(tls.mails.at(-1)?.to).toEqual(['ada@reader.example'])
  })

  it.each([
    ['unknown@reader.example', { kind: 'refused', reason: 'smtp_550_5.1.1' }],
    ['policy@reader.example', { kind: 'refused', reason: 'smtp_554_5.7.1' }],
    ['greylisted@reader.example', { kind: 'later', reason: 'smtp_451_4.7.1', retryAfterSeconds: null }],
    ['full@reader.example', { kind: 'later', reason: 'smtp_452_4.2.2', retryAfterSeconds: null }],
    ['adä@reader.example', { kind: 'refused', reason: 'smtp_address_not_ascii' }],
  ])('%s: %j', async (to, outcome) => {
    expect(await send({ to })).toEqual(outcome)
  })

  it('a wrong password, or a sender that is not ours, waits for the operator', async () => {
    expect(await send({}, { password: 'wrong' })).toMatchObject({ kind: 'later', reason: 'smtp_535_5.7.8' })
    const from = { name: 'Acme', address: 'stranger@acme.example' }
    expect(await send({ from })).toMatchObject({ kind: 'later', reason: 'smtp_553_5.7.1' })
  })

  it('where encryption is not offered nothing is said, the password least of all', async () => {
    const server = await serve({ secure: false, hideSTARTTLS: true, allowInsecureAuth: true })
    expect(await send({}, { port: server.port, security: 'starttls' })).toMatchObject({
      kind: 'later',
      reason: 'smtp_no_starttls',
    })
    expect(server.offered).toEqual([])
  })

  it.each(['tls', 'starttls'] as const)(
    'a certificate that nobody has signed gets no password: %s',
    async (security) => {
      const server = await startSmtpServer(makeCertificate('localhost'), { secure: security === 'tls' })
      closing.push(server.close)
      expect(await send({}, { port: server.port, security })).toMatchObject({ kind: 'later' })
      expect(server.offered).toEqual([])
    },
  )

  it('nor does one of another host', async () => {
    expect(await send({}, { host: '127.0.0.1' })).toMatchObject({ kind: 'later' })
  })

  it('words that somebody puts in before the encryption are not believed', async () => {
    const server = await improvise((socket) => {
      socket.write('220 hello\r\n')
      socket.on('data', (data) => {
        const command = String(data)
        if (command.startsWith('EHLO')) socket.write('250-here\r\n250 STARTTLS\r\n')
        // One packet: the reply, and what is to be taken for the encrypted server's.
        if (command.startsWith('STARTTLS'))
          socket.write('220 go\r\n250-here\r\n250 AUTH PLAIN\r\n235 welcome\r\n')
      })
    })
    expect(await send({}, { port: server.port, security: 'starttls' })).toMatchObject({
      kind: 'later',
      reason: 'smtp_words_before_tls',
    })
  })

  it('a server that says nothing is left, and the connection with it', async () => {
    let left: Promise<unknown> = Promise.resolve()
    const server = await improvise((socket) => {
      left = once(socket.resume(), 'close')
    })
    const where = { port: server.port, security: 'starttls' } as const
    const sent = send({}, where, { timeoutMs: 300, lingerMs: 3000 })
    await once(server, 'connection')
    expect(await Promise.race([left.then(() => 'left first'), sent])).toBe('left first')
    expect(await sent).toMatchObject({ kind: 'later', reason: 'smtp_timeout' })
  })

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'smtp_reply_not_understood'],
    ['220', 'smtp_timeout'],
    [`220-${'x'.repeat(20_000)}`, 'smtp_reply_too_long'],
    ['220-a\r\n'.repeat(200), 'smtp_reply_too_long'],
    ['554 5.7.1 go away\r\n', 'smtp_554_5.7.1'],
  ])('P2: a server that says %j', async (words, reason) => {
    const server = await improvise((socket) => void socket.resume().write(words))
    expect(await send({}, { port: server.port, security: 'starttls' }, { timeoutMs: 1000 })).toMatchObject({
      kind: 'later',
      reason,
    })
  })

  it('a server that is not there', async () => {
    expect(await send({}, { port: 1 })).toMatchObject({ kind: 'later', reason: 'smtp_connection_failed' })
  })

  describe('the whole gateway', () => {
    let gateway: TestGateway
    beforeAll(async () => {
      gateway = await startGateway({
        entry: new URL('./sites/mailing.ts', import.meta.url),
        users: [ALICE],
        bindings: { EDGEGATE_DEV: '', MAIL_KEY: SMTP_PASSWORD, SMTP_PORT: String((await submission()).port) },
      })
    })
    afterAll(async () => {
      await gateway?.dispose()
      await server?.close()
    })

    let server: TestSmtpServer | null = null
    async function submission(): Promise<TestSmtpServer> {
      server ??= await startSmtpServer(certificate as NonNullable<typeof certificate>, { secure: false })
      return server
    }

    const signIn = () => signInAt(gateway, 'mailing.localhost', ALICE)

    it('sends a notice after the answer, and forgets it', async () => {
      expect(await signIn()).toBe(200)
      await expect.poll(async () => (await submission()).mails.length, { timeout: 10_000 }).toBe(1)
      const [mail] = (await submission()).mails
      expect(mail).toMatchObject({ to: [ALICE.email], encrypted: true })
      const { headers, parts } = parseMail(mail?.raw ?? '')
      expect(headers.Subject).toBe('New sign-in to Mailing')
      expect(headers.From).toBe('Mailing <no-reply@mailing.example>')
      expect(parts[0]?.text).toContain('http://mailing.localhost/auth/account')
      const left = () => gateway.d1.prepare('SELECT count(*) AS n FROM mail').first<{ n: number }>()
      await expect.poll(async () => (await left())?.n, { timeout: 10_000 }).toBe(0)
      expect(gateway.logs.join('\n')).not.toMatch(/pässword|alice@example/)
    })

    it('signs in as quickly when the server is gone, and keeps the mail', async () => {
      await (await submission()).close()
      const began = Date.now()
      expect(await signIn()).toBe(200)
      expect(Date.now() - began).toBeLessThan(5000)
      const kept = () => gateway.d1.prepare('SELECT attempts FROM mail').all<{ attempts: number }>()
      await expect.poll(async () => (await kept()).results, { timeout: 15_000 }).toEqual([{ attempts: 1 }])
    })
  })
})
