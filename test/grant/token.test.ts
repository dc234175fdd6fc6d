import { env } from 'cloudflare:workers'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { meanwhile } from '../support/meanwhile.ts'
import { postJson, renew, type TokenAnswer, tokensOf } from '../support/tokens.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  PASSWORD,
  SITE,
  signInAs,
  type World,
} from '../support/world.ts'

const EMAIL = 'ada@example.com'
const MINUTE = 60_000
let ada: string

beforeAll(async () => {
  ada = await addUser({ email: EMAIL, name: 'Ada', username: 'ada', roles: ['admin'] })
})
beforeEach(async () => {
  await env.DB.batch([
    env.DB.prepare(`UPDATE user SET roles = '["admin"]', disabled_at = NULL`),
    env.DB.prepare('DELETE FROM throttle'),
  ])
})

const form = (world: World, path: string, fields: Record<string, string>) =>
  world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
const families = async () =>
  (await env.DB.prepare('SELECT count(*) AS n FROM refresh_family').first<{ n: number }>())?.n
const events = async (event: string) =>
  (
    await env.DB.prepare('SELECT count(*) AS n FROM audit WHERE event = ?1')
      .bind(event)
      .first<{ n: number }>()
  )?.n

describe('POST /auth/api/token with a name and a password', () => {
  it('gives an access token that anybody can verify with the published keys, and a refresh token', async () => {
    const world = createWorld()
    const tokens = await tokensOf(world, EMAIL, { scope: 'reports:read', client_id: 'nightly' })
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'reports:read' })
    expect(tokens.refresh_token).toMatch(/^egr_[\w-]{22}\.[\w-]{43}$/)
    const keys = await (await world.fetch('/auth/.well-known/jwks.json')).json<JSONWebKeySet>()
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, createLocalJWKSet(keys), {
      issuer: SITE,
      audience: `${SITE}/auth`,
      typ: 'at+jwt',
      currentDate: new Date(world.clock.now),
    })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(payload).toMatchObject({
      sub: ada,
      client_id: 'nightly',
      scope: 'reports:read',
      iat: world.clock.now / 1000,
      auth_time: world.clock.now / 1000,
      exp: world.clock.now / 1000 + 600,
      amr: ['pwd'],
      fresh: true,
      kind: 'user',
      email: EMAIL,
      roles: ['admin'],
    })
    expect(payload.jti).toMatch(/^[\w-]{22}$/)
  })

  it('takes what OAuth clients send as a form, and ignores what it does not know', async () => {
    const world = createWorld()
    const answer = await form(world, '/auth/api/token', {
      grant_type: 'password',
      username: 'ADA',
      password: PASSWORD,
      resource: 'https://elsewhere.example',
      scope: '',
    })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { refresh_token, scope } = await answer.json<TokenAnswer>()
    expect(scope).toBe('*')
    const next = await form(world, '/auth/api/token', { grant_type: 'refresh_token', refresh_token })
    expect(next.status).toBe(200)
  })

  it('sets no cookie and needs none, not even in the company of good ones', async () => {
    const world = createWorld()
    const jar = await signInAs(world, EMAIL, { remember: true })
    const before = jar.toString()
    const body = JSON.stringify({ identifier: EMAIL, password: PASSWORD })
    for (const cookies of [new Jar(), jar]) {
      const answer = await world.fetch('/auth/api/token', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        cookies,
      })
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []])
      const { refresh_token } = await answer.json<TokenAnswer>()
      expect((await renew(world, refresh_token)).headers.getSetCookie()).toEqual([])
    }
    expect(jar.toString()).toBe(before)
    expect((await world.fetch('/members/', { cookies: jar })).status).toBe(200)
  })

  it('P17: one answer for unknown, wrong and disabled', async () => {
    const world = createWorld()
    const off = await addUser({ email: 'off@example.com' })
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(off).run()
    const answers = await Promise.all(
      [
        { identifier: 'nobody@example.com', password: PASSWORD },
        { identifier: EMAIL, password: 'not the password at all' },
        { identifier: 'off@example.com', password: PASSWORD },
      ].map((body) => postJson(world, '/auth/api/token', body)),
    )
    const told = await Promise.all(
      answers.map(async (answer) => ({
        status: answer.status,
        body: { ...(await answer.json<object>()), request_id: '' },
      })),
    )
    expect(told[0]).toMatchObject({ status: 400, body: { code: 'invalid_grant', error: 'invalid_grant' } })
    expect(told[1]).toEqual(told[0])
    expect(told[2]).toEqual(told[0])
  })

  it('P16: counts guesses together with those at the sign-in page', async () => {
    const world = createWorld()
    const wrong = { identifier: EMAIL, password: 'not the password at all' }
    for (let guess = 0; guess < 3; guess++) await postJson(world, '/auth/api/token', wrong)
    for (let guess = 0; guess < 2; guess++) await postJson(world, '/auth/api/login', wrong)
    const refused = await postJson(world, '/auth/api/token', { identifier: EMAIL, password: PASSWORD })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('takes two round trips to D1, and none to KV', async () => {
    const world = createWorld()
    await tokensOf(world, EMAIL)
    world.resetCounts()
    await tokensOf(world, EMAIL)
    expect(world.d1).toEqual({ statements: 5, trips: 2 })
    expect(world.kv).toEqual({ reads: 0, writes: 0, deletes: 0, lists: 0 })
  })

  it.each([
    ['nothing', {}, 'invalid_request'],
    ['a name alone', { identifier: EMAIL }, 'invalid_request'],
    ['both at once', { identifier: EMAIL, password: PASSWORD, refresh_token: 'egr_x' }, 'invalid_request'],
    ['another grant', { grant_type: 'client_credentials' }, 'invalid_request'],
    [
      'a grant that is not what is given',
      { grant_type: 'refresh_token', identifier: EMAIL, password: PASSWORD },
      'unsupported_grant_type',
    ],
    ['a scope with a quote', { identifier: EMAIL, password: PASSWORD, scope: 'a"b' }, 'invalid_scope'],
    ['a member of its own', { identifier: EMAIL, password: PASSWORD, roles: ['root'] }, 'invalid_request'],
    [
      'a client of many words',
      { identifier: EMAIL, password: PASSWORD, client_id: 'a b' },
      'invalid_request',
    ],
    ['a list', [], 'invalid_request'],
    ['a refresh token of another kind', { refresh_token: 'eg_x' }, 'invalid_grant'],
  ])('refuses %s', async (_, body, code) => {
    const answer = await postJson(createWorld(), '/auth/api/token', body)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.json()).toMatchObject({ code, error: code })
  })

  it('P29: is not for pages of other sites', async () => {
    const answer = await postJson(
      createWorld(),
      '/auth/api/token',
      { identifier: EMAIL, password: PASSWORD },
      { origin: 'https://evil.example' },
    )
    expect(answer.status).toBe(403)
  })

  it('tells the hooks, and adds their claims', async () => {
    const told: unknown[] = []
    const world = createWorld({
      ...BASE_CONFIG,
      hooks: {
        onLogin: ({ identity, method, context }) => {
          told.push([identity.id, method, context.sessionId])
        },
        claims: () => ({ plan: 'gold', scope: 'root', pos: 99 }),
      },
    })
    const { access_token } = await tokensOf(world, EMAIL)
    expect(told).toEqual([[ada, 'pwd', null]])
    expect(decodeJwt(access_token)).toMatchObject({ plan: 'gold', scope: '*' })
    expect(decodeJwt(access_token).pos).not.toBe(99)
  })
})

