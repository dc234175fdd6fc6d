import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Identity } from '../../src/identity.ts'
import {
  compileIdentityHeaders,
  type IdentitySettings,
  PRESET_NAMES,
  type PresetName,
} from '../../src/origin/presets.ts'

const ADA: Identity = {
  kind: 'user',
  id: 'user_1',
  email: 'ada@site.example',
  emailVerified: true,
  username: 'ada',
  name: 'Ada Lovelace',
  roles: ['staff', 'admin'],
}
const GUEST: Identity = {
  kind: 'guest',
  id: 'guest_1',
  email: null,
  emailVerified: false,
  username: null,
  name: null,
  roles: [],
}
const ASSERTION = 'header.payload.signature'

function headersOf(
  identity: Partial<Identity>,
  settings: Partial<IdentitySettings> = {},
  assertion: string | null = ASSERTION,
): Record<string, string> {
  const build = compileIdentityHeaders({
    presets: [],
    headers: {},
    user: 'email',
    encoding: null,
    assertion: false,
    strip: [],
    pass: [],
    ...settings,
  })
  const headers = build({ ...ADA, ...identity }, assertion)
  expect(new Set(headers.map(([name]) => name.toLowerCase())).size, 'no header twice').toBe(headers.length)
  return Object.fromEntries(headers)
}

/** What each preset says of Ada. */
const EXPECTED: Readonly<Record<PresetName, Readonly<Record<string, string>>>> = {
  'remote-user': {
    'Remote-User': 'ada@site.example',
    'Remote-Email': 'ada@site.example',
    'Remote-Name': 'Ada Lovelace',
    'Remote-Groups': 'staff,admin',
    'Remote-Sub': 'user_1',
  },
  forwarded: {
    'X-Forwarded-User': 'ada@site.example',
    'X-Forwarded-Email': 'ada@site.example',
    'X-Forwarded-Preferred-Username': 'ada',
    'X-Forwarded-Groups': 'staff,admin',
  },
  'auth-request': {
    'X-Auth-Request-User': 'ada@site.example',
    'X-Auth-Request-Email': 'ada@site.example',
    'X-Auth-Request-Preferred-Username': 'ada',
    'X-Auth-Request-Groups': 'staff,admin',
  },
  webauth: {
    'X-WEBAUTH-USER': 'ada@site.example',
    'X-WEBAUTH-EMAIL': 'ada@site.example',
    'X-WEBAUTH-NAME': 'Ada Lovelace',
    'X-WEBAUTH-FULLNAME': 'Ada Lovelace',
    'X-WEBAUTH-GROUPS': 'staff,admin',
  },
  jenkins: {
    'X-Forwarded-User': 'ada@site.example',
    'X-Forwarded-Mail': 'ada@site.example',
    'X-Forwarded-DisplayName': 'Ada Lovelace',
    'X-Forwarded-Groups': 'staff|admin',
  },
  authentik: {
    'X-authentik-username': 'ada',
    'X-authentik-email': 'ada@site.example',
    'X-authentik-name': 'Ada Lovelace',
    'X-authentik-groups': 'staff|admin',
    'X-authentik-uid': 'user_1',
    'X-authentik-jwt': ASSERTION,
  },
  'cf-access': {
    'Cf-Access-Authenticated-User-Email': 'ada@site.example',
    'Cf-Access-Jwt-Assertion': ASSERTION,
  },
  pomerium: {
    'X-Pomerium-Claim-User': 'ada@site.example',
    'X-Pomerium-Claim-Email': 'ada@site.example',
    'X-Pomerium-Claim-Name': 'Ada Lovelace',
    'X-Pomerium-Claim-Groups': 'staff,admin',
    'X-Pomerium-Jwt-Assertion': ASSERTION,
  },
  vouch: {
    'X-Vouch-User': 'ada@site.example',
    'X-Vouch-IdP-Claims-Email': 'ada@site.example',
    'X-Vouch-IdP-Claims-Name': 'Ada Lovelace',
    'X-Vouch-IdP-Claims-Groups': '"staff","admin"',
  },
  tailscale: { 'Tailscale-User-Login': 'ada@site.example', 'Tailscale-User-Name': 'Ada Lovelace' },
  'grafana-jwt': { 'X-JWT-Assertion': ASSERTION },
  tiddlywiki: { 'X-Authenticated-User': 'ada@site.example' },
  bearer: { Authorization: `Bearer ${ASSERTION}` },
}

