import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adaptResponse, type ResponseContext } from '../../src/origin/response-headers.ts'
import { OWN_COOKIE_NAMES } from '../../src/session/cookie.ts'

const ORIGIN = 'https://origin.example'
const PUBLIC = 'https://app.site.example'

function adapt(
  headers: HeadersInit,
  context: Partial<ResponseContext> = {},
  response = new Response('page', { headers }),
) {
  return adaptResponse(response, {
    originUrl: new URL(ORIGIN),
    publicOrigin: PUBLIC,
    identified: false,
    cookieNames: OWN_COOKIE_NAMES,
    ...context,
  })
}

describe('an answer in which nothing must change', () => {
  it.each([
    [{}, {}],
    [{ 'cache-control': 'public, max-age=60' }, { identified: true }],
    [{ 'cache-control': '' }, { identified: true }],
    [{ location: '/next', 'content-location': 'part', refresh: '5' }, {}],
    [{ location: 'https://elsewhere.example/' }, {}],
    [{ 'set-cookie': 'theme=dark; Path=/' }, {}],
    [{ 'set-cookie': 'theme=dark; Domain=site.example' }, {}],
    [{ 'clear-site-data': '"cache", "storage"' }, {}],
    [{ 'content-encoding': 'br', etag: '"1"', vary: 'accept' }, {}],
    [{ location: `${ORIGIN}/x` }, { originUrl: null }],
  ] as const)('is the very same object: %j %j', (headers, context) => {
    const response = new Response('page', { headers })
    expect(adapt({}, context, response)).toBe(response)
  })
})

describe('addresses that name the origin', () => {
  it.each([
    [`${ORIGIN}/next?q=1#part`, `${PUBLIC}/next?q=1#part`],
    [ORIGIN, PUBLIC],
    [`${ORIGIN}?q`, `${PUBLIC}?q`],
    ['HTTPS://ORIGIN.EXAMPLE/Next', `${PUBLIC}/Next`],
    ['http://origin.example/next', `${PUBLIC}/next`],
    ['https://origin.example:443/next', `${PUBLIC}/next`],
    ['https://origin.example./next', `${PUBLIC}/next`],
    ['https://user:word@origin.example/next', `${PUBLIC}/next`],
    ['//origin.example/x', `${PUBLIC}/x`],
    ['\\\\origin.example/x', `${PUBLIC}/x`],
    ['/\\origin.example/x', `${PUBLIC}/x`],
    ['https:\\\\origin.example\\x', `${PUBLIC}\\x`],
    ['https://origin.example/a%2Fb?x=%zz&y=%C3%A9', `${PUBLIC}/a%2Fb?x=%zz&y=%C3%A9`],
    ['https://%6frigin.example/x', `${PUBLIC}/x`],
    ['http:/origin.example/x', `${PUBLIC}/x`],
    ['http:origin.example/x', `${PUBLIC}/x`],
    ['HTTP:\\origin.example:80?q', `${PUBLIC}?q`],
    ['https:///origin.example/x', `${PUBLIC}/x`],
    ['///origin.example/x', `${PUBLIC}/x`],
  ])('%s becomes %s', (location, expected) => {
    const adapted = adapt({ location, 'content-location': location })
    expect(adapted.headers.get('location')).toBe(expected)
    expect(adapted.headers.get('content-location')).toBe(expected)
  })

  it.each([
    'https://origin.example.evil/x',
    'https://origin.example@evil.example/x',
    'https://evil.example/https://origin.example/',
    'https://evil.example/?next=https://origin.example/',
    'https://evil.example#@origin.example/',
    'https://sub.origin.example/x',
    'https://xorigin.example/x',
    'https://origin.example:8443/x',
    '//evil.example/origin.example',
    'ftp://origin.example/x',
    'javascript://origin.example/%0aalert(1)',
    'mailto:ada@origin.example',
    '/origin.example/x',
    'origin.example/x',
    // Behind the scheme of the page itself this is a path.
    'https:/origin.example/x',
    'https:origin.example/x',
    'http:/evil.example/x',
    'http:evil.example/origin.example',
    'http:',
    'https:///',
    'https://[',
    '',
  ])('%s is not the origin and stays', (location) => {
    const response = new Response(null, { status: 302, headers: { location } })
    expect(adapt({}, {}, response)).toBe(response)
  })

  it.each([
    [`5; url=${ORIGIN}/x`, `5; url=${PUBLIC}/x`],
    [`0;URL='${ORIGIN}/x'`, `0;URL='${PUBLIC}/x'`],
    [`0, url="${ORIGIN}/x"`, `0, url="${PUBLIC}/x"`],
    [`3; ${ORIGIN}/x`, `3; ${PUBLIC}/x`],
    ['0.5; url=//origin.example/x', `0.5; url=${PUBLIC}/x`],
    ['5; url=https://evil.example/', '5; url=https://evil.example/'],
    ['5; url=/next', '5; url=/next'],
  ])('Refresh: %s becomes %s', (refresh, expected) => {
    expect(adapt({ refresh }).headers.get('refresh')).toBe(expected)
  })

  it.each([
    ['http://10.0.0.7:8080', 'http://10.0.0.7:8080/x', `${PUBLIC}/x`],
    ['http://10.0.0.7:8080', 'http://10.0.0.7/x', 'http://10.0.0.7/x'],
    ['http://[::1]:8080', 'http://[::1]:8080/x', `${PUBLIC}/x`],
    ['http://origin.example', 'https://origin.example/x', `${PUBLIC}/x`],
    ['http://origin.example', '//origin.example:80/x', `${PUBLIC}/x`],
  ])('of the origin %s: %s becomes %s', (origin, location, expected) => {
    expect(adapt({ location }, { originUrl: new URL(origin) }).headers.get('location')).toBe(expected)
  })

  it('on a site without https it is the other way round', () => {
    const context = { originUrl: new URL('http://origin.example'), publicOrigin: 'http://localhost:8787' }
    const locationOf = (location: string) => adapt({ location }, context).headers.get('location')
    expect(locationOf('https:/origin.example/x')).toBe('http://localhost:8787/x')
    expect(locationOf('https:evil.example/x')).toBe('https:evil.example/x')
    expect(locationOf('http:/origin.example/x')).toBe('http:/origin.example/x')
  })

  it('what is rewritten is exactly what a browser would take for the origin', () => {
    const scheme = fc.constantFrom('', 'http:', 'https:', 'HTTP:')
    const slashes = fc.stringMatching(/^[\\/]{0,4}$/)
    const host = fc.constantFrom('origin.example', 'ORIGIN.example', 'evil.example', '')
    fc.assert(
      fc.property(scheme, slashes, host, fc.constantFrom('', '/x', '?x', '\\x'), (...parts) => {
        const location = parts.join('')
        const seen = URL.parse(location, `${PUBLIC}/page`)
        const isOrigin = seen?.hostname === 'origin.example'
        expect(adapt({ location }).headers.get('location')).toBe(
          isOrigin ? PUBLIC + (parts[3] ?? '') : location,
        )
      }),
    )
  })

  it('never throws, and never changes what is behind the host', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), fc.stringMatching(/^[!-~]{0,20}$/), (any, path) => {
        const safe = any.replaceAll(/[^\x20-\x7e]/g, '')
        expect(() => adapt({ location: safe, refresh: safe })).not.toThrow()
        expect(adapt({ location: `${ORIGIN}/${path}` }).headers.get('location')).toBe(`${PUBLIC}/${path}`)
      }),
    )
  })
})

