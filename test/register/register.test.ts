import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { hashToken, newToken } from '../../src/session/token.ts'
import { createInvitations } from '../../src/user/invitations.ts'
import { addUser, BASE_CONFIG, createWorld, Jar, NAVIGATION, SITE, type World } from '../support/world.ts'

const PASSWORD = 'seven quiet ladders under clouds'
const DAY = 86_400_000

async function invite(
  world: World,
  email: string,
  said: { roles?: string[]; name?: string; days?: number } = {},
) {
  const token = newToken()
  const { roles = [], name = null, days = 7 } = said
  const now = world.clock.now
  await createInvitations(env.DB)
    .invite(await hashToken(token), { email, name, roles, expiresAt: now + days * DAY }, now)
    .run()
  return token
}
const register = (world: World, body: object) =>
  world.fetch('/auth/api/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { code: string }).code,
]
const unique = (name: string) =>
  `${name}-${randomText(4)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`

describe('an invitation', () => {
  it('makes an account with its address and roles, and signs its owner in', async () => {
    const world = createWorld()
    const email = unique('nia')
    const invitation = await invite(world, email, { roles: ['admin'], name: 'Nia' })
    const response = await register(world, { invitation, password: PASSWORD, username: '' })
    expect(response.status).toBe(201)
    expect(await response.clone().json()).toMatchObject({
      user: { email, emailVerified: true, name: 'Nia', roles: ['admin'], username: null },
      session: { methods: ['pwd'], fresh: true },
    })
    const cookies = new Jar().take(response)
    expect((await world.fetch('/admin/', { headers: NAVIGATION, cookies })).status).toBe(200)
    const login = await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: email, password: PASSWORD }),
    })
    expect(login.status).toBe(200)
  })

  it('P25: is good once; of many at the same time one gets the account', async () => {
    const world = createWorld()
    const invitation = await invite(world, unique('once'))
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => register(world, { invitation, password: PASSWORD })),
    )
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(1)
    expect(answers.every(({ status }) => status === 201 || status === 404 || status === 503)).toBe(true)
    expect(await codeOf(await register(world, { invitation, password: PASSWORD }))).toEqual([
      404,
      'no_invitation',
    ])
  })

  it('that made its account says so, also when only the sign-in after it fails', async () => {
    const kv = {
      get: (...args: [string]) => env.SESSIONS.get(...args),
      put: () => Promise.reject(new Error('KV is down')),
    } as unknown as KVNamespace
    const world = createWorld(BASE_CONFIG, {}, { kv })
    const email = unique('half')
    const invitation = await invite(world, email)
    const page = await world.fetch('/auth/register?next=/members/', {
      method: 'POST',
      headers: { ...NAVIGATION, origin: SITE, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ invitation, password: PASSWORD, next: '/members/' }).toString(),
    })
    const text = await page.text()
    expect([page.status, text.includes('href="/auth/login?next=%2Fmembers%2F"')]).toEqual([201, true])
    expect(world.logs.map(({ event }) => event)).toContain('register.sign_in_failed')
    const again = await invite(world, unique('half-api'))
    const answer = await register(world, { invitation: again, password: PASSWORD })
    expect([answer.status, await answer.json()]).toMatchObject([201, { session: null }])
    const kept = env.DB.prepare(
      "SELECT count(*) AS n FROM audit JOIN user ON user.id = user_id WHERE event = 'user.registered' AND email = ?1",
    ).bind(email)
    expect(await kept.first('n')).toBe(1)
    const login = await createWorld().fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: email, password: PASSWORD }),
    })
    expect(login.status).toBe(200)
  })

  it('that makes none leaves no trace of one', async () => {
    const world = createWorld()
    const email = unique('none')
    await addUser({ email })
    const invitation = await invite(world, email)
    const count = () =>
      env.DB.prepare("SELECT count(*) AS n FROM audit WHERE event = 'user.registered'").first<number>('n')
    const before = await count()
    expect((await register(world, { invitation, password: PASSWORD })).status).toBe(404)
    expect(await count()).toBe(before)
    expect(world.logs.filter(({ event }) => event === 'user.registered')).toEqual([])
  })

  it('P25: looking at it uses nothing up, as mail scanners do', async () => {
    const world = createWorld()
    const invitation = await invite(world, unique('scan'))
    for (const method of ['GET', 'HEAD', 'GET']) {
      const response = await world.fetch(`/auth/register?invitation=${invitation}`, {
        method,
        headers: NAVIGATION,
      })
      expect([response.status, response.headers.get('cache-control')]).toEqual([
        200,
        expect.stringContaining('no-store'),
      ])
      expect(response.headers.get('referrer-policy')).toBeTruthy()
    }
    expect((await register(world, { invitation, password: PASSWORD })).status).toBe(201)
  })

  it('ends, and a newer one of the same address takes its place', async () => {
    const world = createWorld()
    const late = await invite(world, unique('late'), { days: 1 })
    world.clock.now += DAY
    expect(await codeOf(await register(world, { invitation: late, password: PASSWORD }))).toEqual([
      404,
      'no_invitation',
    ])
    const email = unique('twice')
    const [older, newer] = [await invite(world, email), await invite(world, email)]
    expect((await register(world, { invitation: older, password: PASSWORD })).status).toBe(404)
    expect((await register(world, { invitation: newer, password: PASSWORD })).status).toBe(201)
  })

  it('P17: of an address that has an account meanwhile changes nothing, and answers like a used one', async () => {
    const world = createWorld()
    const email = unique('known')
    const invitation = await invite(world, email, { roles: ['admin'] })
    const id = await addUser({ email })
    expect(await codeOf(await register(world, { invitation, password: PASSWORD }))).toEqual([
      404,
      'no_invitation',
    ])
    expect(await env.DB.prepare('SELECT roles FROM user WHERE id = ?1').bind(id).first('roles')).toBe('[]')
  })

  it.each([
    [{ password: 'short' }, 400, 'password_refused'],
    [{ password: PASSWORD, roles: ['admin'] }, 400, 'invalid_request'],
    [{ password: PASSWORD, email: 'root@example.com' }, 400, 'invalid_request'],
    [{ password: PASSWORD, username: 'a b' }, 400, 'invalid_request'],
    [{ password: PASSWORD, username: 'taken' }, 409, 'username_taken'],
    [{ password: PASSWORD, name: 'a\nb' }, 400, 'invalid_request'],
  ])('P27: %j is refused, and the invitation stays good', async (body, status, code) => {
    const world = createWorld()
    if (status === 409) await addUser({ email: unique('owner'), username: 'taken' })
    const invitation = await invite(world, unique('field'))
    expect(await codeOf(await register(world, { invitation, ...body }))).toEqual([status, code])
    expect((await register(world, { invitation, password: PASSWORD })).status).toBe(201)
  })

  it.each(['', 'x', `${'A'.repeat(43)}`, "' OR 1=1 --"])(
    '%j is none, and costs no hash',
    async (invitation) => {
      expect(await codeOf(await register(createWorld(), { invitation, password: PASSWORD }))).toEqual([
        404,
        'no_invitation',
      ])
    },
  )

  it("is none where registration is 'closed'", async () => {
    const world = createWorld({ ...BASE_CONFIG, registration: { mode: 'closed' } })
    const invitation = await invite(world, unique('closed'))
    expect((await register(world, { invitation, password: PASSWORD })).status).toBe(404)
    const page = await world.fetch(`/auth/register?invitation=${invitation}`, { headers: NAVIGATION })
    expect(page.status).toBe(404)
  })
})

