import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { CompactSign, importJWK, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { createAssertionSigner } from '../../src/token/assertion.ts'
import { createKeyRing } from '../../src/token/signing-keys.ts'
import { bearer, tokensOf } from '../support/tokens.ts'
import { addUser, BASE_CONFIG, createWorld, SITE, type World } from '../support/world.ts'
import { secretsFrom, subjectOf, verify } from './support.ts'

const EMAIL = 'ada@example.com'
const SECRETS = secretsFrom(env.EDGEGATE_SECRET ?? '')
const ring = (purpose: 'assertion' | 'access-token') =>
  createKeyRing({ secrets: SECRETS, purpose, algorithm: 'ES256', rotationSeconds: 30 * 86_400 })

let ada: string
let strict: World
let lenient: World
let good: JWTPayload
let now: number

beforeAll(async () => {
  ada = await addUser({ email: EMAIL, roles: ['admin'] })
  strict = createWorld()
  lenient = createWorld({ ...BASE_CONFIG, tokens: { others: 'pass' } } satisfies Config)
  now = strict.clock.now / 1000
  const { access_token } = await tokensOf(strict, EMAIL)
  good = JSON.parse(textOf(access_token.split('.')[1] ?? '')) as JWTPayload
})

const base64Url = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
const textOf = (part: string) => atob(part.replaceAll('-', '+').replaceAll('_', '/'))

/** Signed with the very key of access tokens, whatever it says. */
async function signed(
  change: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const { key, kid, alg } = await ring('access-token').signingKey(now)
  const payload = Object.fromEntries(
    Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined),
  )
  const all = Object.fromEntries(
    Object.entries({ alg, kid, typ: 'at+jwt', ...header }).filter(([, value]) => value !== undefined),
  )
  return await new SignJWT(payload)
    .setProtectedHeader(all as { alg: string })
    .sign(key, { crit: { b64: true, 'urn:x': true } })
}

async function unsigned(header: Record<string, unknown>, signature = ''): Promise<string> {
  const { kid } = await ring('access-token').signingKey(now)
  return `${base64Url({ typ: 'at+jwt', kid, ...header })}.${base64Url(good)}.${signature}`
}

/** Nobody gets in by it, and nothing breaks. */
async function expectRefused(token: string): Promise<void> {
  for (const world of [strict, lenient]) {
    for (const path of ['/members/', '/admin/x']) {
      const answer = await world.fetch(path, { headers: bearer(token) })
      expect(answer.status, `${path} ${token.slice(0, 60)}`).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="app\.example"/)
    }
    const optional = await world.fetch('/optional/', { headers: bearer(token) })
    expect([200, 401]).toContain(optional.status)
    expect(world.seen.map(({ headers }) => headers.get('remote-sub')).filter(Boolean)).toEqual([])
  }
}

it('the forger’s tools work: what is signed and right is let in', async () => {
  const answer = await createWorld().fetch('/members/', { headers: bearer(await signed()) })
  expect(answer.status).toBe(200)
})

