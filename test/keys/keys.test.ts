import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { crc32 } from '../../src/token/checksum.ts'
import { isKeyText, newKeyText } from '../../src/token/key-text.ts'
import { bearer, postJson, tokensOf } from '../support/tokens.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  type Jar,
  NAVIGATION,
  SITE,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const EMAIL = 'ada@example.com'
const SECOND = 1000
const HOUR = 3600 * SECOND
let ada: string

beforeAll(async () => {
  ada = await addUser({ email: EMAIL, name: 'Ada', roles: ['admin'] })
  await addUser({ email: 'bob@example.com' })
})
beforeEach(async () => {
  await env.DB.batch([
    env.DB.prepare(`UPDATE user SET roles = '["admin"]', disabled_at = NULL WHERE email = ?1`).bind(EMAIL),
    env.DB.prepare('DELETE FROM api_key'),
    env.DB.prepare('DELETE FROM throttle'),
  ])
})

interface MadeKey {
  readonly id: string
  readonly key: string
  readonly hint: string
  readonly expiresAt: string | null
}

const call = (world: World, method: string, path: string, cookies: Jar, body?: object) =>
  world.fetch(path, {
    method,
    cookies,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })

async function makeKey(world: World, form: object = {}, email = EMAIL): Promise<MadeKey & { cookies: Jar }> {
  const cookies = await signInAs(world, email)
  const answer = await call(world, 'POST', '/auth/api/keys', cookies, { name: 'nightly', ...form })
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
  return { ...(await answer.json<MadeKey>()), cookies }
}

const get = (world: World, key: string, path = '/members/', init: RequestInit = {}) =>
  world.fetch(path, { ...init, headers: { ...bearer(key), ...(init.headers as Record<string, string>) } })

describe('the text of a key', () => {
  it('has the published form, with a checksum that anybody can verify', () => {
    for (let count = 0; count < 200; count++) {
      const key = newKeyText()
      expect(key).toMatch(/^eg_[0-9A-Za-z]{49}$/)
      expect(isKeyText(key)).toBe(true)
    }
    // The check value of CRC-32/ISO-HDLC.
    expect(crc32('123456789')).toBe(0xcbf43926)
  })

  it('no other text passes for one: not with a character changed, cut or added', () => {
    const key = newKeyText()
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 51 }), fc.constantFrom(...'09AZaz'), (at, char) => {
        const changed = key.slice(0, at) + char + key.slice(at + 1)
        expect(isKeyText(changed)).toBe(changed === key)
      }),
    )
    for (const other of [
      key.slice(0, -1),
      `${key}0`,
      key.toUpperCase(),
      ` ${key}`,
      key.replace('eg_', 'egr_'),
      '',
    ])
      expect(isKeyText(other)).toBe(false)
  })
})

