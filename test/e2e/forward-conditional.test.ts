import { describe, expect, it } from 'vitest'
import { receivedHeader } from './support/origin.ts'
import { headerValues, sendRaw } from './support/raw-http.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()

describe.each([
  ['/public/page', 'anonymous'],
  ['/page', 'alice'],
] as const)('a conditional request to %s by %s', (target, who) => {
  const cookie = () => (who === 'alice' ? [['Cookie', site.cookies.alice] as const] : [])

  it('is answered 304 by the origin, validators and all', async () => {
    site.origin.answer((_request, response) => {
      response.writeHead(304, { ETag: 'W/"v1"', 'Last-Modified': 'Mon, 01 Jun 2026 00:00:00 GMT' }).end()
    })
    const conditions = [
      ['If-None-Match', 'W/"v1", "v0"'],
      ['If-Modified-Since', 'Mon, 01 Jun 2026 00:00:00 GMT'],
    ] as const
    const response = await sendRaw(site.gateway, { target, headers: [...conditions, ...cookie()] })
    expect(response?.status).toBe(304)
    expect(response?.body.length).toBe(0)
    expect(response && headerValues(response, 'etag')).toEqual(['W/"v1"'])
    expect(response && headerValues(response, 'last-modified')).toEqual(['Mon, 01 Jun 2026 00:00:00 GMT'])
    for (const [name, value] of conditions)
      expect(receivedHeader(site.origin.requests[0], name)).toEqual([value])
  })

  it('that fails is 412', async () => {
    site.origin.answer((request, response) => {
      request.resume()
      response.writeHead(412).end()
    })
    const response = await sendRaw(site.gateway, {
      method: 'PUT',
      target,
      headers: [['If-Match', '"v0"'], ['Content-Length', '1'], ...cookie()],
      body: 'x',
    })
    expect(response?.status).toBe(412)
    expect(receivedHeader(site.origin.requests[0], 'if-match')).toEqual(['"v0"'])
  })

  it('HEAD stays HEAD and keeps the length', async () => {
    site.origin.answer((_request, response) => {
      response.writeHead(200, { 'Content-Length': 4321, 'Content-Type': 'text/plain', ETag: '"v1"' }).end()
    })
    const response = await sendRaw(site.gateway, { method: 'HEAD', target, headers: cookie() })
    expect(response).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect(response && headerValues(response, 'content-length')).toEqual(['4321'])
    expect(response && headerValues(response, 'etag')).toEqual(['"v1"'])
    expect(site.origin.requests[0]?.method).toBe('HEAD')
  })

  it('204 has no body and no length of its own', async () => {
    site.origin.answer((_request, response) => {
      response.writeHead(204, { 'X-Done': 'yes' }).end()
    })
    const response = await sendRaw(site.gateway, { method: 'DELETE', target, headers: cookie() })
    expect(response).toMatchObject({ status: 204, body: Buffer.alloc(0) })
    expect(response && headerValues(response, 'x-done')).toEqual(['yes'])
  })
})

describe('caching', () => {
  async function cacheControlOf(target: string, said: string | null): Promise<readonly string[]> {
    site.origin.answer((_request, response) => {
      if (said !== null) response.setHeader('Cache-Control', said)
      response.end('ok')
    })
    const response = await sendRaw(site.gateway, { target, headers: [['Cookie', site.cookies.alice]] })
    return response ? headerValues(response, 'cache-control') : []
  }

  it('P28: keeps a page with an identity out of shared caches when the origin says nothing', async () => {
    expect((await cacheControlOf('/page', null)).join()).toMatch(/private|no-store/)
    expect((await cacheControlOf('/optional/page', null)).join()).toMatch(/private|no-store/)
  })

  it('leaves a public page as the origin wants it', async () => {
    expect(await cacheControlOf('/public/page', 'public, max-age=60')).toEqual(['public, max-age=60'])
    expect(await cacheControlOf('/public/page', null)).toEqual([])
  })
})
