import { connect } from 'node:net'

/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number
  readonly reason: string
  /** In order of arrival, spelled as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Without the chunk framing; content encodings untouched. */
  readonly body: Buffer
  /** Whether the body reached the end that its framing promised. */
  readonly complete: boolean
}

export interface RawRequest {
  readonly method?: string
  /** Written into the request line as it stands, byte for byte (latin1). */
  readonly target: string
  readonly host?: string | null
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Lines written between the headers and the blank line as they stand. */
  readonly rawLines?: readonly string[]
  readonly body?: string | Buffer
}

/** The bytes of a request. Nothing is encoded, folded or checked; `Host` and `Connection: close` are added unless given. */
export function rawRequest(request: RawRequest, host: string): Buffer {
  const { method = 'GET', target, headers = [], rawLines = [], body = '' } = request
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name)
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(request.host === null || has('host') ? [] : [`Host: ${request.host ?? host}`]),
    ...(has('connection') ? [] : ['Connection: close']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...rawLines,
  ]
  return Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    typeof body === 'string' ? Buffer.from(body) : body,
  ])
}

/**
 * Sends exact bytes over TCP to loopback and reads one response. `null`: the peer closed without one. Interim responses (1xx) are
 * passed over. Throws when `timeoutMs` pass first.
 */
export function sendBytes(
  { port }: { readonly port: number },
  bytes: Buffer,
  timeoutMs = 20_000,
): Promise<RawResponse | null> {
  const isHead = bytes.subarray(0, 5).toString('latin1') === 'HEAD '
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received: Buffer = Buffer.alloc(0)
    const timer = setTimeout(() => {
      reject(
        new Error(
          `no complete response within ${timeoutMs} ms; so far: ${received.toString('latin1').slice(0, 500)}`,
        ),
      )
      socket.destroy()
    }, timeoutMs)
    const finish = () => {
      clearTimeout(timer)
      resolve(parseResponse(received, isHead))
      socket.destroy()
    }
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (parseResponse(received, isHead)?.complete) finish()
    })
    socket.on('close', finish)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A peer that refuses a request may reset the connection while we still write.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return
      clearTimeout(timer)
      reject(error)
    })
  })
}

/** `sendBytes` for a request described by its parts. */
export function sendRaw(
  { port }: { readonly port: number },
  request: RawRequest,
  timeoutMs?: number,
): Promise<RawResponse | null> {
  return sendBytes({ port }, rawRequest(request, `127.0.0.1:${port}`), timeoutMs)
}

/** All values of a header, whatever its spelling. */
export function headerValues(
  message: { readonly headers: readonly (readonly [string, string])[] },
  name: string,
): readonly string[] {
  return message.headers
    .filter(([given]) => given.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value)
}

/** Reads what has arrived so far; `null` while the head of a final response is not there. RFC 9112 section 6.3. */
function parseResponse(bytes: Buffer, isHead: boolean): RawResponse | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [statusLine = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const rest = bytes.subarray(end + 4)
  const status = Number(statusLine.split(' ')[1])
  if (status >= 100 && status < 200 && status !== 101) return parseResponse(rest, isHead)

  const headers = fields.map((field): readonly [string, string] => {
    const colon = field.indexOf(':')
    return [field.slice(0, colon), field.slice(colon + 1).trim()]
  })
  const head = { status, reason: statusLine.split(' ').slice(2).join(' '), headers }
  if (isHead || status === 101 || status === 204 || status === 304)
    return { ...head, body: rest, complete: true }
  if (headerValues(head, 'transfer-encoding').some((value) => /\bchunked$/i.test(value))) {
    return { ...head, ...dechunk(rest) }
  }
  const length = headerValues(head, 'content-length')[0]
  if (length === undefined) return { ...head, body: rest, complete: false }
  return { ...head, body: rest.subarray(0, Number(length)), complete: rest.length >= Number(length) }
}

function dechunk(bytes: Buffer): { readonly body: Buffer; readonly complete: boolean } {
  const chunks: Buffer[] = []
  let at = 0
  while (true) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return { body: Buffer.concat(chunks), complete: false }
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    if (size === 0) return { body: Buffer.concat(chunks), complete: true }
    const chunk = bytes.subarray(lineEnd + 2, lineEnd + 2 + size)
    chunks.push(chunk)
    if (chunk.length < size) return { body: Buffer.concat(chunks), complete: false }
    at = lineEnd + 2 + size + 2
  }
}