describe('the page', () => {
  const post = (world: World, form: Record<string, string>) =>
    world.fetch('/auth/register', {
      method: 'POST',
      headers: { ...NAVIGATION, origin: SITE, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })

  it('takes one from the link to the site, without a script', async () => {
    const world = createWorld()
    const email = unique('page')
    const invitation = await invite(world, email, { name: 'Page' })
    const shown = await world.fetch(`/auth/register?invitation=${invitation}`, { headers: NAVIGATION })
    const text = await shown.text()
    expect(text).toContain(email)
    expect(text).toContain('value="Page"')
    const done = await post(world, {
      invitation,
      name: 'Page One',
      username: '',
      password: PASSWORD,
      next: '/members/',
    })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/members/'])
    const cookies = new Jar().take(done)
    await world.fetch('/members/', { headers: NAVIGATION, cookies })
    expect(world.seen.at(-1)?.headers.get('remote-name')).toBe('Page One')
  })

  it('keeps what was typed, but no password', async () => {
    const world = createWorld()
    const invitation = await invite(world, unique('typed'))
    const again = await post(world, {
      invitation,
      name: 'Kept',
      username: 'kept-name',
      password: 'weakweak1',
    })
    const text = await again.text()
    expect([again.status, text.includes('value="Kept"'), text.includes('value="kept-name"')]).toEqual([
      400,
      true,
      true,
    ])
    expect(text).not.toContain('weakweak1')
  })

  it('P29: is not filled in by another site', async () => {
    const world = createWorld()
    const invitation = await invite(world, unique('cross'))
    const response = await world.fetch('/auth/register', {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ invitation, password: PASSWORD }).toString(),
    })
    expect(response.status).toBe(403)
    expect((await register(world, { invitation, password: PASSWORD })).status).toBe(201)
  })
})