describe('renewing', () => {
  it('gives the next pair, not fresh, with the time of the sign-in and the roles of now', async () => {
    const world = createWorld()
    const first = await tokensOf(world, EMAIL)
    const signedInAt = world.clock.now / 1000
    world.clock.now += 9 * MINUTE
    await env.DB.prepare(`UPDATE user SET roles = '["staff"]' WHERE id = ?1`).bind(ada).run()
    const next = await (await renew(world, first.refresh_token)).json<TokenAnswer>()
    expect(next.refresh_token).not.toBe(first.refresh_token)
    expect(decodeJwt(next.access_token)).toMatchObject({
      auth_time: signedInAt,
      fresh: false,
      roles: ['staff'],
      sid: decodeJwt(first.access_token).sid,
    })
  })

  it('P25: of fifty at once one exchanges the token, and all are told the same successor', async () => {
    const world = createWorld()
    const { refresh_token } = await tokensOf(world, EMAIL)
    const answers = await Promise.all(Array.from({ length: 50 }, () => renew(world, refresh_token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const successors = await Promise.all(
      answers.map(async (answer) => (await answer.json<TokenAnswer>()).refresh_token),
    )
    expect(new Set(successors).size).toBe(1)
    const [successor = ''] = successors
    expect((await renew(world, successor)).status).toBe(200)
  })

  it('tells a program whose answer was lost the same again', async () => {
    const world = createWorld()
    const { refresh_token } = await tokensOf(world, EMAIL)
    const lost = await (await renew(world, refresh_token)).json<TokenAnswer>()
    world.clock.now += 15_000
    const again = await (await renew(world, refresh_token)).json<TokenAnswer>()
    expect(again.refresh_token).toBe(lost.refresh_token)
  })

  it('a used token that comes back later ends the family, for the thief and for the robbed', async () => {
    const world = createWorld()
    const { refresh_token } = await tokensOf(world, EMAIL)
    const next = await (await renew(world, refresh_token)).json<TokenAnswer>()
    world.clock.now += 21_000
    const before = await families()
    expect(await (await renew(world, refresh_token)).json()).toMatchObject({ code: 'invalid_grant' })
    expect(await families()).toBe((before ?? 0) - 1)
    expect((await renew(world, next.refresh_token)).status).toBe(400)
    expect(await events('token.theft_detected')).toBe(1)
  })

  it('a token from before the last but one is theft at once', async () => {
    const world = createWorld()
    const first = await tokensOf(world, EMAIL)
    const second = await (await renew(world, first.refresh_token)).json<TokenAnswer>()
    const third = await (await renew(world, second.refresh_token)).json<TokenAnswer>()
    expect((await renew(world, first.refresh_token)).status).toBe(400)
    expect((await renew(world, third.refresh_token)).status).toBe(400)
  })

  it('ends at its absolute age, however often it was renewed, and sooner where less is configured meanwhile', async () => {
    const world = createWorld({ ...BASE_CONFIG, tokens: { refresh: '2h' } })
    let { refresh_token } = await tokensOf(world, EMAIL)
    for (let minutes = 0; minutes < 110; minutes += 10) {
      world.clock.now += 10 * MINUTE
      refresh_token = (await (await renew(world, refresh_token)).json<TokenAnswer>()).refresh_token
    }
    const stricter = createWorld({ ...BASE_CONFIG, tokens: { refresh: '1h' } }, {}, { clock: world.clock })
    expect((await renew(stricter, refresh_token)).status).toBe(400)
    world.clock.now += 10 * MINUTE
    expect((await renew(world, refresh_token)).status).toBe(400)
  })

  it('may narrow the scope and never widen it, and asking for too much costs nothing', async () => {
    const world = createWorld()
    const { refresh_token } = await tokensOf(world, EMAIL, { scope: 'a b' })
    const more = await renew(world, refresh_token, { scope: 'a c' })
    expect([more.status, (await more.json<{ code: string }>()).code]).toEqual([400, 'invalid_scope'])
    world.clock.now += MINUTE
    const less = await (await renew(world, refresh_token, { scope: 'a' })).json<TokenAnswer>()
    expect([less.scope, decodeJwt(less.access_token).scope]).toEqual(['a', 'a'])
    expect((await (await renew(world, less.refresh_token)).json<TokenAnswer>()).scope).toBe('a b')
  })

  it('P15: is good on the site that gave it only', async () => {
    const config: Config = {
      sites: [
        { site: { name: 'One', url: SITE }, origin: { service: 'ORIGIN' } },
        { site: { name: 'Two', url: 'https://two.example' }, origin: { service: 'ORIGIN' } },
      ],
    }
    const world = createWorld(config)
    const { refresh_token } = await tokensOf(world, EMAIL)
    const body = JSON.stringify({ refresh_token })
    const elsewhere = await world.fetch('https://two.example/auth/api/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(elsewhere.status).toBe(400)
    expect((await renew(world, refresh_token)).status).toBe(200)
  })

  it.each([
    ['cut', (token: string) => token.slice(0, -1)],
    ['longer', (token: string) => `${token}A`],
    ['of another secret', (token: string) => `${token.slice(0, -43)}${'A'.repeat(43)}`],
    ['without its prefix', (token: string) => token.slice(4)],
    ['of another family', (token: string) => token.replace(/_[\w-]{22}/, `_${'B'.repeat(22)}`)],
  ])('P11: a token that is %s is nothing', async (_, change) => {
    const world = createWorld()
    const { refresh_token } = await tokensOf(world, EMAIL)
    expect((await renew(world, change(refresh_token))).status).toBe(400)
  })

  it('keeps hashes only', async () => {
    const world = createWorld()
    const { refresh_token } = await tokensOf(world, EMAIL)
    await renew(world, refresh_token)
    const rows = JSON.stringify((await env.DB.prepare('SELECT * FROM refresh_family').all()).results)
    expect(rows).not.toContain(refresh_token.split('.')[1])
    expect(JSON.stringify(world.logs)).not.toContain(refresh_token.slice(30))
  })
})

describe('P13: what ends a sign-in of a program', () => {
  const cases: readonly (readonly [string, (world: World) => Promise<unknown>])[] = [
    [
      'signing out everywhere',
      async (world) => {
        const cookies = await signInAs(world, EMAIL)
        await world.fetch('/auth/api/logout', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"everywhere":true}',
          cookies,
        })
      },
    ],
    [
      'a changed password',
      async (world) => {
        const cookies = await signInAs(world, EMAIL)
        const answer = await world.fetch('/auth/api/account/password', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ current: PASSWORD, password: 'another quiet purple window' }),
          cookies,
        })
        expect(answer.status).toBe(200)
        const { createPasswordHasher } = await import('../../src/password/hash.ts')
        const { createWasmArgon2id } = await import('../../src/password/argon2-wasm.ts')
        const hash = await createPasswordHasher({ argon2: createWasmArgon2id(), peppers: [] }).hash(PASSWORD)
        await env.DB.prepare('UPDATE user SET password_hash = ?1 WHERE id = ?2').bind(hash, ada).run()
      },
    ],
    [
      'a disabled account',
      () => env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(ada).run(),
    ],
  ]
  it.each(cases)('%s', async (_, end) => {
    const world = createWorld()
    const { refresh_token } = await tokensOf(world, EMAIL)
    await end(world)
    const refused = await renew(world, refresh_token)
    expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([400, 'invalid_grant'])
    await env.DB.prepare('UPDATE user SET disabled_at = NULL').run()
    expect((await renew(world, refresh_token)).status).toBe(400)
  })

  it('a password changed while the old one was being checked', async () => {
    const feed = env.DB.prepare('INSERT INTO revocation (at, subject_id) VALUES (1, ?1)').bind(ada)
    const world = createWorld(BASE_CONFIG, {
      // The account has been read, the family is not there yet.
      DB: meanwhile(/INSERT INTO refresh_family/, async () => void (await feed.run())),
    })
    const { refresh_token } = await tokensOf(world, EMAIL)
    expect((await renew(world, refresh_token)).status).toBe(400)
  })

  it('a removed account', async () => {
    const world = createWorld()
    const id = await addUser({ email: 'gone@example.com' })
    const { refresh_token } = await tokensOf(world, 'gone@example.com')
    await env.DB.prepare('DELETE FROM user WHERE id = ?1').bind(id).run()
    expect((await renew(world, refresh_token)).status).toBe(400)
  })
})

