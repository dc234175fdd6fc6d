import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { receivedHeaders } from '../../src/lib/received-headers.ts'
import { type IdentitySettings, PRESET_HEADERS } from '../../src/origin/presets.ts'
import { foldName } from '../../src/origin/protected-names.ts'
import { createHeaderFilter, type OriginRequest } from '../../src/origin/request-headers.ts'
import { OWN_COOKIE_NAMES } from '../../src/session/cookie.ts'
import { HARMLESS_NAMES, HOSTILE_NAMES, spellingOf, spellingsOf } from './names.ts'

const SETTINGS: IdentitySettings = {
  presets: ['remote-user'],
  headers: { 'X-Staff-Number': 'id' },
  user: 'email',
  encoding: null,
  assertion: true,
  strip: ['X-Legacy-Login'],
  pass: [],
}
const OURS = [
  ['Remote-User', 'ada@site.example'],
  ['Remote-Email', 'ada@site.example'],
  ['Remote-Groups', 'staff'],
  ['X-Staff-Number', 'user_1'],
  ['X-Auth-Assertion', 'header.payload.signature'],
] as const
const PLATFORM = [
  ['X-Forwarded-For', '192.0.2.7'],
  ['X-Real-IP', '192.0.2.7'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', 'app.example'],
  ['X-Request-Id', 'request-1'],
] as const
const CLIENT = 'written by the client'

const filter = createHeaderFilter({ identity: SETTINGS, cookieNames: OWN_COOKIE_NAMES })

const BASE = {
  identity: OURS,
  clientIp: '192.0.2.7',
  proto: 'https',
  host: 'app.example',
  requestId: 'request-1',
  websocket: false,
  stripAuthorization: false,
  acceptEncoding: null,
} as const

function send(headers: HeadersInit, more: Partial<OriginRequest> = {}): Headers {
  return filter(receivedHeaders(new Headers(headers)), { ...BASE, ...more })
}

/** What an origin reads that folds names, by folded name. */
function folded(headers: Headers): ReadonlyMap<string, readonly string[]> {
  const read = new Map<string, string[]>()
  for (const [name, value] of headers) read.set(foldName(name), [...(read.get(foldName(name)) ?? []), value])
  return read
}

const WATCHED = [
  ...new Set([...OURS, ...PLATFORM].map(([name]) => name)),
  ...PRESET_HEADERS,
  ...Object.values(HOSTILE_NAMES).flat(),
]
const hostileName = fc.constantFrom(...WATCHED).chain(spellingOf)
const harmlessName = fc.constantFrom(...Object.values(HARMLESS_NAMES).flat())
const anyName = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24}$/)
const value = fc.constantFrom(CLIENT, 'admin', '127.0.0.1', '', 'a, b')
const connection = fc
  .array(fc.oneof(hostileName, harmlessName, fc.constantFrom('close', 'keep-alive', ' ', '\t')), {
    maxLength: 5,
  })
  .chain((names) => fc.constantFrom(names.join(','), names.join(' , '), names.join(',\t')))
const headerList = fc.array(
  fc.oneof(
    fc.tuple(hostileName, value),
    fc.tuple(anyName, value),
    fc.tuple(harmlessName, value),
    fc.tuple(fc.constantFrom('Connection', 'connection', 'CONNECTION'), connection),
  ),
  { maxLength: 12 },
)

/** Neither a client's value nor a second one under any name that somebody believes. */
function expectNoSpoof(sent: Headers, ours: readonly (readonly [string, string])[]): void {
  const read = folded(sent)
  const expected = new Map(ours.map(([name, text]) => [foldName(name), text]))
  for (const name of WATCHED.map(foldName)) {
    const own = expected.get(name)
    expect(read.get(name), name).toEqual(own === undefined ? undefined : [own])
  }
}

