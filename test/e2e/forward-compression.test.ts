import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { receivedHeader } from './support/origin.ts'
import { headerValues, sendRaw } from './support/raw-http.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()
const TEXT = Buffer.from('the tide comes in, the tide goes out. '.repeat(200))
const ENCODED = { gzip: gzipSync(TEXT), br: brotliCompressSync(TEXT), zstd: zstdCompressSync(TEXT) }

describe.each([
  ['/public/page', 'anonymous'],
  ['/page', 'alice'],
  // The answer gets a cookie of ours, and loses one of the site's: both take a copy of it.
  ['/cart/page', 'a new guest'],
] as const)('a compressed body at %s for %s', (target, who) => {
  const cookie = () => (who === 'alice' ? [['Cookie', site.cookies.alice] as const] : [])

  it.each(Object.entries(ENCODED))('passes untouched: %s', async (encoding, bytes) => {
    site.origin.answer((_request, response) => {
      response.writeHead(200, {
        'Content-Type': 'text/html',
        'Content-Encoding': encoding,
        'Content-Length': bytes.length,
        Vary: 'Accept-Encoding',
        'Set-Cookie': ['edgegate=spoofed', 'site=1'],
      })
      response.end(bytes)
    })
    const headers = [['Accept-Encoding', encoding], ...cookie()] as const
    const response = await sendRaw(site.gateway, { target, headers })
    expect(response?.status).toBe(200)
    expect(response && headerValues(response, 'content-encoding')).toEqual([encoding])
    expect(response?.body.equals(bytes)).toBe(true)
    expect(receivedHeader(site.origin.requests[0], 'accept-encoding')).toEqual([encoding])
    const names = headerValues(response ?? { headers: [] }, 'set-cookie').map(
      (cookie) => cookie.split('=')[0],
    )
    expect(names).toEqual(who === 'a new guest' ? ['site', 'edgegate'] : ['site'])
  })

  it.each(['identity', 'br;q=1.0, gzip;q=0.2, *;q=0', 'zstd'])(
    'is asked for in the visitor’s own words: %s',
    async (wish) => {
      const response = await sendRaw(site.gateway, {
        target,
        headers: [['Accept-Encoding', wish], ...cookie()],
      })
      expect(response?.body.toString()).toBe('ok')
      expect(receivedHeader(site.origin.requests[0], 'accept-encoding')).toEqual([wish])
    },
  )
})