describe('P9: the token chooses neither algorithm nor key', () => {
  const attacker = () =>
    crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]) as Promise<CryptoKeyPair>

  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'HS256',
    'RS256',
    'PS256',
    'ES384',
    'EdDSA',
    'PBES2-HS256+A128KW',
  ])('alg %j with no signature, and with some bytes', async (alg) => {
    await expectRefused(await unsigned({ alg }))
    await expectRefused(await unsigned({ alg }, 'AAAA'))
  })

  it('HS256 with the public key as the secret, in every form it is published in', async () => {
    const [jwk] = await ring('access-token').published(now)
    const forms = [JSON.stringify(jwk), jwk?.x ?? '', `${jwk?.x}${jwk?.y}`]
    for (const form of forms) {
      const token = await new SignJWT(good)
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: jwk?.kid ?? '' })
        .sign(new TextEncoder().encode(form.padEnd(32, ' ')))
      await expectRefused(token)
    }
  })

  it.each([
    ['its own key under our kid', {}],
    ['its own key in the header', { jwk: true }],
    ['a key address', { jku: 'https://evil.example/jwks' }],
    ['a certificate address', { x5u: 'https://evil.example/x5u' }],
    ['a certificate', { x5c: ['AAAA'] }],
    ['an unknown kid', { kid: 'unknown' }],
    ['a kid that is an address', { kid: 'https://evil.example/k' }],
    ['a kid that is a path', { kid: '../../../../dev/null' }],
    ['a kid that is SQL', { kid: "' OR 1=1 --" }],
    ['a kid that is no text', { kid: 7 }],
    ['no kid', { kid: undefined }],
  ] as const)('%s', async (_, extra) => {
    const { privateKey, publicKey } = await attacker()
    const { kid } = await ring('access-token').signingKey(now)
    const more = 'jwk' in extra ? { jwk: await crypto.subtle.exportKey('jwk', publicKey) } : extra
    const header = { alg: 'ES256', typ: 'at+jwt', kid, ...more } as { alg: string }
    await expectRefused(await new SignJWT(good).setProtectedHeader(header).sign(privateKey))
  })

  it('a signature of another token, a cut one, one too many, an empty one', async () => {
    const token = await signed()
    const [head, body, signature] = token.split('.')
    const other = (await signed({ sub: 'user_other' })).split('.')[2]
    for (const changed of [
      other,
      signature?.slice(0, -4),
      `${signature}AAAA`,
      '',
      'A'.repeat(86),
      base64Url('\0'.repeat(64)),
    ])
      await expectRefused(`${head}.${body}.${changed}`)
  })

  it('critical extensions, unencoded payloads', async () => {
    await expectRefused(await signed({}, { crit: ['urn:x'], 'urn:x': 1 }))
    const { key, kid } = await ring('access-token').signingKey(now)
    const unencoded = await new CompactSign(new TextEncoder().encode(JSON.stringify(good)))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, b64: true, crit: ['b64'] })
      .sign(key)
    const answer = await createWorld().fetch('/members/', { headers: bearer(unencoded) })
    expect(answer.status).toBeLessThan(500)
  })

  it.each([
    ['of five parts (JWE)', () => `${base64Url({ alg: 'dir', enc: 'A256GCM', typ: 'at+jwt' })}.AA.AA.AA.AA`],
    [
      'of five parts with PBES2',
      () => `${base64Url({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31 })}.AA.AA.AA.AA`,
    ],
    ['of a thousand parts', () => '.'.repeat(1000)],
    ['of one part', () => base64Url(good)],
    ['with a header that is no JSON', () => `AAAA.${base64Url(good)}.AAAA`],
    ['with a header that is a list', () => `${base64Url([])}.${base64Url(good)}.AAAA`],
    ['with a header that is null', () => `${base64Url('null')}.${base64Url(good)}.AAAA`],
    ['with alg twice', () => `${base64Url('{"alg":"ES256","alg":"none"}')}.${base64Url(good)}.`],
    ['with a payload that is no JSON', () => `${base64Url({ alg: 'ES256' })}.AAAA.AAAA`],
    ['with a payload that is no object', () => `${base64Url({ alg: 'ES256' })}.${base64Url('"x"')}.AAAA`],
    ['with a deep payload', () => `${base64Url({ alg: 'ES256' })}.${base64Url('['.repeat(1500))}.AAAA`],
    [
      'that names a prototype',
      () => `${base64Url({ alg: 'ES256' })}.${base64Url('{"__proto__":{"iss":"https://app.example"}}')}.AAAA`,
    ],
    ['with standard base64', () => `${btoa('{"alg":"ES256"}')}.${btoa(JSON.stringify({ iss: SITE }))}.AAAA`],
  ])('a token %s', async (_, make) => {
    await expectRefused(make())
  })
})

