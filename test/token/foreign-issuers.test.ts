import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { resolveConfig } from '../../src/config/resolve.ts'
import type { Config } from '../../src/config/schema.ts'
import { bearer } from '../support/tokens.ts'
import { addUser, BASE_CONFIG, createWorld, signInAs, type World } from '../support/world.ts'

const ISSUER = 'https://idp.example/realms/acme'
const JWKS = 'https://idp.example/keys'
const AUDIENCE = 'https://app.example/api'
const SECOND = 1000

const TRUST = {
  name: 'corp',
  issuer: ISSUER,
  audience: AUDIENCE,
  jwks: JWKS,
  algorithms: ['RS256' as const, 'ES256' as const],
}
const configOf = (more: object = {}): Config => ({
  ...BASE_CONFIG,
  tokens: { issuers: [{ ...TRUST, ...more }] },
})

interface Pair {
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}
let rsa: Pair
let ec: Pair
let stranger: Pair
/** What the issuer's server answers, and how often it was asked. */
let answer: () => Response | Promise<Response>
let asked: string[]

async function pairOf(alg: string, kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg } }
}

beforeAll(async () => {
  rsa = await pairOf('RS256', 'rsa-1')
  ec = await pairOf('ES256', 'ec-1')
  stranger = await pairOf('RS256', 'rsa-1')
  await addUser({ email: 'ada@example.com', username: 'ada', roles: ['admin'] })
})
beforeEach(() => {
  asked = []
  answer = () => Response.json({ keys: [rsa.jwk, ec.jwk] })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    asked.push(String(input))
    return await answer()
  })
})
afterEach(() => vi.restoreAllMocks())

async function tokenOf(
  world: World,
  claims: Record<string, unknown> = {},
  { pair = rsa, header = {} }: { pair?: Pair; header?: Record<string, unknown> } = {},
): Promise<string> {
  const now = world.clock.now / SECOND
  const payload = { iss: ISSUER, aud: AUDIENCE, sub: '1234', iat: now, exp: now + 3600, ...claims }
  return await new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: pair.jwk.alg ?? '', kid: pair.jwk.kid ?? '', ...header })
    .sign(pair.privateKey)
}
const open = (world: World, token: string, path = '/members/') =>
  world.fetch(path, { headers: bearer(token) })

describe('a token of an issuer that the operator has named', () => {
  it('says who it is in the issuer’s name, with what the claims are mapped to', async () => {
    const world = createWorld(
      configOf({ claims: { roles: 'realm_access.roles' }, roles: { staff: 'reader', boss: 'admin' } }),
    )
    const claims = {
      email: 'Eve@Corp.example',
      email_verified: true,
      name: 'Eve',
      preferred_username: 'ada',
      realm_access: { roles: ['boss', 'root', 'toString'] },
    }
    expect((await open(world, await tokenOf(world, claims), '/admin/')).status).toBe(200)
    const [seen] = world.seen
    expect(seen?.headers.get('remote-sub')).toBe('corp:1234')
    expect(seen?.headers.get('remote-email')).toBe('eve@corp.example')
    expect(seen?.headers.get('remote-groups')).toBe('admin')
    expect(seen?.headers.get('authorization')).toBe(null)
  })

  it('is verified once and remembered, its keys fetched once', async () => {
    const world = createWorld(configOf())
    const [first, second] = [await tokenOf(world), await tokenOf(world, { sub: '99' }, { pair: ec })]
    for (let request = 0; request < 3; request++) {
      for (const token of [first, second]) expect((await open(world, token)).status).toBe(200)
    }
    expect(asked).toEqual([JWKS])
    world.resetCounts()
    await open(world, first)
    expect([world.d1.trips, world.kv.reads]).toEqual([0, 0])
  })

  it('has no roles and is never fresh unless the operator says where they stand', async () => {
    const world = createWorld(configOf())
    const token = await tokenOf(world, {
      roles: ['admin'],
      groups: ['admin'],
      auth_time: world.clock.now / SECOND,
      fresh: true,
    })
    expect((await open(world, token, '/admin/')).status).toBe(403)
    expect((await open(world, token, '/fresh/')).status).toBe(401)
  })

  it('brings its scopes, and `*` is none of them', async () => {
    const rules = [{ path: '/reports/**', access: 'user' as const, scopes: ['reports:read'] }]
    const world = createWorld({ ...configOf(), rules })
    const status = async (claims: object) =>
      (await open(world, await tokenOf(world, { ...claims }), '/reports/')).status
    expect(await status({ scope: 'reports:read other' })).toBe(200)
    expect(await status({ scp: ['reports:read'] })).toBe(200)
    expect(await status({ scope: '*' })).toBe(403)
    expect(await status({})).toBe(403)
  })
})