describe('what the origin is told', () => {
  it.each(PRESET_NAMES)('%s: every header of the family', (name) => {
    expect(headersOf({}, { presets: [name] })).toEqual(EXPECTED[name])
  })

  it.each(PRESET_NAMES)('%s: a missing value makes no header at all', (name) => {
    const nobody = { email: null, username: null, name: null, roles: [] }
    const values = Object.entries(headersOf(nobody, { presets: [name] }, null))
    expect(values.filter(([, value]) => value !== 'user_1')).toEqual([])
  })

  it.each(PRESET_NAMES)(
    '%s: a guest has an id and no user name that an application would take for an account',
    (name) => {
      const headers = headersOf(GUEST, { presets: [name] }, null)
      expect(Object.keys(headers).filter((header) => !/-(?:Sub|uid)$/i.test(header))).toEqual([])
    },
  )

  it('own header names take any field', () => {
    const fields = ['user', 'id', 'email', 'name', 'username', 'groups', 'kind', 'assertion'] as const
    const headers = Object.fromEntries(fields.map((field) => [`X-My-${field}`, field]))
    expect(headersOf({}, { headers })).toEqual({
      'X-My-user': 'ada@site.example',
      'X-My-id': 'user_1',
      'X-My-email': 'ada@site.example',
      'X-My-name': 'Ada Lovelace',
      'X-My-username': 'ada',
      'X-My-groups': 'staff,admin',
      'X-My-kind': 'user',
      'X-My-assertion': ASSERTION,
    })
    expect(headersOf(GUEST, { headers }, null)).toEqual({ 'X-My-id': 'guest_1', 'X-My-kind': 'guest' })
  })

  it.each([
    ['email', {}, 'ada@site.example'],
    ['username', {}, 'ada'],
    ['id', {}, 'user_1'],
    ['email', { email: null }, 'ada'],
    ['username', { username: null }, 'ada@site.example'],
    ['email', { email: null, username: null }, 'user_1'],
    ['username', { kind: 'service', email: null, username: null }, 'user_1'],
  ] as const)('the user header holds the %s (%j): %s', (user, identity, value) => {
    expect(headersOf(identity, { presets: ['tiddlywiki'], user })['X-Authenticated-User']).toBe(value)
  })

  it('the assertion is sent where it is wanted and there is one', () => {
    expect(headersOf({}, { assertion: true })).toEqual({ 'X-Auth-Assertion': ASSERTION })
    expect(headersOf({}, { assertion: true }, null)).toEqual({})
    expect(headersOf({}, { assertion: false })).toEqual({})
  })

  it.each([
    ['percent', 'remote-user', 'Remote-Name', '%E4%BD%90%E8%97%A4'],
    [null, 'remote-user', 'Remote-Name', '%E4%BD%90%E8%97%A4'],
    [null, 'tailscale', 'Tailscale-User-Name', '=?utf-8?q?=E4=BD=90=E8=97=A4?='],
    ['percent', 'tailscale', 'Tailscale-User-Name', '%E4%BD%90%E8%97%A4'],
    ['quoted-printable', 'webauth', 'X-WEBAUTH-NAME', '=E4=BD=90=E8=97=A4'],
    ['utf-8', 'remote-user', 'Remote-Name', '佐藤'],
  ] as const)('encoding %s with %s: %s is %s', (encoding, preset, header, value) => {
    expect(headersOf({ name: '佐藤' }, { presets: [preset], encoding })[header]).toBe(value)
  })
})

describe('groups', () => {
  it.each([
    ['remote-user', 'Remote-Groups', ['a,b', 'c'], 'a%2Cb,c'],
    ['remote-user', 'Remote-Groups', ['a|b'], 'a|b'],
    ['remote-user', 'Remote-Groups', ['50%,admin'], '50%25%2Cadmin'],
    ['jenkins', 'X-Forwarded-Groups', ['a|b', 'c'], 'a%7Cb|c'],
    ['jenkins', 'X-Forwarded-Groups', ['a,b'], 'a,b'],
    ['vouch', 'X-Vouch-IdP-Claims-Groups', ['a"b', 'c,d'], '"a%22b","c%2Cd"'],
    ['remote-user', 'Remote-Groups', ['Geschäft'], 'Gesch%C3%A4ft'],
    ['remote-user', 'Remote-Groups', ['a\r\nRemote-User: root'], 'a%0D%0ARemote-User%3A%20root'],
    ['remote-user', 'Remote-Groups', ['', 'staff', ''], 'staff'],
    ['vouch', 'X-Vouch-IdP-Claims-Groups', [''], undefined],
    ['remote-user', 'Remote-Groups', [], undefined],
    ['vouch', 'X-Vouch-IdP-Claims-Groups', [], undefined],
  ] as const)('%s writes %s of %j as %s', (preset, header, roles, value) => {
    expect(headersOf({ roles }, { presets: [preset] })[header]).toBe(value)
  })

  it('P7: no group can become two, whatever it is called and however it is written', () => {
    const cases = fc.constantFrom(
      ['remote-user', 'Remote-Groups', ','],
      ['jenkins', 'X-Forwarded-Groups', '|'],
      ['authentik', 'X-authentik-groups', '|'],
      ['vouch', 'X-Vouch-IdP-Claims-Groups', '","'],
    ) satisfies fc.Arbitrary<[PresetName, string, string]>
    const encodings = fc.constantFrom('percent', 'rfc2047', 'quoted-printable', null)
    const group = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('a,admin', 'a|admin', '","', 'é,admin', 'a, admin', '\r\nx: y'),
    )
    fc.assert(
      fc.property(
        cases,
        encodings,
        fc.array(group, { minLength: 1, maxLength: 4 }),
        ([preset, header, separator], encoding, roles) => {
          const value = headersOf({ roles }, { presets: [preset], encoding })[header] ?? ''
          expect(value.split(separator)).toHaveLength(roles.length)
          expect(value).toMatch(/^[\x20-\x7e]+$/)
        },
      ),
    )
  })

  it('P7: no value of an identity can add a header', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a\r\nRemote-User: root', 'a\nb', '\0'),
    )
    fc.assert(
      fc.property(text, text, text, fc.constantFrom(...PRESET_NAMES), (email, username, name, preset) => {
        for (const value of Object.values(
          headersOf({ email, username, name, roles: [name] }, { presets: [preset] }),
        )) {
          expect(value).toMatch(/^[\x20-\x7e]+$/)
        }
      }),
    )
  })
})

it('of two that mean the same header the later one counts', () => {
  const shared = headersOf({}, { presets: ['forwarded', 'jenkins'], headers: { 'x-forwarded-mail': 'id' } })
  expect(shared['X-Forwarded-Groups']).toBe('staff|admin')
  expect(shared['x-forwarded-mail']).toBe('user_1')
  expect(Object.keys(shared)).toHaveLength(6)
})