describe('cookies of the origin', () => {
  const cookiesOf = (cookies: readonly string[], context: Partial<ResponseContext> = {}) =>
    adapt(
      cookies.map((cookie) => ['set-cookie', cookie] as [string, string]),
      context,
    ).headers.getSetCookie()

  it.each([
    '__Host-edgegate=stolen; Path=/; Secure',
    '__Host-edgegate=; Max-Age=0',
    '__host-edgegate=x',
    '__HOST-EDGEGATE=x',
    '  __Host-edgegate=x',
    '\t__Host-edgegate\t=x',
    '__Host-edgegate = x',
    '=__Host-edgegate=x',
    ' = __Host-edgegate=x',
    '==__Host-edgegate=x',
    '"__Host-edgegate"=x',
    "'__Host-edgegate'=x",
    '__Host-edgegate',
    '__Host-edgegate; Path=/',
    '__Host-edgegate=x=y',
    '__Host-edgegate-remember=x',
    '__Host-edgegate-device=x',
    '__Host-edgegate-kept=x',
    'edgegate=x; Path=/',
    'Edgegate-Remember=; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'edgegate-device=x; Domain=site.example',
    '_.Host-edgegate=x',
    '__Host%2Dedgegate=x',
  ])('P19: cannot set or clear ours: %s', (cookie) => {
    expect(cookiesOf(['first=1', cookie, 'last=1; Path=/'])).toEqual(['first=1', 'last=1; Path=/'])
    expect(cookiesOf([cookie])).toEqual([])
  })

  it('P19: no case and no blanks get one of our names past us', () => {
    const own = fc.constantFrom(...OWN_COOKIE_NAMES)
    const blank = fc.constantFrom('', ' ', '\t', ' = ')
    const cased = own.chain((name) =>
      fc.tuple(...[...name].map((char) => fc.constantFrom(char.toLowerCase(), char.toUpperCase()))),
    )
    fc.assert(
      fc.property(
        blank,
        cased,
        fc.constantFrom('=', ' =', '= '),
        fc.stringMatching(/^[!-:<-~]{0,9}$/),
        (before, name, equals, value) => {
          expect(cookiesOf([`${before}${name.join('')}${equals}${value}; Path=/`])).toEqual([])
        },
      ),
    )
  })

  it.each([
    'edgegate-theme=1',
    'my-edgegate=1',
    '__Host-edgegates=1',
    'note=__Host-edgegate=1',
    'a=1; edgegate=1',
  ])('leaves those of the site: %s', (cookie) => {
    expect(cookiesOf([cookie])).toEqual([cookie])
  })

  it('stay several, in order, dates with commas included', () => {
    const several = ['a=1; Expires=Wed, 21 Oct 2065 07:28:00 GMT', 'b="x, y"; HttpOnly', 'a=2; Path=/deep']
    expect(cookiesOf([...several, 'edgegate=x'])).toEqual(several)
  })

  it.each([
    ['a=1; Domain=origin.example; Path=/', 'a=1; Path=/'],
    ['a=1;domain=.ORIGIN.example', 'a=1'],
    ['a=1; Domain = origin.example ; Secure', 'a=1; Secure'],
    ['a=1; Domain=origin.example; Domain=origin.example', 'a=1'],
    ['a=1; Domain=site.example', 'a=1; Domain=site.example'],
    ['a=1; Domain=example', 'a=1; Domain=example'],
    ['a=1; Domain=rigin.example', 'a=1; Domain=rigin.example'],
    ['a=1; Domain=evil.example', 'a=1; Domain=evil.example'],
    ['a=1; Domain=', 'a=1; Domain='],
    ['domain=origin.example', 'domain=origin.example'],
  ])('%s becomes %s', (cookie, expected) => {
    expect(cookiesOf([cookie])).toEqual([expected])
  })

  it.each([
    ['https://web.origin.example', 'a=1; Domain=origin.example', 'a=1'],
    ['https://backend.site.example', 'a=1; Domain=site.example', 'a=1; Domain=site.example'],
    ['https://backend.site.example', 'a=1; Domain=backend.site.example', 'a=1'],
  ])('from %s: %s becomes %s', (origin, cookie, expected) => {
    expect(cookiesOf([cookie], { originUrl: new URL(origin) })).toEqual([expected])
  })
})

