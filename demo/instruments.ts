import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Exchange, sendJson } from './exchange.ts'

const MAX_SLOW_MS = 120_000
const MAX_DOWNLOAD_BYTES = 10 * 1024 ** 3
const BLOCK_BYTES = 64 * 1024

/** Answers after `?ms=` milliseconds (3000 unless told). For timeouts. */
export async function answerSlowly(exchange: Exchange): Promise<void> {
  const ms = Math.min(Number(exchange.query.get('ms') ?? 3000) || 0, MAX_SLOW_MS)
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    exchange.response.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
  sendJson(exchange, { waitedMs: ms })
}

/** Answers with the status that the path names: `/status/418`. Redirects lead home. */
export function answerStatus(exchange: Exchange): void {
  const status = Number(exchange.path.split('/')[2])
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    sendJson(exchange, { error: 'a status is a number from 200 to 599' }, 400)
    return
  }
  if (status >= 300 && status < 400 && status !== 304) exchange.response.setHeader('Location', '/')
  if (status === 204 || status === 304) exchange.response.writeHead(status).end()
  else sendJson(exchange, { status }, status)
}

/** Says what was asked: method, raw target, headers in order, and the length and hash of the body. */
export async function answerEcho(exchange: Exchange): Promise<void> {
  const { request } = exchange
  const hash = createHash('sha256')
  let bodyBytes = 0
  for await (const chunk of request) {
    hash.update(chunk)
    bodyBytes += chunk.length
  }
  sendJson(exchange, {
    method: request.method,
    target: request.url,
    rawHeaders: request.rawHeaders,
    bodyBytes,
    bodySha256: hash.digest('hex'),
  })
}

/** So many bytes that do not change: `/download/1000000`. Takes one range (RFC 9110 section 14), `If-None-Match` and HEAD. */
export async function answerDownload(exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange
  const text = path.split('/')[2] ?? ''
  const size = Number(text)
  if (!/^\d{1,11}$/.test(text) || size > MAX_DOWNLOAD_BYTES) {
    sendJson(exchange, { error: 'a download is a number of bytes up to 10 GiB' }, 400)
    return
  }
  const etag = `"bytes-${size}"`
  response.setHeader('ETag', etag)
  response.setHeader('Accept-Ranges', 'bytes')
  response.setHeader('Content-Type', 'application/octet-stream')
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  const holds = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
  const range = holds ? parseRange(request.headers.range, size) : null
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}`, 'Content-Length': 0 }).end()
    return
  }
  const { start, end } = range ?? { start: 0, end: size }
  response.writeHead(range ? 206 : 200, {
    'Content-Length': end - start,
    ...(range ? { 'Content-Range': `bytes ${start}-${end - 1}/${size}` } : {}),
  })
  if (request.method === 'HEAD') response.end()
  else await pipeline(Readable.from(blocks(start, end)), response).catch(() => response.destroy())
}

/** `null`: no range, or one to be ignored (several, another unit, nonsense). */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const [, first = '', last = ''] = match
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return null
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** The byte at position n is n modulo 251: a prime, so that a shifted or repeated block shows. */
function* blocks(start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; at += BLOCK_BYTES) {
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, end - at))
    for (let index = 0; index < block.length; index++) block[index] = (at + index) % 251
    yield block
  }
}