describe('P27: nobody becomes an account of ours', () => {
  it('not by its id, its name or an address that is not proven', async () => {
    const rules = [
      { path: '/by-name/**', access: { users: ['ada'] } },
      { path: '/by-mail/**', access: { users: ['ada@example.com'] } },
      { path: '/by-domain/**', access: { emailDomains: ['example.com'] } },
    ]
    const world = createWorld({ ...configOf(), rules })
    const claims = {
      sub: 'user_ada',
      preferred_username: 'ada',
      email: 'ada@example.com',
      email_verified: 'true',
    }
    const token = await tokenOf(world, claims)
    for (const path of ['/by-name/', '/by-mail/', '/by-domain/'])
      expect((await open(world, token, path)).status).toBe(403)
    await open(world, token)
    expect(world.seen[0]?.headers.get('remote-sub')).toBe('corp:user_ada')
  })
})

describe('P9, P10: what is not accepted', () => {
  it.each([
    ['another issuer', { iss: 'https://idp.example/realms/other' }],
    ['an issuer with a slash', { iss: `${ISSUER}/` }],
    ['another audience', { aud: 'https://other.example' }],
    ['a list of audiences without ours', { aud: ['a', 'b'] }],
    ['no audience', { aud: undefined }],
    ['no end', { exp: undefined }],
    ['an end that is text', { exp: '9999999999' }],
    ['an end that is over', { exp: 1000 }],
    ['a beginning to come', { nbf: 99_999_999_999 }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is a number', { sub: 7 }],
    ['a subject with a line break', { sub: 'a\nb' }],
    ['a subject without end', { sub: 'x'.repeat(256) }],
  ])('%s', async (_, claims) => {
    const world = createWorld(configOf())
    expect((await open(world, await tokenOf(world, claims))).status).toBe(401)
    expect(world.seen).toEqual([])
  })

  it('a list of audiences with ours is what issuers do', async () => {
    const world = createWorld(configOf())
    expect((await open(world, await tokenOf(world, { aud: ['account', AUDIENCE] }))).status).toBe(200)
  })

  it('another type, where the operator has named one', async () => {
    const world = createWorld(configOf({ type: 'at+jwt' }))
    expect((await open(world, await tokenOf(world))).status).toBe(401)
    expect((await open(world, await tokenOf(world, {}, { header: { typ: 'ID' } }))).status).toBe(401)
    expect((await open(world, await tokenOf(world, {}, { header: { typ: 'at+jwt' } }))).status).toBe(200)
  })

  it('a stranger’s key under a published name, another algorithm, the public key as a secret', async () => {
    const world = createWorld(configOf())
    expect((await open(world, await tokenOf(world, {}, { pair: stranger }))).status).toBe(401)
    const now = world.clock.now / SECOND
    const payload = { iss: ISSUER, aud: AUDIENCE, sub: '1', exp: now + 60 }
    const ps = await crypto.subtle.importKey(
      'jwk',
      { ...(await exportJWK(rsa.privateKey)), alg: 'PS256' } as JsonWebKey,
      { name: 'RSA-PSS', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const pss = await new SignJWT(payload).setProtectedHeader({ alg: 'PS256', kid: 'rsa-1' }).sign(ps)
    const secret = new TextEncoder().encode(JSON.stringify(rsa.jwk))
    const hmac = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'rsa-1' }).sign(secret)
    for (const token of [pss, hmac]) expect((await open(world, token)).status).toBe(401)
  })

  it('keys of other algorithms, for encryption, symmetric ones, and key addresses in the token', async () => {
    const world = createWorld(configOf())
    answer = () =>
      Response.json({
        keys: [
          { kty: 'oct', k: 'c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2gtZm9yLUhTMjU2', kid: 'oct', alg: 'HS256' },
          { ...rsa.jwk, use: 'enc' },
          { ...ec.jwk, alg: 'ES384' },
          null,
          'x',
        ],
      })
    const hmac = await new SignJWT({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: '1',
      exp: world.clock.now / SECOND + 60,
    })
      .setProtectedHeader({ alg: 'HS256', kid: 'oct' })
      .sign(new TextEncoder().encode('secret-that-is-long-enough-for-HS256'))
    for (const token of [hmac, await tokenOf(world), await tokenOf(world, {}, { pair: ec })])
      expect((await open(world, token)).status).toBe(401)
    const lured = await tokenOf(
      world,
      {},
      { pair: stranger, header: { jku: 'https://evil.example/keys', jwk: stranger.jwk } },
    )
    expect((await open(world, lured)).status).toBe(401)
    expect(new Set(asked)).toEqual(new Set([JWKS]))
  })

  it('P15: on a site for which the issuer is not meant', async () => {
    const two = { site: { name: 'Two', url: 'https://two.example' }, origin: { service: 'ORIGIN' } }
    const world = createWorld({
      sites: [{ site: BASE_CONFIG.site, origin: BASE_CONFIG.origin }, two],
      tokens: { issuers: [{ ...TRUST, sites: ['app.example'] }] },
    })
    const token = await tokenOf(world)
    expect((await open(world, token, '/x')).status).toBe(200)
    expect((await open(world, token, 'https://two.example/x')).status).toBe(401)
  })
})

describe('the keys', () => {
  it('P23: a flood of unknown key names asks the issuer once in half a minute', async () => {
    const world = createWorld(configOf())
    for (let count = 0; count < 20; count++)
      await open(world, await tokenOf(world, {}, { header: { kid: `k${count}` } }))
    expect(asked).toHaveLength(1)
    world.clock.now += 31 * SECOND
    await open(world, await tokenOf(world, {}, { header: { kid: 'new' } }))
    expect(asked).toHaveLength(2)
  })

  it('a new key is found, and one that was taken back is no good after ten minutes', async () => {
    const world = createWorld(configOf())
    answer = () => Response.json({ keys: [rsa.jwk] })
    const [old, young] = [await tokenOf(world), await tokenOf(world, {}, { pair: ec })]
    expect((await open(world, old)).status).toBe(200)
    answer = () => Response.json({ keys: [ec.jwk] })
    world.clock.now += 31 * SECOND
    expect((await open(world, young)).status).toBe(200)
    world.clock.now += 600 * SECOND
    expect((await open(world, old)).status).toBe(401)
  })

  it.each([
    ['an error', () => new Response('no', { status: 500 })],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example/keys' } }),
    ],
    ['no JSON', () => new Response('<html>')],
    ['JSON without keys', () => Response.json({ keys: 7 })],
    ['more than fits', () => new Response(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`)],
    ['nothing', () => Promise.reject(new TypeError('network'))],
  ])('P14: %s instead of them is 503, and a log line; known keys go on for an hour', async (_, broken) => {
    const world = createWorld(configOf())
    answer = broken
    expect((await open(world, await tokenOf(world))).status).toBe(503)
    expect((await open(world, await tokenOf(world), '/optional/')).status).toBe(503)
    expect(world.logs.map(({ event }) => event)).toContain('issuer.keys_failed')
    expect(asked).toEqual([JWKS])
    answer = () => Response.json({ keys: [rsa.jwk] })
    world.clock.now += 31 * SECOND
    expect((await open(world, await tokenOf(world))).status).toBe(200)
    answer = broken
    world.clock.now += 1800 * SECOND
    expect((await open(world, await tokenOf(world))).status).toBe(200)
    world.clock.now += 1900 * SECOND
    expect((await open(world, await tokenOf(world))).status).toBe(503)
  })

  it('a broken one does not spoil the others, and a token without a name needs a single key', async () => {
    const world = createWorld(configOf())
    answer = () => Response.json({ keys: [{ kty: 'RSA', n: '!', e: 'AQAB', kid: 'bad' }, rsa.jwk] })
    expect((await open(world, await tokenOf(world))).status).toBe(200)
    expect((await open(world, await tokenOf(world, {}, { header: { kid: undefined } }))).status).toBe(200)
    const two = createWorld(configOf())
    answer = () => Response.json({ keys: [ec.jwk, rsa.jwk] })
    expect((await open(two, await tokenOf(two, {}, { header: { kid: undefined } }))).status).toBe(401)
  })
})

it('a bad token decides before a good cookie here as well', async () => {
  const world = createWorld(configOf())
  const cookies = await signInAs(world, 'ada@example.com')
  const headers = bearer(await tokenOf(world, { aud: 'x' }))
  expect((await world.fetch('/members/', { headers, cookies })).status).toBe(401)
})

it('what is configured wrongly is told, each with its option', () => {
  const issuers = [
    { ...TRUST, jwks: 'http://idp.example/keys', roles: { a: 'no role!' }, sites: ['other.example'] },
    { ...TRUST, name: 'corp', issuer: 'https://app.example' },
    { ...TRUST, name: 'user' },
  ]
  const resolved = resolveConfig({ ...BASE_CONFIG, tokens: { issuers, access: '2h' } })
  expect(resolved.ok ? [] : resolved.problems.map(({ option }) => option)).toEqual([
    'tokens.access',
    'tokens.issuers[0].jwks',
    'tokens.issuers[0].sites',
    'tokens.issuers[0].roles',
    'tokens.issuers[1].name',
    'tokens.issuers[1].issuer',
    'tokens.issuers[2].name',
  ])
})
