import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { bearer, postJson, renew, type TokenAnswer, tokensOf } from '../support/tokens.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  NAVIGATION,
  SITE,
  signInAs,
  type World,
} from '../support/world.ts'

const EMAIL = 'ada@example.com'
const SECOND = 1000
let ada: string

beforeAll(async () => {
  ada = await addUser({ email: EMAIL, name: 'Ada', username: 'ada', roles: ['admin'] })
})
beforeEach(async () => {
  await env.DB.prepare(`UPDATE user SET roles = '["admin"]', disabled_at = NULL`).run()
})

const CONFIG = {
  ...BASE_CONFIG,
  rules: [
    { path: '/reports/**', access: 'user', scopes: ['reports:read'] },
    { path: '/reports-public/**', access: 'optional', scopes: ['reports:read'] },
    { path: '/browsers/**', access: 'user', via: ['session'] },
    { path: '/programs/**', access: 'user', via: ['token'] },
    { path: '/strict/**', access: 'user', revocation: 'strict' },
    ...BASE_CONFIG.rules,
  ],
} satisfies Config
const get = (world: World, token: string, path = '/members/', headers: Record<string, string> = {}) =>
  world.fetch(path, { headers: { ...bearer(token), ...headers } })
const challengeOf = (response: Response) => response.headers.get('www-authenticate')

describe('a request that carries our access token', () => {
  it('is forwarded as its user, with an assertion and without the token', async () => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, EMAIL)
    expect((await get(world, access_token)).status).toBe(200)
    const [seen] = world.seen
    expect(seen?.headers.get('authorization')).toBe(null)
    expect(seen?.headers.get('remote-email')).toBe(EMAIL)
    expect(decodeJwt(seen?.headers.get('x-auth-assertion') ?? '')).toMatchObject({
      sub: ada,
      amr: ['pwd'],
      fresh: true,
      auth_time: world.clock.now / SECOND,
      roles: ['admin'],
      kind: 'user',
    })
  })

  it('asks no storage once it is known, and the origin is told the same assertion for half a minute', async () => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, EMAIL)
    await get(world, access_token)
    world.resetCounts()
    for (let request = 0; request < 5; request++) await get(world, access_token)
    expect([world.kv, world.d1]).toEqual([
      { reads: 0, writes: 0, deletes: 0, lists: 0 },
      { statements: 0, trips: 0 },
    ])
    expect(new Set(world.seen.map(({ headers }) => headers.get('x-auth-assertion'))).size).toBe(1)
    world.clock.now += 31 * SECOND
    await get(world, access_token)
    expect(new Set(world.seen.map(({ headers }) => headers.get('x-auth-assertion'))).size).toBe(2)
  })

  it('never sets a cookie or needs one, and decides before a good one', async () => {
    const world = createWorld()
    const bob = await addUser({ email: 'bob@example.com' })
    const cookies = await signInAs(world, 'bob@example.com', { remember: true })
    const { access_token } = await tokensOf(world, EMAIL)
    for (const path of ['/members/', '/optional/', '/cart/', '/auth/api/session']) {
      const answer = await world.fetch(path, { headers: bearer(access_token), cookies })
      expect([answer.status, answer.headers.getSetCookie()], path).toEqual([200, []])
    }
    expect(world.seen.map(({ headers }) => headers.get('remote-sub'))).toEqual([ada, ada, ada])
    expect(bob).not.toBe(ada)
  })

  it('a bad one is 401 in spite of a good cookie, wherever somebody is asked for', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, EMAIL)
    const { access_token } = await tokensOf(world, EMAIL)
    const bad = `${access_token.slice(0, -4)}AAAA`
    for (const path of ['/members/', '/optional/', '/cart/', '/auth/api/session', '/fresh/']) {
      for (const headers of [bearer(bad), { ...bearer(bad), ...NAVIGATION }]) {
        const answer = await world.fetch(path, { headers, cookies })
        expect([answer.status, answer.headers.getSetCookie()], path).toEqual([401, []])
        expect(challengeOf(answer)).toBe('Bearer realm="app.example", error="invalid_token"')
        expect(await answer.json()).toMatchObject({ code: 'credential_refused' })
      }
    }
    expect(world.seen).toEqual([])
  })

  it('says of an expired one that it has expired, and is exact about when', async () => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, EMAIL)
    world.clock.now += 599 * SECOND
    expect((await get(world, access_token)).status).toBe(200)
    world.clock.now += SECOND
    const late = await get(world, access_token)
    expect([late.status, challengeOf(late)]).toEqual([
      401,
      'Bearer realm="app.example", error="invalid_token", error_description="The token has expired"',
    ])
  })

  it.each(['bearer', 'BEARER', 'Bearer  '])('takes the scheme as %s', async (scheme) => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, EMAIL)
    const headers = { authorization: `${scheme} ${access_token}` }
    expect((await world.fetch('/members/', { headers })).status).toBe(200)
  })

  it.each(['Token', 'JWT', 'Basic', 'Bearer:', 'Bearertoken', 'DPoP'])(
    'P9: is nothing under the scheme %s, which is the origin’s',
    async (scheme) => {
      const world = createWorld()
      const { access_token } = await tokensOf(world, EMAIL)
      const authorization = `${scheme} ${access_token}`
      expect((await world.fetch('/members/', { headers: { authorization } })).status).toBe(401)
      await world.fetch('/optional/', { headers: { authorization } })
      expect(world.seen[0]?.headers.get('authorization')).toBe(authorization)
      expect(world.seen[0]?.headers.get('remote-sub')).toBe(null)
    },
  )

  it('leaves Basic to the origin, beside a session', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, EMAIL)
    await world.fetch('/members/', { headers: { authorization: 'Basic dTpw' }, cookies })
    expect(world.seen[0]?.headers.get('authorization')).toBe('Basic dTpw')
    expect(world.seen[0]?.headers.get('remote-email')).toBe(EMAIL)
  })
})

