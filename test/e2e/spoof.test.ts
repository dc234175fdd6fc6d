import { describe, expect, it } from 'vitest'
import { type RecordedRequest, receivedHeader } from './support/origin.ts'
import { sendRaw } from './support/raw-http.ts'
import {
  CONNECTION_VALUES,
  FORWARDING_NAMES,
  IDENTITY_NAMES,
  RAW_LINES,
  spellings,
} from './support/spoofed-headers.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()
const EVIL = 'root@evil.example'

/** The names that we set, folded the way that CGI, WSGI and PHP fold. */
const OURS = new Set([
  'remote-user',
  'remote-email',
  'remote-name',
  'remote-groups',
  'remote-sub',
  'x-auth-assertion',
])

function fold(name: string): string {
  return name.toLowerCase().replace(/[_. ]/g, '-')
}

/** What is wrong with a request at the origin: a visitor's word in a header that an origin believes, or one that comes twice. */
function offences(request: RecordedRequest, mayName: boolean): readonly string[] {
  const folded = request.headers.map(([name, value]) => ({ name: fold(name), value }))
  return folded.flatMap(({ name, value }, index) => {
    if (name !== 'x-auth-assertion' && /root|\b666\b/.test(value)) return [`${name}: ${value}`]
    if (value === EVIL) return [`${name}: ${value}`]
    if (!OURS.has(name)) return []
    if (!mayName) return [`an identity for nobody: ${name}: ${value}`]
    return folded.findIndex((other) => other.name === name) < index ? [`${name} twice`] : []
  })
}

const PLACES = [
  { title: 'anonymous on a public path', target: '/public/page', who: null, named: false },
  { title: 'anonymous on an optional path', target: '/optional/page', who: null, named: false },
  { title: 'Alice on a public path', target: '/public/page', who: 'alice', named: false },
  { title: 'Alice on an optional path', target: '/optional/page', who: 'alice', named: true },
  { title: 'Alice on a path for users', target: '/page', who: 'alice', named: true },
] as const

describe.each(PLACES)('what $title writes into headers', ({ target, who, named }) => {
  const cookie = () => (who === null ? [] : [['Cookie', site.cookies[who]] as const])

  async function arriving(
    headers: readonly (readonly [string, string])[],
    rawLines: readonly string[] = [],
  ): Promise<{ readonly status: number; readonly requests: readonly RecordedRequest[] }> {
    site.origin.reset()
    const response = await sendRaw(site.gateway, { target, headers: [...headers, ...cookie()], rawLines })
    return { status: response?.status ?? 400, requests: site.origin.requests.slice() }
  }

  it.each(IDENTITY_NAMES)('P5: never arrives as %s, in whatever spelling', async (name) => {
    for (const spelling of spellings(name)) {
      const { status, requests } = await arriving([[spelling, EVIL]])
      expect.soft([spelling, status]).toEqual([spelling, 200])
      expect.soft(requests.flatMap((request) => offences(request, named))).toEqual([])
    }
    const all = await arriving(spellings(name).map((spelling) => [spelling, EVIL] as const))
    expect(all.requests.flatMap((request) => offences(request, named))).toEqual([])
  })

  it.each(FORWARDING_NAMES)('P4: never arrives as %s, in whatever spelling', async (name) => {
    const sent = spellings(name).map((spelling) => [spelling, '203.0.113.666'] as const)
    const { status, requests } = await arriving(sent)
    expect(status).toBe(200)
    expect(requests.flatMap((request) => offences(request, named))).toEqual([])
  })

  it('P5: cannot be smuggled past the parser', async () => {
    for (const line of RAW_LINES) {
      const { status, requests } = await arriving([], [line])
      expect.soft([line, status >= 500 && status !== 501]).toEqual([line, false])
      expect.soft([line, requests.flatMap((request) => offences(request, named))]).toEqual([line, []])
      expect.soft([line, requests.length <= 1]).toEqual([line, true])
    }
  })

  it('P6: cannot make Connection remove what we set, and does not pass it on', async () => {
    for (const value of CONNECTION_VALUES) {
      const { status, requests } = await arriving([['Connection', value]])
      expect.soft([value, status]).toEqual([value, 200])
      const [request] = requests
      expect
        .soft([value, receivedHeader(request, 'remote-user')])
        .toEqual([value, named ? ['alice@example.com'] : []])
      expect.soft([value, receivedHeader(request, 'x-auth-assertion').length]).toEqual([value, named ? 1 : 0])
      expect.soft([value, receivedHeader(request, 'x-forwarded-host')]).toEqual([value, [site.gateway.host]])
      expect
        .soft([value, receivedHeader(request, 'connection').join().toLowerCase()])
        .not.toEqual([value, value.toLowerCase()])
    }
  })

  it('reaches the origin unchanged where it is nobody’s identity', async () => {
    const plain = [
      ['X-App-Custom', 'hello'],
      ['X-CSRF-Token', 'abc'],
      ['X-Requested-With', 'XMLHttpRequest'],
      ['If-None-Match', '"abc"'],
      ['Accept-Language', 'de, en;q=0.5'],
      ['Authorization', 'Basic YXBwOnNlY3JldA=='],
      ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
      ['Referer', 'https://elsewhere.example/'],
      ['User-Agent', 'curl/8.0'],
    ] as const
    const { requests } = await arriving(plain)
    for (const [name, value] of plain)
      expect.soft([name, receivedHeader(requests[0], name)]).toEqual([name, [value]])
  })
})

it('P5: what the origin is told of Alice is ours, once each', async () => {
  await sendRaw(site.gateway, { target: '/page', headers: [['Cookie', site.cookies.alice]] })
  const [request] = site.origin.requests
  expect(receivedHeader(request, 'remote-user')).toEqual(['alice@example.com'])
  expect(receivedHeader(request, 'remote-email')).toEqual(['alice@example.com'])
  expect(receivedHeader(request, 'remote-name').map(decodeURIComponent)).toEqual(['Alice Liddell'])
  expect(receivedHeader(request, 'remote-groups')).toEqual(['staff'])
  expect(receivedHeader(request, 'x-forwarded-host')).toEqual([site.gateway.host])
  expect(receivedHeader(request, 'x-forwarded-proto')).toEqual(['http'])
  expect(receivedHeader(request, 'x-request-id')).toEqual([expect.stringMatching(/^[\w-]+$/)])
  const [assertion = ''] = receivedHeader(request, 'x-auth-assertion')
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ sub: 'user_alice', email: 'alice@example.com', roles: ['staff'] })
})
