import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request as openRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { receivedHeader } from './support/origin.ts'
import { sendRaw } from './support/raw-http.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()

const MEGABYTE = 1024 ** 2
const LARGE = 100 * MEGABYTE
/** What the runtime may grow by while 100 MB pass through it: it must not hold the body. */
const MAY_GROW = 64 * MEGABYTE

interface Uploaded {
  readonly bytes: number
  readonly sha256: string
}

/** The origin hashes what it gets; `onMegabyte` hears of each one. */
function hashUploads(onMegabyte: () => void = () => {}): void {
  site.origin.answer((request, response) => {
    const hash = createHash('sha256')
    let bytes = 0
    let heard = 0
    request.on('data', (chunk) => {
      hash.update(chunk)
      bytes += chunk.length
      if (bytes - heard < MEGABYTE) return
      heard = bytes
      onMegabyte()
    })
    request.on('end', () =>
      response.end(JSON.stringify({ bytes, sha256: hash.digest('hex') } satisfies Uploaded)),
    )
  })
}

/** Sends `size` bytes block by block, as fast as they are taken. */
async function upload(target: string, size: number, headers: Readonly<Record<string, string | number>>) {
  const request = openRequest(`${site.gateway.url}${target}`, { method: 'PUT', headers })
  const answered = once(request, 'response') as Promise<[IncomingMessage]>
  const hash = createHash('sha256')
  const block = Buffer.alloc(MEGABYTE)
  for (let sent = 0; sent < size; sent += block.length) {
    block.fill((sent / MEGABYTE) % 251)
    const part = Buffer.from(block.subarray(0, Math.min(block.length, size - sent)))
    hash.update(part)
    if (!request.write(part)) await once(request, 'drain')
  }
  request.end()
  const [response] = await answered
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const answer = JSON.parse(Buffer.concat(chunks).toString()) as Uploaded
  return { status: response.statusCode, answer, sha256: hash.digest('hex') }
}

describe.each([
  ['/public/upload', 'anonymous'],
  ['/upload', 'alice'],
] as const)('an upload to %s by %s', (target, who) => {
  const cookie = (): Readonly<Record<string, string>> =>
    who === 'alice' ? { cookie: site.cookies.alice } : {}

  it('of 100 MB streams through and is not held in memory', async () => {
    const before = site.gateway.residentBytes()
    let most = before
    let ticks = 0
    hashUploads(() => {
      ticks += 1
      if (ticks % 10 === 0) most = Math.max(most, site.gateway.residentBytes())
    })
    const { status, answer, sha256 } = await upload(target, LARGE, { ...cookie(), 'content-length': LARGE })
    expect(status).toBe(200)
    expect(answer).toEqual({ bytes: LARGE, sha256 })
    expect(receivedHeader(site.origin.requests[0], 'content-length')).toEqual([String(LARGE)])
    expect(most - before).toBeLessThan(MAY_GROW)
  })

  it('of unknown length stays chunked and arrives whole', async () => {
    hashUploads()
    const { status, answer, sha256 } = await upload(target, 5 * MEGABYTE + 17, {
      ...cookie(),
      'transfer-encoding': 'chunked',
    })
    expect(status).toBe(200)
    expect(answer).toEqual({ bytes: 5 * MEGABYTE + 17, sha256 })
    expect(receivedHeader(site.origin.requests[0], 'content-length')).toEqual([])
  })

  it('that waits for 100 Continue is let on', async () => {
    hashUploads()
    const request = openRequest(`${site.gateway.url}${target}`, {
      method: 'POST',
      headers: { ...cookie(), 'content-length': 5, expect: '100-continue' },
    })
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    await once(request, 'continue')
    request.end('hello')
    const [response] = await answered
    expect(response.statusCode).toBe(200)
    response.resume()
    await once(response, 'end')
  })

  it('begins to arrive before the visitor has sent all of it', async () => {
    const begun = new Promise<string>((resolve) => {
      site.origin.answer((request, response) => {
        request.once('data', (chunk) => resolve(chunk.toString()))
        request.on('end', () => response.end('done'))
      })
    })
    const request = openRequest(`${site.gateway.url}${target}`, {
      method: 'POST',
      headers: { ...cookie(), 'transfer-encoding': 'chunked' },
    })
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    request.write('first')
    expect(await begun).toBe('first')
    request.end('second')
    const [response] = await answered
    expect(response.statusCode).toBe(200)
    response.resume()
  })
})

it('passes a multipart form on byte for byte', async () => {
  const body =
    '--b\r\nContent-Disposition: form-data; name="f"; filename="ä.txt"\r\n\r\n\u0000\u0001\r\n--b--\r\n'
  const received = new Promise<string>((resolve) => {
    site.origin.answer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      resolve(Buffer.concat(chunks).toString())
      response.end('ok')
    })
  })
  const headers = [
    ['Content-Type', 'multipart/form-data; boundary=b'],
    ['Content-Length', String(Buffer.byteLength(body))],
  ] as const
  const response = await sendRaw(site.gateway, { method: 'POST', target: '/public/form', headers, body })
  expect(response?.status).toBe(200)
  expect(await received).toBe(body)
  expect(receivedHeader(site.origin.requests[0], 'content-type')).toEqual(['multipart/form-data; boundary=b'])
})

it.each(['GET', 'DELETE', 'PROPFIND', 'REPORT'])(
  'passes a %s with a body on: search engines and WebDAV ask that way',
  async (method) => {
    hashUploads()
    const headers = [['Content-Length', '5']] as const
    const response = await sendRaw(site.gateway, { method, target: '/public/search', headers, body: 'hello' })
    expect(response?.status).toBe(200)
    expect(JSON.parse(response?.body.toString() ?? '{}').bytes).toBe(5)
    expect(site.origin.requests.map((request) => request.method)).toEqual([method])
  },
)

it('sends nothing of a refused upload to the origin', async () => {
  const response = await sendRaw(site.gateway, {
    method: 'POST',
    target: '/upload',
    headers: [['Content-Length', '5']],
    body: 'hello',
  })
  expect(response?.status).toBe(401)
  expect(site.origin.requests).toEqual([])
})