describe('P19: our tokens do not reach the origin', () => {
  it.each(['/public/', '/optional/'])('not where %s asks nobody, or does not take tokens', async (path) => {
    const config = {
      ...BASE_CONFIG,
      rules: [{ path: '/optional/**', access: 'optional', via: ['session'] }, ...BASE_CONFIG.rules],
    } satisfies Config
    const world = createWorld(config)
    const { access_token, refresh_token } = await tokensOf(world, EMAIL)
    await get(world, access_token, path)
    expect(world.seen[0]?.headers.get('authorization')).toBe(null)
    expect(world.seen[0]?.headers.get('remote-sub')).toBe(null)
    await get(world, refresh_token, '/public/')
    await world.fetch('/public/', { headers: { authorization: `Bearer x, Bearer ${access_token}` } })
    expect(world.seen.slice(1).map(({ headers }) => headers.get('authorization'))).toEqual([null, null])
  })

  it('tokens of others go on where nobody is asked', async () => {
    const world = createWorld()
    for (const token of [
      'opaque',
      'a.b.c',
      'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIn0.',
      '12|sanctum',
    ])
      await get(world, token, '/public/')
    expect(world.seen.map(({ headers }) => headers.get('authorization'))).not.toContain(null)
  })
})

describe('what rules ask of tokens', () => {
  it('a scope, all of it; `*` is every scope, and browsers are not asked', async () => {
    const world = createWorld(CONFIG)
    const narrow = await tokensOf(world, EMAIL, { scope: 'other' })
    const refused = await get(world, narrow.access_token, '/reports/q3')
    expect([refused.status, challengeOf(refused)]).toEqual([
      403,
      'Bearer realm="app.example", error="insufficient_scope", scope="reports:read"',
    ])
    expect(await refused.json()).toMatchObject({ code: 'insufficient_scope' })
    for (const scope of ['reports:read', 'other reports:read', '*']) {
      const { access_token } = await tokensOf(world, EMAIL, { scope })
      expect((await get(world, access_token, '/reports/q3')).status).toBe(200)
    }
    const cookies = await signInAs(world, EMAIL)
    expect((await world.fetch('/reports/q3', { cookies })).status).toBe(200)
    expect((await get(world, narrow.access_token, '/members/')).status).toBe(200)
  })

  it('on an optional path a token without the scope is nobody', async () => {
    const world = createWorld(CONFIG)
    const { access_token } = await tokensOf(world, EMAIL, { scope: 'other' })
    expect((await get(world, access_token, '/reports-public/')).status).toBe(200)
    expect(world.seen[0]?.headers.get('remote-sub')).toBe(null)
    expect(world.seen[0]?.headers.get('authorization')).toBe(null)
  })

  it('by which means one may come', async () => {
    const world = createWorld(CONFIG)
    const { access_token } = await tokensOf(world, EMAIL)
    const cookies = await signInAs(world, EMAIL)
    expect((await get(world, access_token, '/browsers/')).status).toBe(403)
    expect((await world.fetch('/programs/', { cookies })).status).toBe(403)
    expect((await get(world, access_token, '/programs/')).status).toBe(200)
  })

  it('a fresh sign-in: the first token is, until the time is over; a renewed one never', async () => {
    const world = createWorld({ ...BASE_CONFIG, tokens: { access: '1h' } })
    const { access_token, refresh_token } = await tokensOf(world, EMAIL)
    expect((await get(world, access_token, '/fresh/')).status).toBe(200)
    const renewed = await (await renew(world, refresh_token)).json<TokenAnswer>()
    const stale = await get(world, renewed.access_token, '/fresh/')
    expect([stale.status, challengeOf(stale)]).toEqual([
      401,
      'Bearer realm="app.example", error="insufficient_user_authentication", max_age=900',
    ])
    world.clock.now += 900 * SECOND
    // A page to confirm a password on would be for the session of a browser.
    expect((await get(world, access_token, '/fresh/', NAVIGATION)).status).toBe(401)
    await get(world, access_token)
    const told = world.seen.at(-1)?.headers.get('x-auth-assertion') ?? ''
    expect(decodeJwt(told).fresh).toBe(false)
  })
})

