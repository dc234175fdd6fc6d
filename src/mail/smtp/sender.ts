import { within } from '../../lib/within.ts'
import type { Letter, Sender, Sent } from '../mail.ts'
import { type Dialog, openDialog, type SmtpSocket } from './dialog.ts'
import { dotStuffed, messageOf } from './message.ts'
import { type Reply, SmtpBroken } from './replies.ts'

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** `tls`: encrypted from the first byte (465). `starttls`: before anything is said (587). Nothing is ever sent in the clear. */
  readonly security: 'tls' | 'starttls'
  readonly user: string
  readonly password: string
}

export interface SmtpOptions {
  readonly server: SmtpServer
  readonly connect: (
    address: { readonly hostname: string; readonly port: number },
    options: { readonly secureTransport: 'on' | 'starttls'; readonly allowHalfOpen: false },
  ) => SmtpSocket
  /** Unix milliseconds. */
  readonly now: () => number
  readonly timeoutMs?: number
}

/** Shorter than the outbox waits, so that the connection is closed and not forgotten. */
const TIMEOUT_MS = 9000

/** Hands mails to a submission server (RFC 6409), one connection a mail. */
export function createSmtpSender({ server, connect, now, timeoutMs = TIMEOUT_MS }: SmtpOptions): Sender {
  return async (letter): Promise<Sent> => {
    // SMTPUTF8 (RFC 6531) is not spoken: such an address would have to be bent into another one.
    if (!isAscii(letter.to)) return { kind: 'refused', reason: 'smtp_address_not_ascii' }
    const dialog = openDialog(
      connect(
        { hostname: server.host, port: server.port },
        { secureTransport: server.security === 'tls' ? 'on' : 'starttls', allowHalfOpen: false },
      ),
    )
    try {
      return await within(timeoutMs, submit(dialog, server, letter, now()), () => new SmtpBroken('timeout'))
    } catch (error) {
      if (error instanceof SmtpBroken) return later(`smtp_${error.name}`)
      if (error instanceof TypeError) throw error
      // Refused, unknown host, a certificate that is not good: the runtime's words differ.
      return later('smtp_connection_failed')
    } finally {
      await dialog.close().catch(() => undefined)
    }
  }
}

async function submit(dialog: Dialog, server: SmtpServer, letter: Letter, now: number): Promise<Sent> {
  const me = letter.from.address.split('@')[1] ?? 'localhost'
  const greeting = await dialog.greeting()
  if (greeting.code !== 220) return later(reasonOf(greeting))
  let hello = await dialog.say(`EHLO ${me}`)
  if (hello.code !== 250) return later(reasonOf(hello))
  if (server.security === 'starttls') {
    // Somebody in between may take the offer out of the greeting; going on would hand over password and link in the clear.
    if (!offers(hello, 'STARTTLS')) return later('smtp_no_starttls')
    const ready = await dialog.say('STARTTLS')
    if (ready.code !== 220) return later(reasonOf(ready))
    dialog.startTls()
    hello = await dialog.say(`EHLO ${me}`)
    if (hello.code !== 250) return later(reasonOf(hello))
  }
  const authorized = await authenticate(dialog, hello, server)
  if (authorized.code !== 235) return later(reasonOf(authorized))
  const sent = await transfer(dialog, letter, now)
  // The mail is theirs now; whether they say goodbye is no matter, and nobody waits for it.
  void dialog.say('QUIT').catch(() => undefined)
  return sent
}

/** RFC 4616 and the older LOGIN, which some servers know alone. */
async function authenticate(dialog: Dialog, hello: Reply, { user, password }: SmtpServer): Promise<Reply> {
  if (offers(hello, 'AUTH', 'PLAIN'))
    return await dialog.say(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`)
  if (!offers(hello, 'AUTH', 'LOGIN')) throw new SmtpBroken('no_known_auth')
  const forUser = await dialog.say('AUTH LOGIN')
  if (forUser.code !== 334) return forUser
  const forPassword = await dialog.say(base64(user))
  return forPassword.code === 334 ? await dialog.say(base64(password)) : forPassword
}

async function transfer(dialog: Dialog, letter: Letter, now: number): Promise<Sent> {
  const from = await dialog.say(`MAIL FROM:<${letter.from.address}>`)
  // Not being allowed to send as this address is the operator's to mend.
  if (from.code !== 250) return later(reasonOf(from))
  const to = await dialog.say(`RCPT TO:<${letter.to}>`)
  if (to.code !== 250 && to.code !== 251) return refusedOrLater(to)
  const go = await dialog.say('DATA')
  if (go.code !== 354) return refusedOrLater(go)
  const taken = await dialog.sendData(dotStuffed(messageOf(letter, now)))
  return taken.code === 250 ? { kind: 'sent' } : refusedOrLater(taken)
}

function offers({ lines }: Reply, keyword: string, argument?: string): boolean {
  return lines.some((line) => {
    const [name = '', ...words] = line.toUpperCase().split(/[ =]/)
    return name === keyword && (argument === undefined || words.includes(argument))
  })
}

/** RFC 5321 section 4.2.1: what begins with 5 will be so next time. */
function refusedOrLater(reply: Reply): Sent {
  return reply.code >= 500 ? { kind: 'refused', reason: reasonOf(reply) } : later(reasonOf(reply))
}

function later(reason: string): Sent {
  return { kind: 'later', reason, retryAfterSeconds: null }
}

/** The code and, where there is one, the enhanced code (RFC 3463). The words may quote the address. */
function reasonOf({ code, lines }: Reply): string {
  const enhanced = /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(lines[0] ?? '')?.[0]
  return enhanced ? `smtp_${code}_${enhanced}` : `smtp_${code}`
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

function isAscii(text: string): boolean {
  return /^[!-~]+$/.test(text)
}