describe('P9: claims are what they must be, though signed with our own key', () => {
  it.each([
    ['no exp', { exp: undefined }],
    ['exp as text', { exp: '9999999999' }],
    ['exp as a list', { exp: [9999999999] }],
    ['exp null', { exp: null }],
    ['exp negative', { exp: -1 }],
    ['exp past', { exp: 1 }],
    ['exp a fraction', { exp: 9999999999.5 }],
    ['iat as text', { iat: '1' }],
    ['no iat', { iat: undefined }],
    ['nbf to come', { nbf: 9999999999 }],
    ['nbf as text', { nbf: 'x' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an issuer with a slash', { iss: `${SITE}/` }],
    ['a list of issuers', { iss: [SITE] }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'https://evil.example' }],
    ['the origin as audience', { aud: SITE }],
    ['no audience', { aud: undefined }],
    ['P10: a list of audiences with ours', { aud: [`${SITE}/auth`, 'https://evil.example'] }],
    ['P10: a list of audiences with ours alone', { aud: [`${SITE}/auth`] }],
    ['an empty sub', { sub: '' }],
    ['a sub that is a number', { sub: 7 }],
    ['no sub', { sub: undefined }],
    ['no sign-in', { sid: undefined }],
    ['no scope', { scope: undefined }],
    ['roles as text', { roles: 'notadmin' }],
    ['roles of another type', { roles: [{ admin: true }] }],
    ['kind of a guest', { kind: 'guest' }],
    ['a position that is none', { pos: -1 }],
    ['an account that is not there', { sub: 'user_nobody', pos: 0, roles_truncated: true }],
  ])('%s', async (_, change) => {
    await expectRefused(await signed(change))
  })
})

describe('P10: no token passes for one of another kind', () => {
  it('an assertion is no access token, whatever its type says', async () => {
    const signer = createAssertionSigner({ keys: ring('assertion'), issuer: SITE, audience: `${SITE}/auth` })
    await expectRefused(await signer.sign(subjectOf({ identity: { ...subjectOf().identity, id: ada } }), now))
    const { key, kid, alg } = await ring('assertion').signingKey(now)
    await expectRefused(await new SignJWT(good).setProtectedHeader({ alg, kid, typ: 'at+jwt' }).sign(key))
  })

  it.each([undefined, 'JWT', 'edgegate-assertion+jwt', 'id_token', 'at+jwtx', ['at+jwt']])(
    'our own key signs nothing that is of the type %j',
    async (typ) => {
      await expectRefused(await signed({}, { typ }))
    },
  )

  it('an access token is no assertion: neither by its type nor for who looks at key set and audience only', async () => {
    const { access_token } = await tokensOf(strict, EMAIL)
    const keys = [...(await ring('assertion').published(now)), ...(await ring('access-token').published(now))]
    await expect(verify(access_token, keys, { issuer: SITE, audience: SITE, now })).rejects.toThrow()
    const own = await importJWK({ ...(await ring('assertion').published(now))[0] }, 'ES256')
    expect(own).toBeTruthy()
    expect(good.aud).not.toBe(SITE)
  })

  it('a refresh token, a session token and a remember-me token are no bearer tokens', async () => {
    const { refresh_token } = await tokensOf(strict, EMAIL)
    await expectRefused(refresh_token)
    await expectRefused('A'.repeat(43))
    await expectRefused(refresh_token.slice(4))
  })

  it('nor does an access token open a session or renew itself', async () => {
    const { access_token } = await tokensOf(strict, EMAIL)
    const cookie = `__Host-edgegate=${access_token}`
    expect((await strict.fetch('/members/', { headers: { cookie, accept: 'text/html' } })).status).toBe(302)
  })
})

describe('P2: hostile bytes in Authorization', () => {
  it.each([
    'Bearer',
    'Bearer ',
    'Bearer %',
    'Bearer =',
    'Bearer ====',
    'Bearer a=b',

    'bearer\ta',
    'Bearer a b',
    'Bearer a,b',
    'Bearer "a"',
    `Bearer ${'.'.repeat(8000)}`,
    `Bearer ${'a'.repeat(100_000)}`,
    `Bearer ${'eg_'.repeat(2000)}`,
    'Bearer eg_',
    `Bearer eg_${'0'.repeat(49)}`,
    'Bearer egr_.',
    'Basic Og==',
    'Basic %',
    ',',
    'Bearer,Bearer',
  ])('%j is answered below 500 and lets nobody in', async (authorization) => {
    for (const world of [strict, lenient]) {
      for (const path of ['/members/', '/auth/api/session', '/auth/api/account', '/public/']) {
        const answer = await world.fetch(path, { headers: { authorization } })
        expect(answer.status).toBeLessThan(500)
        if (path === '/members/') expect(answer.status).toBe(401)
      }
    }
  })

  it('nor does anything else that can be sent', async () => {
    const piece = fc.oneof(
      fc.string({
        unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
        maxLength: 40,
      }),
      fc.constantFrom(
        'Bearer ',
        'bearer ',
        'eg_',
        'egr_',
        '.',
        ', ',
        'eyJhbGciOiJFUzI1NiJ9',
        base64Url({ iss: SITE }),
        ' ',
        '=',
      ),
    )
    const header = fc.array(piece, { maxLength: 8 }).map((pieces) => `Bearer ${pieces.join('')}`)
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        const answer = await lenient.fetch('/members/', { headers: { authorization } })
        expect(answer.status).toBe(401)
      }),
      { numRuns: 300 },
    )
  })
})
