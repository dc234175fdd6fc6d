import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { hashToken, newToken } from '../../src/session/token.ts'
import { createInvitations } from '../../src/user/invitations.ts'
import { addUser, BASE_CONFIG, createWorld, NAVIGATION, signInAs, type World } from '../support/world.ts'
import { AT_THE_EDGE, api, open, post, RATE_LIMITED } from './support.ts'

const said = async (response: Response) => [
  response.status,
  ((await response.json()) as { code: string }).code,
]
const rename = (world: World, cookies: Parameters<typeof api>[3], username: string) =>
  api(world, 'POST', '/auth/api/account', cookies, { username })

async function invite(world: World, email: string): Promise<string> {
  const token = newToken()
  const expiresAt = world.clock.now + 86_400_000
  const invitation = { email, name: null, roles: [], expiresAt }
  await createInvitations(env.DB)
    .invite(await hashToken(token), invitation, world.clock.now)
    .run()
  return token
}
const register = (world: World, invitation: string, username: string) =>
  world.fetch('/auth/api/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invitation, password: 'seven quiet ladders under clouds', username }),
  })

describe('P26: a user name opens nothing to whoever chooses it', () => {
  const listing: Config = {
    ...BASE_CONFIG,
    rules: [{ path: '/vault/**', access: { users: ['Keeper', 'user_someone'] } }],
  }

  it('one that a rule lists is nobody’s to take, in any spelling, not even by invitation', async () => {
    await addUser({ email: 'eve1@example.com' })
    const world = createWorld(listing)
    const cookies = await signInAs(world, 'eve1@example.com')
    for (const name of ['keeper', 'KEEPER', ' Keeper ', 'ｋeeper']) {
      expect(await said(await rename(world, cookies, name))).toEqual([409, 'username_taken'])
      const invitation = await invite(world, `by-${name.length}@example.com`)
      expect(await said(await register(world, invitation, name))).toEqual([409, 'username_taken'])
    }
    expect((await world.fetch('/vault/', { headers: NAVIGATION, cookies })).status).toBe(403)
  })

  it('whom the operator has called so keeps it, and what it opens', async () => {
    await addUser({ email: 'keeper@example.com', username: 'keeper' })
    const world = createWorld(listing)
    const cookies = await signInAs(world, 'keeper')
    const kept = await post(world, '/auth/account', cookies, { name: 'The Keeper', username: 'keeper' })
    expect(kept.headers.get('location')).toBe('/auth/account?done=profile')
    expect((await world.fetch('/vault/', { headers: NAVIGATION, cookies })).status).toBe(200)
  })

  it.each<[Config['identity']]>([
    [{ user: 'username' }],
    [{ headers: ['authentik'] }],
    [{ headers: ['auth-request'] }],
    [{ headers: [{ 'X-Login': 'username' }] }],
  ])('where a site is told user names (%j) only the operator gives them', async (identity) => {
    const email = `told-${JSON.stringify(identity).length}@example.com`
    await addUser({ email, username: `told${JSON.stringify(identity).length}` })
    const world = createWorld({ ...BASE_CONFIG, ...(identity ? { identity } : {}) })
    const cookies = await signInAs(world, email)
    expect(await said(await rename(world, cookies, 'admin'))).toEqual([400, 'invalid_request'])
    expect((await rename(world, cookies, '')).status).toBe(204)
    const page = await (await world.fetch('/auth/account', { headers: NAVIGATION, cookies })).text()
    expect(page).not.toContain('name="username"')
    const invitation = await invite(world, `new-${email}`)
    expect(await said(await register(world, invitation, 'admin'))).toEqual([400, 'invalid_request'])
    expect((await register(world, invitation, '')).status).toBe(201)
  })

  it('who has no address is known by the user name, and cannot change it', async () => {
    await env.DB.prepare(
      `INSERT INTO user (id, username, password_hash, created_at, updated_at)
       SELECT 'user_bare', 'bare', password_hash, 0, 0 FROM user WHERE email = 'eve1@example.com'`,
    ).run()
    const world = createWorld()
    const cookies = await signInAs(world, 'bare')
    expect(await said(await rename(world, cookies, 'root'))).toEqual([400, 'invalid_request'])
    await open(world, cookies)
    expect(world.seen.at(-1)?.headers.get('remote-user')).toBe('bare')
  })
})

describe('a change of names', () => {
  const rowsOf = async (id: string) => ({
    feed: await env.DB.prepare('SELECT count(*) AS n FROM revocation WHERE subject_id = ?1')
      .bind(id)
      .first('n'),
    audit: await env.DB.prepare(
      "SELECT count(*) AS n FROM audit WHERE user_id = ?1 AND event = 'user.profile_changed'",
    )
      .bind(id)
      .first('n'),
  })

  it('tells the others only when something has changed', async () => {
    await addUser({ email: 'owner@example.com', username: 'owned' })
    const id = await addUser({ email: 'calm@example.com', username: 'calm', name: 'Calm' })
    const world = createWorld()
    const cookies = await signInAs(world, 'calm@example.com')
    const before = await rowsOf(id)
    for (const form of [{}, { name: 'Calm' }, { username: 'calm', name: ' Calm ' }, { username: 'owned' }]) {
      world.clock.now++
      const { status } = await api(world, 'POST', '/auth/api/account', cookies, form)
      expect(status).toBe(form.username === 'owned' ? 409 : 204)
    }
    expect(await rowsOf(id)).toEqual(before)
    world.clock.now++
    expect((await api(world, 'POST', '/auth/api/account', cookies, { name: 'Calmer' })).status).toBe(204)
    expect(await rowsOf(id)).toEqual({ feed: Number(before.feed) + 1, audit: 1 })
  })

  it('leaves what is not named as it is, whatever this session last saw of it', async () => {
    const id = await addUser({ email: 'part@example.com', username: 'part', name: 'Part' })
    const world = createWorld()
    const cookies = await signInAs(world, 'part@example.com')
    await env.DB.prepare("UPDATE user SET username = 'changed-elsewhere' WHERE id = ?1").bind(id).run()
    expect((await api(world, 'POST', '/auth/api/account', cookies, { name: 'Whole' })).status).toBe(204)
    const row = await env.DB.prepare('SELECT username, name FROM user WHERE id = ?1').bind(id).first()
    expect(row).toEqual({ username: 'changed-elsewhere', name: 'Whole' })
  })

  it('of many who want one user name at once one gets it', async () => {
    const world = createWorld()
    const browsers = []
    for (let i = 0; i < 6; i++) {
      await addUser({ email: `wish${i}@example.com` })
      browsers.push(await signInAs(world, `wish${i}@example.com`))
    }
    const answers = await Promise.all(browsers.map((cookies) => rename(world, cookies, 'wished')))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409, 409, 409])
  })
})

it.each([
  ['/auth/api/account', { name: 'Fast' }],
  ['/auth/api/account/password', { current: 'whatever', password: 'whatever it may be' }],
  ['/auth/api/reauth', { password: 'whatever' }],
])('%s is limited by volume', async (path, body) => {
  const email = `fast${path.length}@example.com`
  await addUser({ email })
  const cookies = await signInAs(createWorld(), email, AT_THE_EDGE)
  const answer = await createWorld(BASE_CONFIG, RATE_LIMITED).fetch(path, {
    method: 'POST',
    cookies,
    cf: AT_THE_EDGE.cf,
    headers: { ...AT_THE_EDGE.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  } as RequestInit & { cookies: typeof cookies })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
})