describe('P13: what ends or changes a token', () => {
  type Ending = (world: World, tokens: TokenAnswer) => Promise<unknown>
  const everywhere: Ending = async (world) =>
    await world.fetch('/auth/api/logout', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"everywhere":true}',
      cookies: await signInAs(world, EMAIL),
    })
  const endings: readonly (readonly [string, Ending])[] = [
    [
      'revoking it',
      (world, { access_token }) => postJson(world, '/auth/api/token/revoke', { token: access_token }),
    ],
    [
      'revoking its refresh token',
      (world, { refresh_token }) => postJson(world, '/auth/api/token/revoke', { token: refresh_token }),
    ],
    ['signing out everywhere', everywhere],
    [
      'a stolen refresh token',
      async (world, { refresh_token }) => {
        await renew(world, refresh_token)
        world.clock.now += 21 * SECOND
        await renew(world, refresh_token)
      },
    ],
  ]
  it.each(endings)('%s: here at once, elsewhere within ten seconds', async (_, end) => {
    const clock = { now: Date.UTC(2026, 10, 24, 9) }
    const [here, there] = [createWorld(CONFIG, {}, { clock }), createWorld(CONFIG, {}, { clock })]
    const tokens = await tokensOf(here, EMAIL)
    for (const world of [here, there]) expect((await get(world, tokens.access_token)).status).toBe(200)
    await end(here, tokens)
    expect((await get(here, tokens.access_token)).status).toBe(401)
    expect((await get(there, tokens.access_token, '/strict/')).status).toBe(401)
    clock.now += 10 * SECOND
    expect((await get(there, tokens.access_token)).status).toBe(401)
    // An isolate that has never seen it.
    expect((await get(createWorld(CONFIG, {}, { clock }), tokens.access_token)).status).toBe(401)
  })

  it('changed roles arrive within ten seconds, with one read of the account', async () => {
    const clock = { now: Date.UTC(2026, 10, 24, 10) }
    const world = createWorld(CONFIG, {}, { clock })
    const { access_token } = await tokensOf(world, EMAIL)
    expect((await get(world, access_token, '/admin/')).status).toBe(200)
    await env.DB.batch([
      env.DB.prepare(`UPDATE user SET roles = '[]' WHERE id = ?1`).bind(ada),
      env.DB.prepare("INSERT INTO revocation (at, subject_id, kind) VALUES (?1, ?2, 'reload')").bind(
        clock.now,
        ada,
      ),
    ])
    clock.now += 10 * SECOND
    expect((await get(world, access_token, '/admin/')).status).toBe(403)
    world.resetCounts()
    expect((await get(world, access_token, '/admin/')).status).toBe(403)
    expect(world.d1.trips).toBe(1) // The audit row of the refusal, nothing else.
    expect((await get(createWorld(CONFIG, {}, { clock }), access_token, '/admin/')).status).toBe(403)
  })

  it('more roles than a token holds are read from the account', async () => {
    const world = createWorld()
    const roles = Array.from({ length: 200 }, (_, index) => `role-number-${index}`)
    await addUser({ email: 'many@example.com', roles: [...roles, 'admin'] })
    const { access_token } = await tokensOf(world, 'many@example.com')
    expect(decodeJwt(access_token)).toMatchObject({ roles_truncated: true })
    expect((await get(world, access_token, '/admin/')).status).toBe(200)
  })
})