describe('POST /auth/api/keys', () => {
  it('makes a key that is shown once and stored as a hash', async () => {
    const world = createWorld()
    const made = await makeKey(world, { scopes: ['reports:read'] })
    expect(isKeyText(made.key)).toBe(true)
    expect(made.hint).toBe(made.key.slice(0, 7))
    expect(made.expiresAt).toBe(new Date(world.clock.now + 90 * 24 * HOUR).toISOString())
    const listed = await (await call(world, 'GET', '/auth/api/keys', made.cookies)).text()
    expect(JSON.parse(listed).keys).toMatchObject([
      { id: made.id, name: 'nightly', scopes: ['reports:read'], paths: null, methods: null, usedAt: null },
    ])
    const kept = JSON.stringify((await env.DB.prepare('SELECT * FROM api_key').all()).results)
    const told = JSON.stringify(world.logs)
    const exported = await (await call(world, 'GET', '/auth/api/account/data', made.cookies)).text()
    for (const text of [listed, kept, told, exported]) expect(text).not.toContain(made.key.slice(7))
    expect(exported).not.toContain('keyHash')
  })

  it('asks for a fresh sign-in, and lets no token make one', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, EMAIL)
    world.clock.now += 16 * 60 * SECOND
    const stale = await call(world, 'POST', '/auth/api/keys', cookies, { name: 'x' })
    expect(stale.status).toBe(401)
    expect(stale.headers.get('www-authenticate')).toContain('insufficient_user_authentication')
    const { access_token } = await tokensOf(world, EMAIL)
    const byToken = await postJson(world, '/auth/api/keys', { name: 'x' }, bearer(access_token))
    expect(byToken.status).toBe(401)
    const { key } = await makeKey(world, { scopes: ['*'] })
    expect((await postJson(world, '/auth/api/keys', { name: 'x' }, bearer(key))).status).toBe(401)
    expect((await postJson(world, '/auth/api/keys', { name: 'x' })).status).toBe(401)
  })

  it.each([
    ['no name', {}],
    ['an empty name', { name: ' ' }],
    ['a name of two lines', { name: 'a\nb' }],
    ['a scope with a space', { name: 'x', scopes: ['a b'] }],
    ['a path that is none', { name: 'x', paths: ['admin'] }],
    ['no path at all', { name: 'x', paths: [] }],
    ['a small method', { name: 'x', methods: ['get'] }],
    ['a time that is none', { name: 'x', expires: 'soon' }],
    ['an owner', { name: 'x', userId: 'user_other' }],
    ['roles', { name: 'x', roles: ['root'] }],
  ])('P26: refuses %s', async (_, body) => {
    const world = createWorld()
    const answer = await call(world, 'POST', '/auth/api/keys', await signInAs(world, EMAIL), body)
    expect([answer.status, (await answer.json<{ code: string }>()).code]).toEqual([400, 'invalid_request'])
  })

  it('stops at a hundred', async () => {
    const world = createWorld()
    const { cookies } = await makeKey(world)
    const rows = Array.from({ length: 99 }, (_, index) =>
      env.DB.prepare(
        "INSERT INTO api_key (id, key_hash, user_id, site, name, hint, created_at) VALUES (?1, ?1, ?2, 's', 'n', 'h', 0)",
      ).bind(`k${index}`, ada),
    )
    await env.DB.batch(rows)
    const more = await call(world, 'POST', '/auth/api/keys', cookies, { name: 'x' })
    expect([more.status, (await more.json<{ code: string }>()).code]).toEqual([409, 'too_many_keys'])
  })

  it('tells the owner by mail', async () => {
    const world = createWorld(WITH_MAIL)
    await makeKey(world)
    expect(world.mails.map(({ subject }) => subject)).toContain('New API key for Example')
  })
})

