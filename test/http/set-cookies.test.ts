import { describe, expect, it } from 'vitest'
import { withCookies } from '../../src/http/set-cookies.ts'

const COOKIES = ['__Host-edgegate=new; Path=/', '__Host-edgegate-remember=r']
const answer = (headers: HeadersInit) => withCookies(new Response('page', { status: 203, headers }), COOKIES)

describe('an answer that sets cookies of ours', () => {
  it("has them after the site's own, and is the same otherwise", async () => {
    const response = answer({ 'set-cookie': 'a=1', 'x-site': 'yes' })
    expect(response.headers.getSetCookie()).toEqual(['a=1', ...COOKIES])
    expect([response.status, response.headers.get('x-site'), await response.text()]).toEqual([
      203,
      'yes',
      'page',
    ])
  })

  it('P28: is kept by no cache, whatever the site allows', () => {
    const response = answer({
      'Cache-Control': 'public, max-age=60',
      'CDN-Cache-Control': 'max-age=60',
      'Cloudflare-CDN-Cache-Control': 'max-age=60',
      'Surrogate-Control': 'max-age=60',
      Expires: 'Wed, 21 Oct 2065 07:28:00 GMT',
    })
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect([...response.headers.keys()].sort()).toEqual([
      'cache-control',
      'content-type',
      'set-cookie',
      'set-cookie',
    ])
  })
})