describe('P14: when storage is away', () => {
  it('known tokens go on for the grace, unknown ones are told 503, and nobody is anonymous', async () => {
    const world = createWorld()
    const [known, unknown] = [await tokensOf(world, EMAIL), await tokensOf(world, EMAIL)]
    await get(world, known.access_token)
    world.broken.d1 = true
    world.clock.now += 60 * SECOND
    expect((await get(world, known.access_token)).status).toBe(200)
    expect((await get(world, unknown.access_token)).status).toBe(503)
    expect((await get(world, unknown.access_token, '/optional/')).status).toBe(503)
    world.clock.now += 400 * SECOND
    expect((await get(world, known.access_token)).status).toBe(503)
  })
})

describe('P15: a token is good where it was given', () => {
  const config: Config = {
    sites: [
      { site: { name: 'One', url: SITE }, origin: { service: 'ORIGIN' } },
      { site: { name: 'Two', url: 'https://two.example' }, origin: { service: 'ORIGIN' } },
    ],
  }
  it('and nowhere else, known or not', async () => {
    const world = createWorld(config)
    const { access_token } = await tokensOf(world, EMAIL)
    expect((await get(world, access_token, 'https://two.example/x')).status).toBe(401)
    expect((await get(world, access_token, '/x')).status).toBe(200)
    expect((await get(world, access_token, 'https://two.example/x')).status).toBe(401)
    expect((await get(world, access_token, '/x')).status).toBe(200)
  })
})

describe('tokens of nobody we know', () => {
  const FOREIGN = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoiYSJ9.AAAA'
  it('are refused on paths that ask who comes', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, EMAIL)
    for (const token of [FOREIGN, 'opaque', 'a.b.c', '%', '12|laravel']) {
      const answer = await world.fetch('/members/', { headers: bearer(token), cookies })
      expect([token, answer.status]).toEqual([token, 401])
    }
  })

  it('with `others: pass` are the origin’s, beside the cookie; ours stay ours', async () => {
    const world = createWorld({ ...BASE_CONFIG, tokens: { others: 'pass' } })
    const cookies = await signInAs(world, EMAIL)
    for (const token of [FOREIGN, 'opaque', '12|laravel'])
      expect((await world.fetch('/members/', { headers: bearer(token), cookies })).status).toBe(200)
    expect(world.seen.map(({ headers }) => headers.get('authorization'))).toEqual(
      [FOREIGN, 'opaque', '12|laravel'].map((token) => `Bearer ${token}`),
    )
    expect((await get(world, FOREIGN)).status).toBe(401)
    const { access_token } = await tokensOf(world, EMAIL)
    for (const header of [
      `Bearer ${access_token.slice(0, -4)}AAAA`,
      'Bearer eg_0000',
      `Bearer ${access_token}, Bearer ${access_token}`,
      `Bearer x,${access_token}`,
      `Bearer ${'a'.repeat(9000)}`,
    ]) {
      const answer = await world.fetch('/members/', { headers: { authorization: header }, cookies })
      expect([header.slice(0, 40), answer.status]).toEqual([header.slice(0, 40), 401])
    }
  })
})

it('GET /auth/api/session says whose token it is, and what it is good for', async () => {
  const world = createWorld()
  const { access_token } = await tokensOf(world, EMAIL, { scope: 'a b' })
  const answer = await world.fetch('/auth/api/session', { headers: bearer(access_token) })
  expect(await answer.json()).toMatchObject({
    authenticated: true,
    kind: 'user',
    user: { id: ada },
    token: {
      kind: 'access',
      scopes: ['a', 'b'],
      fresh: true,
      methods: ['pwd'],
      expiresAt: '2026-11-23T12:10:00.000Z',
    },
  })
  // The account API is for browsers: a token that was meant for reports must not end sessions.
  const cookies = new Jar()
  const sessions = await world.fetch('/auth/api/sessions', { headers: bearer(access_token), cookies })
  expect(sessions.status).toBe(401)
})