describe('a request that carries a key', () => {
  it('is forwarded as its owner, never fresh, without the key or a cookie', async () => {
    const world = createWorld()
    const { key } = await makeKey(world)
    const answer = await get(world, key)
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []])
    const [seen] = world.seen
    expect(seen?.headers.get('authorization')).toBe(null)
    const told = decodeJwt(seen?.headers.get('x-auth-assertion') ?? '')
    expect(told).toMatchObject({ sub: ada, amr: [], fresh: false, roles: ['admin'] })
    expect(told).not.toHaveProperty('auth_time')
    expect((await get(world, key, '/fresh/')).status).toBe(401)
  })

  it('asks no storage once it is known, and one round trip before', async () => {
    const world = createWorld()
    const { key } = await makeKey(world)
    await get(world, key)
    world.resetCounts()
    for (let request = 0; request < 5; request++) expect((await get(world, key)).status).toBe(200)
    expect([world.kv.reads, world.d1.trips]).toEqual([0, 0])
    expect(new Set(world.seen.map(({ headers }) => headers.get('x-auth-assertion'))).size).toBe(1)
  })

  it('notes the hour of its use, and writes once an hour', async () => {
    const world = createWorld()
    const { key, cookies } = await makeKey(world)
    const usedAt = async () =>
      (await (await call(world, 'GET', '/auth/api/keys', cookies)).json<{ keys: { usedAt: string }[] }>())
        .keys[0]?.usedAt
    world.clock.now += 10 * 60 * SECOND
    await get(world, key)
    expect(await usedAt()).toBe('2026-11-23T12:00:00.000Z')
    world.clock.now += 2 * 60 * SECOND
    world.resetCounts()
    await get(world, key)
    // It was read again after a minute, the feed as well, and nothing was written.
    expect(world.d1.statements).toBeLessThanOrEqual(3)
    world.clock.now += HOUR
    await get(world, key)
    expect(await usedAt()).toBe('2026-11-23T13:00:00.000Z')
  })

  it('may do only what it was made for, whatever the spelling', async () => {
    const world = createWorld()
    const { key } = await makeKey(world, { paths: ['/api/**'], methods: ['GET'] })
    const status = async (path: string, method = 'GET') => (await get(world, key, path, { method })).status
    expect([await status('/api/x'), await status('/api'), await status('/api/x', 'HEAD')]).toEqual([
      200, 200, 200,
    ])
    for (const path of [
      '/members/',
      '/API/x',
      '/api2',
      '/apix/',
      '/api;/x/../../members',
      '/api/%2e%2e/members',
      '/',
    ])
      expect([path, [400, 403].includes(await status(path))]).toEqual([path, true])
    for (const path of [
      '/api/..%2fmembers',
      '/api/..%5cmembers',
      '/api/x;/../../members',
      '/api/%252e%252e/members',
    ])
      expect([path, [400, 403].includes(await status(path))]).toEqual([path, true])
    expect(await status('/api/x', 'POST')).toBe(403)
    const refused = await get(world, key, '/members/')
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="app.example", error="insufficient_scope"',
    )
    expect(world.seen.map(({ url }) => new URL(url).pathname)).toEqual(['/api/x', '/api', '/api/x'])
  })

  it('on an optional path beyond its limits is nobody', async () => {
    const world = createWorld()
    const { key } = await makeKey(world, { paths: ['/api/**'] })
    expect((await get(world, key, '/optional/')).status).toBe(200)
    expect(world.seen[0]?.headers.get('remote-sub')).toBe(null)
    expect(world.seen[0]?.headers.get('authorization')).toBe(null)
  })

  it('needs the scopes that a rule asks for', async () => {
    const config = {
      ...BASE_CONFIG,
      rules: [{ path: '/reports/**', access: 'user', scopes: ['reports:read'] }],
    } satisfies Config
    const world = createWorld(config)
    const plain = await makeKey(world)
    const able = await makeKey(world, { scopes: ['reports:read'] })
    expect((await get(world, plain.key, '/reports/')).status).toBe(403)
    expect((await get(world, able.key, '/reports/')).status).toBe(200)
  })

  it('ends when it was said to, exactly', async () => {
    const world = createWorld()
    const { key } = await makeKey(world, { expires: '1h' })
    world.clock.now += HOUR - 1
    expect((await get(world, key)).status).toBe(200)
    world.clock.now += 1
    expect((await get(world, key)).status).toBe(401)
    expect((await get(createWorld(BASE_CONFIG, {}, { clock: world.clock }), key)).status).toBe(401)
  })

  it('outlives a sign-out everywhere and a session of its owner', async () => {
    const world = createWorld()
    const { key, cookies } = await makeKey(world)
    await get(world, key)
    await call(world, 'POST', '/auth/api/logout', cookies, { everywhere: true })
    expect((await get(world, key)).status).toBe(200)
    world.resetCounts()
    expect((await get(world, key)).status).toBe(200)
    expect(world.d1.trips).toBe(0)
  })
})