describe('POST /auth/api/token/revoke', () => {
  it.each(['refresh_token', 'access_token'] as const)('ends the sign-in by its %s', async (which) => {
    const world = createWorld()
    const tokens = await tokensOf(world, EMAIL)
    const answer = await form(world, '/auth/api/token/revoke', { token: tokens[which] })
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []])
    expect((await renew(world, tokens.refresh_token)).status).toBe(400)
  })

  it('ends it by the token before, and says yes to what is no token', async () => {
    const world = createWorld()
    const first = await tokensOf(world, EMAIL)
    const next = await (await renew(world, first.refresh_token)).json<TokenAnswer>()
    const before = await events('token.revoked')
    for (const token of ['nothing', 'egr_', 'a.b.c', 'eg_x', `egr_${'A'.repeat(22)}.${'B'.repeat(43)}`]) {
      expect((await postJson(world, '/auth/api/token/revoke', { token })).status).toBe(200)
    }
    expect((await postJson(world, '/auth/api/token/revoke', { token: first.refresh_token })).status).toBe(200)
    expect(await events('token.revoked')).toBe((before ?? 0) + 1)
    expect((await renew(world, next.refresh_token)).status).toBe(400)
  })

  it('P12: is an error when it could not be written down', async () => {
    const world = createWorld()
    const tokens = await tokensOf(world, EMAIL)
    world.broken.d1 = true
    expect((await form(world, '/auth/api/token/revoke', { token: tokens.refresh_token })).status).toBe(503)
    world.broken.d1 = false
    expect((await renew(world, tokens.refresh_token)).status).toBe(200)
  })

  it('wants a token', async () => {
    const world = createWorld()
    expect((await form(world, '/auth/api/token/revoke', {})).status).toBe(400)
    expect((await postJson(world, '/auth/api/token/revoke', { token: 1 })).status).toBe(400)
  })
})

it('the daily job removes what has expired', async () => {
  const world = createWorld()
  await tokensOf(world, EMAIL)
  world.clock.now += 31 * 86_400_000
  await world.scheduled()
  expect(await families()).toBe(0)
})