describe('what a visitor sends', () => {
  it('P5: an identity header reaches the origin once and with our value, whatever the visitor sent', () => {
    fc.assert(
      fc.property(headerList, (list) => {
        expectNoSpoof(send(list), [...OURS, ...PLATFORM])
      }),
    )
  })

  it('P5: nor do all spellings of all names together bring one more', () => {
    const lies = WATCHED.flatMap(spellingsOf).map((name) => [name, CLIENT] as [string, string])
    expectNoSpoof(send(lies), [...OURS, ...PLATFORM])
    expectNoSpoof(send(lies, { identity: [] }), PLATFORM)
  })

  it('P5: without an identity no identity header reaches the origin, whatever the visitor sent', () => {
    fc.assert(
      fc.property(headerList, (list) => {
        expectNoSpoof(send(list, { identity: [] }), PLATFORM)
      }),
    )
  })

  it('P5: names that came before are left out again, and one more among them is judged anew', () => {
    const harmless = { accept: '*/*', 'x-page': '1' }
    for (const lie of ['remote_user', 'x-harmless', 'x_auth_token', 'remote_user']) {
      const sent = send({ ...harmless, [lie]: CLIENT }, { identity: [] })
      expect([sent.get('x-page'), sent.get(lie)]).toEqual(['1', lie === 'x-harmless' ? CLIENT : null])
      expect(send(harmless, { identity: [] }).get('x-page')).toBe('1')
    }
  })

  it('P5: a flood of invented names makes it forget nothing that it must know', () => {
    for (let i = 0; i < 1200; i++) {
      const sent = send({ [`x-invented-${i}`]: '1', remote_user: CLIENT }, { identity: [] })
      expect([sent.get(`x-invented-${i}`), sent.get('remote_user')]).toEqual(['1', null])
    }
  })

  it('P5: names of our own families go, also those that nobody has thought of', () => {
    const end = fc.stringMatching(/^[A-Za-z0-9]{1,10}([-_.]{1,2}[A-Za-z0-9]{1,6}){0,2}$/)
    const family = fc.constantFrom(
      'X-Auth-',
      'x_auth_',
      'X.Auth.',
      'Remote-',
      'REMOTE_',
      'http-remote-',
      '-X-Auth_',
    )
    fc.assert(
      fc.property(family, end, (start, rest) => {
        const names = [...send({ [start + rest]: CLIENT }, { identity: [] }).keys()]
        expect(names.sort()).toEqual(PLATFORM.map(([name]) => name.toLowerCase()).sort())
      }),
    )
  })

  it('P6: no Connection header takes away what we set', () => {
    const own = [...OURS, ...PLATFORM].map(([name]) => name)
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...own), fc.constantFrom(...own).chain(spellingOf)), {
          minLength: 1,
        }),
        fc.constantFrom(',', ', ', ' ,\t', ',,'),
        (names, separator) => {
          const sent = send({ Connection: names.join(separator) })
          for (const [name, text] of [...OURS, ...PLATFORM]) expect(sent.get(name), name).toBe(text)
        },
      ),
    )
  })

  it('P6: Connection itself and what it names of others stay here', () => {
    const sent = send([
      ['connection', 'close, X-Hop, x_other\t'],
      ['x-hop', '1'],
      ['X-Other', '2'],
      ['x-third', '3'],
      ['keep-alive', 'timeout=5'],
      ['te', 'trailers'],
    ])
    expect(['connection', 'x-hop', 'x-other', 'keep-alive', 'te'].filter((name) => sent.has(name))).toEqual(
      [],
    )
    expect(sent.get('x-third')).toBe('3')
  })

  it.each([
    'Cookie',
    'Authorization',
    'Content-Type',
    'Cache-Control',
    'Origin',
    'Accept',
    'Content-Encoding',
  ])('P6: %s means something to the end and stays although Connection names it', (name) => {
    expect(send({ [name]: 'kept', Connection: `close, ${name}` }).get(name)).toBe('kept')
  })

  it('P4: address, scheme and host come from the platform alone', () => {
    const lies = Object.fromEntries(
      [...HOSTILE_NAMES['client addresses'], ...HOSTILE_NAMES['hosts and schemes']].map((name) => [
        name,
        'evil.example',
      ]),
    )
    const sent = send(lies, { identity: [], clientIp: null, proto: 'http' })
    expect([...sent].sort()).toEqual([
      ['x-forwarded-host', 'app.example'],
      ['x-forwarded-proto', 'http'],
      ['x-request-id', 'request-1'],
    ])
  })

  it('P4: the Host that the visitor wrote is not passed on', () => {
    expect(send({ Host: 'evil.example', Host_: 'evil.example' }).has('host')).toBe(false)
  })

  it('P5: `identity.strip` and own header names hold in every spelling', () => {
    for (const name of [...spellingsOf('X-Legacy-Login'), ...spellingsOf('X-Staff-Number')]) {
      const sent = send({ [name]: CLIENT }, { identity: [] })
      expect([...sent.values()], name).not.toContain(CLIENT)
    }
  })

  it('lets everything through that sites need, unchanged', () => {
    const names = Object.values(HARMLESS_NAMES)
      .flat()
      .filter((name) => name !== 'Host')
    const sent = send(names.map((name) => [name, `value of ${name}`]))
    expect(names.filter((name) => sent.get(name) !== `value of ${name}`)).toEqual([])
  })

  it('a Connection of HTTP/1.1 browsers takes nothing away', () => {
    const sent = send({ Connection: 'keep-alive', 'Keep-Alive': 'timeout=5', 'X-App-Custom': 'kept' })
    expect([sent.has('connection'), sent.has('keep-alive'), sent.get('x-app-custom')]).toEqual([
      false,
      false,
      'kept',
    ])
  })

  it('P19: several Cookie lines, joined by a comma, hide none of ours', () => {
    const cookies = (list: [string, string][]) => send(list).get('cookie')
    expect(
      cookies([
        ['cookie', 'theme=dark'],
        ['cookie', '__Host-edgegate=stolen; lang=en'],
      ]),
    ).toBe('theme=dark; lang=en')
    expect(cookies([['cookie', '__Host-edgegate=stolen']])).toBeNull()
  })

  it('keeps a header that comes twice joined in its order', () => {
    const sent = send([
      ['accept', 'text/html'],
      ['accept', 'text/plain'],
    ])
    expect(sent.get('accept')).toBe('text/html, text/plain')
  })

  it("hands on the visitor's own Accept-Encoding where the platform tells it", () => {
    expect(send({ 'accept-encoding': 'gzip, br' }, { acceptEncoding: 'zstd' }).get('accept-encoding')).toBe(
      'zstd',
    )
    expect(send({ 'accept-encoding': 'gzip, br' }).get('accept-encoding')).toBe('gzip, br')
  })

  it('asks for an upgrade only where the visitor did', () => {
    expect(send({ upgrade: 'h2c' }).has('upgrade')).toBe(false)
    expect(send({ upgrade: 'websocket', connection: 'Upgrade' }, { websocket: true }).get('upgrade')).toBe(
      'websocket',
    )
  })

  it('P19: an Authorization that was for us stays here, every other one passes', () => {
    expect(send({ authorization: 'Bearer ours' }, { stripAuthorization: true }).has('authorization')).toBe(
      false,
    )
    expect(send({ authorization: 'Basic dTpw' }).get('authorization')).toBe('Basic dTpw')
  })

  it('P5: the preset `bearer` takes Authorization from every visitor, and no other preset does', () => {
    const sent = (presets: IdentitySettings['presets'], identity: OriginRequest['identity']) => {
      const received = receivedHeaders(new Headers({ Authorization: 'Bearer client' }))
      const settings = { identity: { ...SETTINGS, presets, pass: ['Authorization'] }, cookieNames: [] }
      return createHeaderFilter(settings)(received, { ...BASE, identity }).get('authorization')
    }
    expect(sent(['bearer'], [['Authorization', 'Bearer ours']])).toBe('Bearer ours')
    expect(sent(['bearer'], [])).toBeNull()
    expect(sent(['remote-user'], [])).toBe('Bearer client')
  })

  it('P19: no odd spelling carries a second cookie or credential past the cut', () => {
    for (const name of [...spellingsOf('Cookie'), ...spellingsOf('Authorization')]) {
      if (['cookie', 'authorization'].includes(name.toLowerCase())) continue
      const sent = send({ [name]: '__Host-edgegate=stolen' }, { stripAuthorization: true })
      expect([...sent.values()].join('|'), name).not.toContain('stolen')
    }
  })
})