describe('P13: what ends or changes a key', () => {
  type Ending = (world: World, made: MadeKey & { cookies: Jar }) => Promise<unknown>
  const feed = (kind: string) =>
    env.DB.prepare('INSERT INTO revocation (at, subject_id, kind) VALUES (1, ?1, ?2)').bind(ada, kind)
  const endings: readonly (readonly [string, Ending])[] = [
    ['revoking it', (world, { id, cookies }) => call(world, 'DELETE', `/auth/api/keys/${id}`, cookies)],
    ['handing it in', (world, { key }) => postJson(world, '/auth/api/token/revoke', { token: key })],
    [
      'a disabled account',
      () =>
        env.DB.batch([
          env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(ada),
          feed('end'),
        ]),
    ],
  ]
  it.each(endings)('%s: elsewhere within ten seconds', async (_, end) => {
    const clock = { now: Date.UTC(2026, 10, 24, 9) }
    const [here, there] = [createWorld(BASE_CONFIG, {}, { clock }), createWorld(BASE_CONFIG, {}, { clock })]
    const made = await makeKey(here)
    for (const world of [here, there]) expect((await get(world, made.key)).status).toBe(200)
    await end(here, made)
    clock.now += 10 * SECOND
    for (const world of [here, there, createWorld(BASE_CONFIG, {}, { clock })])
      expect((await get(world, made.key)).status).toBe(401)
  })

  it('revoked here is over here at once', async () => {
    const world = createWorld()
    const made = await makeKey(world)
    await get(world, made.key)
    expect((await call(world, 'DELETE', `/auth/api/keys/${made.id}`, made.cookies)).status).toBe(204)
    expect((await get(world, made.key)).status).toBe(401)
    expect((await call(world, 'DELETE', `/auth/api/keys/${made.id}`, made.cookies)).status).toBe(404)
  })

  it('changed roles arrive within ten seconds', async () => {
    const world = createWorld()
    const { key } = await makeKey(world)
    expect((await get(world, key, '/admin/')).status).toBe(200)
    await env.DB.batch([
      env.DB.prepare(`UPDATE user SET roles = '[]' WHERE id = ?1`).bind(ada),
      feed('reload'),
    ])
    world.clock.now += 10 * SECOND
    expect((await get(world, key, '/admin/')).status).toBe(403)
  })

  it('P12: a revocation that could not be written down is an error', async () => {
    const world = createWorld()
    const made = await makeKey(world)
    await get(world, made.key)
    world.broken.d1 = true
    expect((await call(world, 'DELETE', `/auth/api/keys/${made.id}`, made.cookies)).status).toBe(503)
    world.broken.d1 = false
    expect((await get(world, made.key)).status).toBe(200)
  })

  it('P26: nobody ends the key of somebody else', async () => {
    const world = createWorld()
    const made = await makeKey(world)
    const bob = await signInAs(world, 'bob@example.com')
    expect((await call(world, 'DELETE', `/auth/api/keys/${made.id}`, bob)).status).toBe(404)
    expect((await get(world, made.key)).status).toBe(200)
  })
})

describe('P14, P23: floods and faults', () => {
  it('what has the wrong checksum costs no storage, what is unknown one read, and the same again none', async () => {
    const world = createWorld()
    const known = await makeKey(world)
    await get(world, known.key)
    world.resetCounts()
    const forged = `${known.key.slice(0, -1)}${known.key.endsWith('0') ? '1' : '0'}`
    for (const text of ['eg_', 'eg_0', `eg_${'0'.repeat(49)}`, forged])
      expect((await get(world, text)).status).toBe(401)
    expect(world.d1.trips).toBe(0)
    const unknown = newKeyText()
    for (let request = 0; request < 4; request++) expect((await get(world, unknown)).status).toBe(401)
    expect(world.d1.trips).toBe(1)
    world.clock.now += 11 * SECOND
    await get(world, unknown)
    expect(world.d1.trips).toBeLessThanOrEqual(3)
  })

  it('known keys go on for the grace while D1 is away, then 503; unknown ones are told 503', async () => {
    const world = createWorld()
    const [known, unknown] = [await makeKey(world), await makeKey(world)]
    await get(world, known.key)
    world.broken.d1 = true
    world.clock.now += 70 * SECOND
    expect((await get(world, known.key)).status).toBe(200)
    expect((await get(world, unknown.key)).status).toBe(503)
    world.clock.now += 400 * SECOND
    expect((await get(world, known.key)).status).toBe(503)
  })
})