describe('what caches may do', () => {
  it.each([
    [{}, { identified: true }, 'private'],
    [{ 'cache-control': 'public, max-age=60' }, { identified: true }, 'public, max-age=60'],
    [{ 'cache-control': 'no-store' }, { identified: true }, 'no-store'],
    [{}, { identified: false }, null],
  ] as const)('%j, %j: %s', (headers, context, expected) => {
    expect(adapt(headers, context).headers.get('cache-control')).toBe(expected)
  })
})

describe('Clear-Site-Data', () => {
  it.each([
    ['"cookies"', null],
    ['"Cookies" , "cookies"', null],
    ['cookies', null],
    ['"cache", "cookies", "storage"', '"cache", "storage"'],
    ['"*"', '"cache", "storage", "executionContexts"'],
    ['"cache", "*"', '"cache", "cache", "storage", "executionContexts"'],
    ['"cache"', '"cache"'],
    ['"cookies";x', null],
    ['"cookies" "storage", "cache"', '"cache"'],
    ['"cache", x="Cookies"', '"cache"'],
    [String.raw`"cook\ies"`, null],
    ['"*";x', '"cache", "storage", "executionContexts"'],
    ['"storage:*"', '"cache", "storage", "executionContexts"'],
    ['"storage:one";x', '"storage:one";x'],
  ])('P19: %s becomes %s: the visitor stays signed in', (value, expected) => {
    expect(adapt({ 'clear-site-data': value }).headers.get('clear-site-data')).toBe(expected)
  })
})

describe('what the copy keeps', () => {
  it.each([204, 205, 304])('%d without a body', (status) => {
    const adapted = adapt({}, { identified: true }, new Response(null, { status, headers: { etag: '"1"' } }))
    expect([adapted.status, adapted.body, adapted.headers.get('etag')]).toEqual([status, null, '"1"'])
  })

  it('status, its text and a streaming body', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('part'))
        controller.close()
      },
    })
    const adapted = adapt({}, { identified: true }, new Response(body, { status: 418, statusText: 'Teapot' }))
    expect([adapted.status, adapted.statusText, await adapted.text()]).toEqual([418, 'Teapot', 'part'])
  })

  it('the WebSocket of a 101', () => {
    const [client] = Object.values(new WebSocketPair())
    const adapted = adapt(
      {},
      { identified: true },
      new Response(null, { status: 101, webSocket: client ?? null }),
    )
    expect([adapted.status, adapted.webSocket]).toEqual([101, client])
  })
})
