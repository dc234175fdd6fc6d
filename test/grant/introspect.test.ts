import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApiKeys } from '../../src/token/api-keys.ts'
import { draftKey } from '../../src/token/key-form.ts'
import { createUsers } from '../../src/user/users.ts'
import { bearer, postJson, renew, tokensOf } from '../support/tokens.ts'
import { addUser, BASE_CONFIG, createWorld, type World } from '../support/world.ts'

const EMAIL = 'ada@example.com'
let ada: string
let service: string

beforeAll(async () => {
  ada = await addUser({ email: EMAIL, username: 'ada', roles: ['admin'] })
  service = 'service_probe'
  await env.DB.prepare(
    "INSERT INTO user (id, kind, username, roles, created_at, updated_at) VALUES (?1, 'service', 'probe', '[\"ops\"]', 0, 0)",
  )
    .bind(service)
    .run()
})

/** A key as `edgegate key add` makes it. */
async function keyOf(world: World, owner: string, scopes: readonly string[], paths: string[] | null = null) {
  const form = { name: 'x', scopes: [...scopes], paths, methods: null, expires: null }
  const { text, key } = await draftKey(form, { id: owner }, 'app.example', world.clock.now)
  await createApiKeys(env.DB, createUsers(env.DB)).insert(key).run()
  return text
}

const ask = (world: World, token: string, headers: Record<string, string>) =>
  world.fetch('/auth/api/token/introspect', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ token }).toString(),
  })

it('a service account comes in by its key and its roles, and by no password', async () => {
  const world = createWorld()
  const key = await keyOf(world, service, [])
  expect((await world.fetch('/members/', { headers: bearer(key) })).status).toBe(200)
  expect(world.seen[0]?.headers.get('remote-sub')).toBe(service)
  const login = await postJson(world, '/auth/api/login', { identifier: 'probe', password: 'anything at all' })
  expect(login.status).toBe(401)
  const grant = await postJson(world, '/auth/api/token', { identifier: 'probe', password: 'anything at all' })
  expect(grant.status).toBe(400)
})

describe('POST /auth/api/token/introspect', () => {
  it('tells a service with the scope what a token is, as bearer and by Basic', async () => {
    const world = createWorld()
    const key = await keyOf(world, service, ['introspect'])
    const tokens = await tokensOf(world, EMAIL, { scope: 'a b', client_id: 'phone' })
    for (const headers of [bearer(key), { authorization: `Basic ${btoa(`probe:${key}`)}` }]) {
      const answer = await ask(world, tokens.access_token, headers)
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []])
      expect(await answer.json()).toMatchObject({
        active: true,
        sub: ada,
        username: 'ada',
        scope: 'a b',
        roles: ['admin'],
      })
    }
    const refresh = await (await ask(world, tokens.refresh_token, bearer(key))).json()
    expect(refresh).toMatchObject({ active: true, token_type: 'refresh_token', client_id: 'phone', sub: ada })
    const own = await (await ask(world, await keyOf(world, ada, ['x']), bearer(key))).json()
    expect(own).toMatchObject({ active: true, sub: ada, scope: 'x' })
  })

  it('says of everything else that it is not active, and nothing more', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { revocation: '1h' } })
    const elsewhere = createWorld(
      { ...BASE_CONFIG, session: { revocation: '1h' } },
      {},
      { clock: world.clock },
    )
    const key = await keyOf(world, service, ['*'])
    const ended = await tokensOf(world, EMAIL)
    const used = await tokensOf(world, EMAIL)
    await renew(world, used.refresh_token)
    // Known to this isolate, and ended by another one a moment ago: the database is asked.
    await world.fetch('/members/', { headers: bearer(ended.access_token) })
    await postJson(elsewhere, '/auth/api/token/revoke', { token: ended.refresh_token })
    const bad = [
      ended.access_token,
      ended.refresh_token,
      used.refresh_token,
      'x',
      'a.b.c',
      `eg_${'0'.repeat(49)}`,
      'two words',
    ]
    for (const token of bad) {
      const answer = await ask(world, token, bearer(key))
      expect([answer.status, await answer.json()]).toEqual([200, { active: false }])
    }
  })

  it('is for nobody else: not for users, other scopes, other paths, access tokens or nobody', async () => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, EMAIL)
    const cases = [
      [{}, 401],
      [bearer('eg_x'), 401],
      [{ authorization: 'Basic %' }, 401],
      [{ authorization: `Basic ${btoa(`ada:tall purple window sings quietly`)}` }, 401],
      [bearer(access_token), 401],
      [bearer(await keyOf(world, ada, ['*'])), 403],
      [bearer(await keyOf(world, service, ['other'])), 403],
      [bearer(await keyOf(world, service, ['introspect'], ['/api/**'])), 403],
    ] as const
    for (const [headers, status] of cases)
      expect((await ask(world, access_token, headers)).status).toBe(status)
  })
})

it('`tokens.password: false` leaves programs their keys and refresh tokens only', async () => {
  const open = createWorld()
  const { refresh_token } = await tokensOf(open, EMAIL)
  const world = createWorld({ ...BASE_CONFIG, tokens: { password: false } }, {}, { clock: open.clock })
  const refused = await postJson(world, '/auth/api/token', { identifier: EMAIL, password: 'x' })
  expect(await refused.json()).toMatchObject({ status: 400, code: 'unsupported_grant_type' })
  expect((await renew(world, refresh_token)).status).toBe(200)
})