it('P15: a key is good on the site it was made on only, and does not spoil itself elsewhere', async () => {
  const config: Config = {
    sites: [
      { site: { name: 'One', url: SITE, hosts: ['www.app.example'] }, origin: { service: 'ORIGIN' } },
      { site: { name: 'Two', url: 'https://two.example' }, origin: { service: 'ORIGIN' } },
    ],
  }
  const world = createWorld(config)
  const { key } = await makeKey(world)
  expect((await get(world, key, 'https://two.example/')).status).toBe(401)
  expect((await get(world, key, '/')).status).toBe(200)
  expect((await get(world, key, 'https://www.app.example/')).status).toBe(200)
  expect((await get(world, key, 'https://two.example/')).status).toBe(401)
  const issuers = world.seen.map(({ headers }) => decodeJwt(headers.get('x-auth-assertion') ?? '').iss)
  expect(issuers).toEqual([SITE, 'https://www.app.example'])
})

describe('signed-in programs', () => {
  it('are listed to their user and to nobody else, and ended one by one', async () => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, EMAIL, { client_id: 'phone' })
    const [cookies, bob] = [await signInAs(world, EMAIL), await signInAs(world, 'bob@example.com')]
    type Programs = { programs: { id: string; clientId: string }[] }
    const list = async (jar: Jar) =>
      (await (await call(world, 'GET', '/auth/api/programs', jar)).json<Programs>()).programs
    const program = (await list(cookies)).find(({ clientId }) => clientId === 'phone')
    expect(await list(bob)).toEqual([])
    expect((await call(world, 'DELETE', `/auth/api/programs/${program?.id}`, bob)).status).toBe(404)
    expect((await get(world, access_token)).status).toBe(200)
    expect((await call(world, 'DELETE', `/auth/api/programs/${program?.id}`, cookies)).status).toBe(204)
    expect((await get(world, access_token)).status).toBe(401)
    expect((await list(cookies)).map(({ clientId }) => clientId)).not.toContain('phone')
  })
})

describe('the page', () => {
  const form = (world: World, path: string, cookies: Jar, fields: Record<string, string>) =>
    world.fetch(path, {
      method: 'POST',
      headers: { ...NAVIGATION, origin: SITE, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
      cookies,
    })
  const KEY = /eg_[0-9A-Za-z]{49}/

  it('makes a key, shows it once, and revokes it', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, EMAIL)
    const made = await form(world, '/auth/account/keys/new', cookies, {
      name: 'Backup <b>',
      paths: '/api/** /backup',
      scopes: 'a b',
      access: 'read',
      expires: '365d',
    })
    const html = await made.text()
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store'])
    const key = KEY.exec(html)?.[0] ?? ''
    expect(html).not.toContain('<b>')
    expect((await get(world, key, '/backup')).status).toBe(200)
    const later = await (await world.fetch('/auth/account/keys', { headers: NAVIGATION, cookies })).text()
    expect(later).not.toMatch(KEY)
    expect(later).toContain('Backup &lt;b&gt;')
    const id = /name="id" value="(key_[\w-]+)"/.exec(later)?.[1] ?? ''
    const revoked = await form(world, '/auth/account/keys', cookies, { action: 'revoke', id })
    expect([revoked.status, revoked.headers.get('location')]).toEqual([
      303,
      '/auth/account/keys?done=revoked',
    ])
    expect((await get(world, key, '/backup')).status).toBe(401)
  })

  it('keeps what was typed when a field is wrong', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, EMAIL)
    const answer = await form(world, '/auth/account/keys/new', cookies, { name: 'Backup', paths: 'admin' })
    const html = await answer.text()
    expect(answer.status).toBe(400)
    expect(html).toContain('value="Backup"')
    expect(html).toContain('Write paths such as')
  })

  it('sends who is not fresh to confirm, and strangers to sign in', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, EMAIL)
    world.clock.now += 16 * 60 * SECOND
    const page = await (await world.fetch('/auth/account/keys', { headers: NAVIGATION, cookies })).text()
    expect(page).toContain('/auth/reauth?next=%2Fauth%2Faccount%2Fkeys')
    expect(page).not.toContain('/auth/account/keys/new')
    const stale = await form(world, '/auth/account/keys/new', cookies, { name: 'x' })
    expect(stale.headers.get('location')).toContain('/auth/reauth?')
    const stranger = await world.fetch('/auth/account/keys', { headers: NAVIGATION })
    expect(stranger.headers.get('location')).toContain('/auth/login?')
  })
})
