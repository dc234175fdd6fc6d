import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export const USER = 'gateway'
export const SMTP_PASSWORD = 'pässword ü1'

export interface Certificate {
  readonly key: string
  readonly cert: string
  readonly certFile: string
}

/** A certificate that signs itself, for one host name. */
export function makeCertificate(host: string): Certificate {
  const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-smtp-'))
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
      .concat(['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`])
      .concat(['-keyout', keyFile, '-out', certFile]),
    { stdio: 'ignore' },
  )
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), certFile }
}

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** As the server has taken it, the dots of the transfer undone. */
  readonly raw: string
  readonly authMethod: string
  readonly encrypted: boolean
}

export interface TestSmtpServer {
  readonly port: number
  readonly mails: readonly ReceivedMail[]
  /** Passwords that were offered, right or wrong. */
  readonly offered: readonly string[]
  close(): Promise<void>
}

/** A submission server that refuses by the name of the recipient: `unknown`, `greylisted`, `policy`, `full`. */
export async function startSmtpServer(
  certificate: Certificate,
  options: SMTPServerOptions = {},
): Promise<TestSmtpServer> {
  const mails: ReceivedMail[] = []
  const offered: string[] = []
  let authMethod = ''
  const refuse = (responseCode: number, message: string) =>
    Object.assign(new Error(message), { responseCode })
  const server = new SMTPServer({
    secure: true,
    key: certificate.key,
    cert: certificate.cert,
    authMethods: ['PLAIN', 'LOGIN'],
    logger: false,
    onAuth(auth, _session, callback) {
      authMethod = auth.method
      offered.push(auth.password ?? '')
      if (auth.username !== USER || auth.password !== SMTP_PASSWORD)
        return callback(refuse(535, '5.7.8 Authentication credentials invalid'))
      callback(null, { user: USER })
    },
    onMailFrom({ address }, _session, callback) {
      callback(address === 'stranger@acme.example' ? refuse(553, '5.7.1 Sender not owned by user') : null)
    },
    onRcptTo({ address }, _session, callback) {
      if (address.startsWith('unknown@')) return callback(refuse(550, `5.1.1 <${address}>: no such user`))
      if (address.startsWith('greylisted@')) return callback(refuse(451, '4.7.1 Greylisted'))
      callback()
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        if (to[0]?.startsWith('policy@')) return callback(refuse(554, '5.7.1 Looks like spam'))
        if (to[0]?.startsWith('full@')) return callback(refuse(452, '4.2.2 Mailbox full'))
        const { mailFrom } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to,
          raw: Buffer.concat(chunks).toString('latin1'),
          authMethod,
          encrypted: session.secure,
        })
        callback()
      })
    },
    ...options,
  })
  // A client that breaks off, as some tests do, is not the server's fault.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    offered,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export interface ParsedMail {
  readonly headers: Readonly<Record<string, string>>
  readonly addresses: Readonly<Record<string, readonly (readonly [name: string, address: string])[]>>
  readonly parts: readonly { readonly type: string; readonly text: string }[]
  readonly defects: readonly string[]
}

const PARSE = `
import sys, json, email, email.policy
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.SMTP)
print(json.dumps({
  'headers': {name: str(value) for name, value in message.items()},
  'addresses': {name: [[a.display_name, a.addr_spec] for a in message[name].addresses] for name in ('From', 'To', 'Reply-To') if message[name]},
  'parts': [{'type': part.get_content_type(), 'text': part.get_content()} for part in message.walk() if not part.is_multipart()],
  'defects': [str(d) for part in message.walk() for d in part.defects],
}))
`

/** The mail as another program reads it: the e-mail package of Python. */
export function parseMail(raw: string): ParsedMail {
  const text = execFileSync('python3', ['-c', PARSE], { input: Buffer.from(raw, 'latin1') })
  return JSON.parse(text.toString('utf8')) as ParsedMail
}
