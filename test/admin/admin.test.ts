import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createUsers } from '../../src/user/users.ts'
import { tokensOf } from '../support/tokens.ts'
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

const PAGES = [
  '/auth/admin',
  '/auth/admin/users',
  '/auth/admin/audit',
  '/auth/admin/rules',
  '/auth/admin/audit.csv',
]
const API = [
  '/auth/api/admin/users',
  '/auth/api/admin/statistics',
  '/auth/api/admin/audit',
  '/auth/api/admin/explain?path=/x',
]
const ADMIN = 'root@site.example'
const USER = 'user@site.example'
const users = createUsers(env.DB)
let userId: string
let adminId: string

beforeAll(async () => {
  adminId = await addUser({ email: ADMIN, roles: ['admin'], name: 'Root' })
  userId = await addUser({ email: USER, name: '<b>Eve</b>' })
})

async function asAdmin(world: World): Promise<Jar> {
  return await signInAs(world, ADMIN)
}

const page = (world: World, path: string, cookies: Jar) => world.fetch(path, { cookies, headers: NAVIGATION })

function submit(world: World, path: string, cookies: Jar, fields: Record<string, string>, origin = SITE) {
  return world.fetch(path, {
    method: 'POST',
    cookies,
    headers: { ...NAVIGATION, origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
}

function send(world: World, path: string, cookies: Jar, body: unknown, method = 'POST') {
  return world.fetch(path, {
    method,
    cookies,
    headers: { origin: SITE, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

describe('who may', () => {
  it('P14: strangers are asked to sign in, others are refused', async () => {
    const world = createWorld()
    const jar = await signInAs(world, USER)
    for (const path of [...PAGES, `/auth/admin/users/${userId}`]) {
      const stranger = await page(world, path, new Jar())
      expect([stranger.status, stranger.headers.get('location')]).toEqual([
        303,
        `/auth/login?next=${encodeURIComponent(path)}`,
      ])
      expect((await page(world, path, jar)).status, path).toBe(403)
    }
    for (const path of [...API, `/auth/api/admin/users/${userId}`]) {
      expect((await world.fetch(path)).status, path).toBe(401)
      const response = await world.fetch(path, { cookies: jar })
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        403,
        'forbidden',
      ])
    }
    expect((await submit(world, `/auth/admin/users/${adminId}`, jar, { action: 'disable' })).status).toBe(403)
    expect((await users.findById(adminId))?.disabledAt).toBeNull()
  })

  it('an administrator confirms the password after a while', async () => {
    const world = createWorld()
    const jar = await asAdmin(world)
    expect((await page(world, '/auth/admin', jar)).status).toBe(200)
    world.clock.now += 16 * 60_000
    const stale = await page(world, '/auth/admin', jar)
    expect(stale.headers.get('location')).toBe('/auth/reauth?next=%2Fauth%2Fadmin')
    const api = await world.fetch('/auth/api/admin/users', { cookies: jar })
    expect([api.status, api.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('max_age=900'),
    ])
  })

  it('P12: one who has lost the role, or whose session was ended, is out at once', async () => {
    const world = createWorld()
    const email = 'former@site.example'
    const id = await addUser({ email, roles: ['admin'] })
    const jar = await signInAs(world, email)
    expect((await page(world, '/auth/admin', jar)).status).toBe(200)
    const root = await asAdmin(world)
    await submit(world, `/auth/admin/users/${id}`, root, { action: 'roles', roles: 'staff' })
    expect((await page(world, '/auth/admin', jar)).status).toBe(403)
    await submit(world, `/auth/admin/users/${id}`, root, { action: 'end_sessions' })
    expect((await page(world, '/auth/admin', jar)).status).toBe(303)
  })

  it('P10: a token needs the scope, written out, and the role', async () => {
    const world = createWorld()
    const read = (token: string) =>
      world.fetch('/auth/api/admin/users', { headers: { authorization: `Bearer ${token}` } })
    const scoped = await tokensOf(world, ADMIN, { scope: 'admin:read' })
    expect((await read(scoped.access_token)).status).toBe(200)
    for (const token of [
      (await tokensOf(world, ADMIN)).access_token,
      (await tokensOf(world, ADMIN, { scope: 'admin:write' })).access_token,
      (await tokensOf(world, USER, { scope: 'admin:read' })).access_token,
    ])
      expect((await read(token)).status).toBe(403)
    expect((await read('nonsense')).status).toBe(401)
    // A bad token is the end, whoever the browser is.
    const jar = await asAdmin(world)
    const both = await world.fetch('/auth/api/admin/users', {
      cookies: jar,
      headers: { authorization: 'Bearer x' },
    })
    expect(both.status).toBe(401)
    const write = await world.fetch(`/auth/api/admin/users/${userId}/actions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scoped.access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'disable' }),
    })
    expect(write.status).toBe(403)
    expect((await users.findById(userId))?.disabledAt).toBeNull()
  })

  it('P29: nothing is done for another site', async () => {
    const world = createWorld()
    const jar = await asAdmin(world)
    const response = await submit(
      world,
      `/auth/admin/users/${userId}`,
      jar,
      { action: 'remove', confirm: USER },
      'https://evil.example',
    )
    expect(response.status).toBe(403)
    expect(await users.findById(userId)).not.toBeNull()
  })
})

describe('accounts', () => {
  it('are disabled with a reason, enabled, given roles and removed, each with a row in the log', async () => {
    const world = createWorld()
    const email = 'victim@site.example'
    const id = await addUser({ email })
    const theirs = await signInAs(world, email, { remember: true })
    const jar = await asAdmin(world)
    const path = `/auth/admin/users/${id}`

    const disabled = await submit(world, path, jar, { action: 'disable', reason: ' left us ' })
    expect(disabled.headers.get('location')).toBe(`${path}?done=disabled`)
    expect(await users.findById(id)).toMatchObject({ disabledReason: 'left us' })
    expect((await page(world, '/secret', theirs)).status).toBe(302)
    await expect(signInAs(world, email)).rejects.toThrow('401')

    await submit(world, path, jar, { action: 'enable' })
    await signInAs(world, email)
    await submit(world, path, jar, { action: 'roles', roles: 'staff, ops staff' })
    expect((await users.findById(id))?.roles).toEqual(['staff', 'ops'])
    const shown = await (await page(world, `${path}?done=roles`, jar)).text()
    for (const event of ['user.disabled', 'user.enabled', 'user.roles_changed'])
      expect(shown).toContain(event)

    expect(
      (await submit(world, path, jar, { action: 'remove', confirm: 'somebody@else.example' })).status,
    ).toBe(400)
    expect(await users.findById(id)).not.toBeNull()
    await submit(world, path, jar, { action: 'remove', confirm: email })
    expect(await users.findById(id)).toBeNull()
    expect((await page(world, path, jar)).status).toBe(404)
    const rows = await env.DB.prepare('SELECT event, detail FROM audit WHERE user_id = ?1 AND event LIKE ?2')
      .bind(id, 'user.%')
      .all<{ event: string; detail: string }>()
    expect(rows.results.map(({ event }) => event)).toEqual([
      'user.disabled',
      'user.enabled',
      'user.roles_changed',
      'user.removed',
    ])
    for (const { detail } of rows.results)
      expect(JSON.parse(detail)).toMatchObject({ by: 'admin', admin: adminId })
  })

  it('the same by API, where what is unknown or too much is refused', async () => {
    const world = createWorld()
    const email = 'api-victim@site.example'
    const id = await addUser({ email })
    const jar = await asAdmin(world)
    const act = (body: unknown) => send(world, `/auth/api/admin/users/${id}/actions`, jar, body)
    expect((await act({ action: 'disable' })).status).toBe(204)
    expect((await act({ action: 'enable' })).status).toBe(204)
    expect((await act({ action: 'roles', roles: ['a'] })).status).toBe(204)
    for (const body of [
      {},
      { action: 'password', password: 'x' },
      { action: 'roles', roles: ['a,b'] },
      { action: 'roles', roles: 'a' },
      { action: 'enable', emailVerified: true },
    ])
      expect((await act(body)).status).toBe(400)
    expect(
      (await send(world, '/auth/api/admin/users/user_nobody/actions', jar, { action: 'enable' })).status,
    ).toBe(404)
    const shown = await (await world.fetch(`/auth/api/admin/users/${id}`, { cookies: jar })).text()
    expect(JSON.parse(shown)).toMatchObject({
      user: { email, roles: ['a'], hasPassword: true },
      sessions: [],
    })
    expect(shown).not.toContain('argon2')
    expect((await send(world, `/auth/api/admin/users/${id}`, jar, undefined, 'DELETE')).status).toBe(204)
    expect(await users.findById(id)).toBeNull()
  })

  it('nobody changes their own, so that somebody is left who can', async () => {
    const world = createWorld()
    const jar = await asAdmin(world)
    for (const fields of [
      { action: 'disable' },
      { action: 'roles', roles: '' },
      { action: 'remove', confirm: ADMIN },
    ])
      expect((await submit(world, `/auth/admin/users/${adminId}`, jar, fields)).status).toBe(403)
    const api = await send(world, `/auth/api/admin/users/${adminId}/actions`, jar, { action: 'disable' })
    expect(await api.json()).toMatchObject({ code: 'own_account' })
    expect(await users.findById(adminId)).toMatchObject({ roles: ['admin'], disabledAt: null })
  })

  it('are made by invitation, and the administrator never learns a password', async () => {
    const world = createWorld()
    const jar = await asAdmin(world)
    const invited = await submit(world, '/auth/admin/users', jar, {
      email: 'New@Site.example',
      roles: 'staff',
    })
    const link = /https:\/\/app\.example(\/auth\/register\?invitation=[\w-]+)/.exec(await invited.text())?.[1]
    expect((await page(world, link ?? '/none', new Jar())).status).toBe(200)
    expect((await submit(world, '/auth/admin/users', jar, { email: USER })).status).toBe(409)
    expect((await submit(world, '/auth/admin/users', jar, { email: 'nonsense' })).status).toBe(400)
    expect(
      (await send(world, '/auth/api/admin/users', jar, { email: 'b@site.example', roles: ['a b'] })).status,
    ).toBe(400)
    expect((await send(world, '/auth/api/admin/users', jar, { email: 'b@site.example' })).status).toBe(201)
    const closed = createWorld({ ...BASE_CONFIG, registration: { mode: 'closed' } })
    const response = await send(closed, '/auth/api/admin/users', await asAdmin(closed), {
      email: 'c@site.example',
    })
    expect(response.status).toBe(403)
  })
})

describe('pages', () => {
  it('P20: show names as text', async () => {
    const world = createWorld()
    const jar = await asAdmin(world)
    for (const path of ['/auth/admin/users', `/auth/admin/users/${userId}`]) {
      const html = await (await page(world, path, jar)).text()
      expect(html).toContain('&lt;b&gt;Eve')
      expect(html).not.toContain('<b>Eve')
    }
  })

  it('P28: are kept by nobody, and allow two styles and no script', async () => {
    const world = createWorld()
    const response = await page(world, '/auth/admin', await asAdmin(world))
    expect(response.headers.get('cache-control')).toContain('no-store')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/style-src 'sha256-[^']+' 'sha256-[^']+';/)
    expect(policy).not.toContain('script-src')
  })

  it('P2: any query is a query', async () => {
    const world = createWorld()
    const jar = await asAdmin(world)
    for (const query of [
      '?q=%00&by=name',
      '?q=%F0%9F%98%80&by=email&after=x&id=y',
      '?by=newest&after=abc&id=1',
      '?before=99999999999999999999&id=-1',
      '?event=nonsense&from=2026-99-99&to=x',
      `?user=${'x'.repeat(5000)}`,
      '?method=%0d%0a&path=/x',
      '?path=//a%2f..%5c&as=nobody',
      `?path=/${'a'.repeat(9000)}`,
    ])
      for (const path of [...PAGES, ...API.map((api) => api.split('?')[0] ?? '')])
        expect((await page(world, path + query, jar)).status, path + query).toBeLessThan(500)
  })
})

describe('the rules page', () => {
  it('says what the gate would do, for anybody and for somebody', async () => {
    const world = createWorld()
    const jar = await asAdmin(world)
    const ask = async (query: string) => {
      const response = await world.fetch(`/auth/api/admin/explain?${query}`, { cookies: jar })
      return { status: response.status, body: (await response.json()) as { outcome?: object } }
    }
    expect((await ask('path=/admin/x')).body.outcome).toMatchObject({
      kind: 'refused',
      reason: 'not_authenticated',
    })
    expect((await ask(`path=/admin/x&as=${USER}`)).body.outcome).toMatchObject({
      kind: 'refused',
      reason: 'forbidden',
    })
    expect((await ask(`path=/admin/x&as=${adminId}`)).body.outcome).toEqual({
      kind: 'forwarded',
      identity: true,
    })
    for (const query of ['path=x', 'path=/auth/login', 'path=/x&as=nobody@site.example'])
      expect((await ask(query)).status).toBe(400)
    const html = await (await page(world, '/auth/admin/rules?path=/admin/x', jar)).text()
    expect(html).toContain('class="decides"')
  })
})
