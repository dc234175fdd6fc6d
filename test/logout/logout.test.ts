import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { addUser, createWorld, Jar, NAVIGATION, SITE, signInAs } from '../support/world.ts'

beforeAll(async () => {
  await addUser({ email: 'ada@example.com' })
  await addUser({ email: 'eve@example.com' })
})

const form = (fields: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE, ...NAVIGATION },
  body: new URLSearchParams(fields).toString(),
})

describe('P12: signing out', () => {
  it('a GET asks and changes nothing', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    const page = await world.fetch('/auth/logout', { headers: NAVIGATION, cookies })
    expect([page.status, page.headers.getSetCookie()]).toEqual([200, []])
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies })).status).toBe(200)
  })

  it('ends the session at the server, clears the cookies and the cache, and nothing of sibling hosts', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    const kept = cookies.copy()
    const response = await world.fetch('/auth/logout', { ...form({ next: '/about' }), cookies })
    expect([response.status, response.headers.get('location')]).toEqual([303, '/about'])
    expect(response.headers.get('clear-site-data')).toBe('"cache"')
    expect(cookies.take(response).cookies.has('__Host-edgegate')).toBe(false)
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: kept })).status).toBe(302)
  })

  it('takes an empty body without a type, as browsers send it', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    const response = await world.fetch('/auth/api/logout', {
      method: 'POST',
      body: new Uint8Array(0),
      cookies,
    })
    expect(response.status).toBe(204)
  })

  it('ends what the same remember-me family restored in other tabs', async () => {
    const world = createWorld()
    const jar = await signInAs(world, 'ada@example.com', { remember: true })
    const closed = jar.copy()
    closed.cookies.delete('__Host-edgegate')
    const tabs = await Promise.all(
      Array.from({ length: 4 }, async () =>
        closed.copy().take(await world.fetch('/members/', { headers: NAVIGATION, cookies: closed })),
      ),
    )
    await world.fetch('/auth/api/logout', { method: 'POST', cookies: tabs[0] as Jar })
    for (const tab of tabs)
      expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: tab })).status).toBe(302)
  })

  it('wins over a confirmation of the password that is under way, and of many confirmations one wins', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    const confirm = () =>
      world.fetch('/auth/api/reauth', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ password: 'tall purple window sings quietly' }),
        cookies: cookies.copy(),
      })
    const answers = await Promise.all(Array.from({ length: 5 }, confirm))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const winner = answers.find(({ status }) => status === 200) as Response
    const next = cookies.copy().take(winner)
    const [, late] = await Promise.all([
      world.fetch('/auth/api/logout', { method: 'POST', cookies: next }),
      world.fetch('/auth/api/reauth', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ password: 'tall purple window sings quietly' }),
        cookies: next.copy(),
      }),
    ])
    const after = next.copy().take(late)
    world.clock.now += 2 * 3_600_000
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: after })).status).toBe(302)
  })

  it('is idempotent for programs', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    for (let i = 0; i < 3; i++)
      expect((await world.fetch('/auth/api/logout', { method: 'POST', cookies })).status).toBe(204)
    expect((await world.fetch('/auth/api/logout', { method: 'POST' })).status).toBe(204)
  })

  it('everywhere ends all of one user and nobody else', async () => {
    const world = createWorld()
    const here = await signInAs(world, 'ada@example.com')
    const there = await signInAs(world, 'ada@example.com', { remember: true })
    const eve = await signInAs(world, 'eve@example.com')
    await world.fetch('/auth/api/logout', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"everywhere":true}',
      cookies: here,
    })
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: there })).status).toBe(302)
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: eve })).status).toBe(200)
    world.clock.now += 1
    const again = await signInAs(world, 'ada@example.com')
    world.clock.now += 2 * 3_600_000
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: again })).status).toBe(200)
  })

  it.each([{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])(
    'P29: refuses another site: %j',
    async (headers) => {
      const world = createWorld()
      const cookies = await signInAs(world, 'ada@example.com')
      const page = await world.fetch('/auth/logout', {
        ...form(),
        headers: { ...form().headers, ...headers },
        cookies,
      })
      const api = await world.fetch('/auth/api/logout', { method: 'POST', headers, cookies })
      expect([page.status, api.status]).toEqual([403, 403])
      expect((await world.fetch('/members/', { headers: NAVIGATION, cookies })).status).toBe(200)
    },
  )
})

describe('every address of the gateway', () => {
  const own = [
    '/auth/login',
    '/auth/logout',
    '/auth/reauth',
    '/auth/api/login',
    '/auth/api/logout',
    '/auth/api/session',
    '/auth/api/reauth',
    '/auth/api/guest',
    '/auth/health',
    '/auth/.well-known/jwks.json',
    '/auth/nothing-here',
  ]

  it.each(own)('%s carries the security headers and reaches no origin', async (path) => {
    const world = createWorld()
    for (const headers of [NAVIGATION, {}]) {
      const response = await world.fetch(path, { headers })
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(response.headers.get('strict-transport-security')).toMatch(/max-age=31536000/)
      // The sign-in page sets a cookie, which adds `private`.
      if (!path.endsWith('jwks.json'))
        expect(response.headers.get('cache-control')).toMatch(/^(private, )?no-store$/)
    }
    expect(world.seen).toEqual([])
  })

  it.each(own.slice(0, -1))('%s answers 405 with Allow to other methods', async (path) => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'OPTIONS']) {
      const response = await createWorld().fetch(path, { method, headers: { origin: SITE } })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toMatch(/^(GET, HEAD|POST|GET, HEAD, POST)$/)
    }
  })

  it('HEAD is GET without a body', async () => {
    const response = await createWorld().fetch('/auth/login', { method: 'HEAD', headers: NAVIGATION })
    expect(response.status).toBe(200)
  })

  it('/auth/api/session says who is asking, and that nobody is', async () => {
    const world = createWorld()
    const nobody = await world.fetch('/auth/api/session')
    expect([nobody.status, await nobody.json()]).toEqual([200, { authenticated: false, kind: 'anonymous' }])
    const cookies = await signInAs(world, 'ada@example.com')
    const body = (await (await world.fetch('/auth/api/session', { cookies })).json()) as Record<
      string,
      unknown
    >
    expect(body).toMatchObject({
      authenticated: true,
      kind: 'user',
      user: { email: 'ada@example.com' },
      session: { fresh: true, methods: ['pwd'] },
    })
    expect(Object.keys(body.session as object).sort()).toEqual([
      'authenticatedAt',
      'createdAt',
      'expiresAt',
      'fresh',
      'id',
      'methods',
      'mfa',
      'remembered',
    ])
  })
})

describe('guests', () => {
  it('get an id on a guest path and keep it', async () => {
    const world = createWorld()
    const first = await world.fetch('/cart/', { headers: NAVIGATION })
    const cookies = new Jar().take(first)
    const sub = world.seen.at(-1)?.headers.get('remote-sub')
    expect(sub).toMatch(/^guest_/)
    await world.fetch('/cart/more', { headers: NAVIGATION, cookies })
    expect(world.seen.at(-1)?.headers.get('remote-sub')).toBe(sub)
    expect(world.seen.at(-1)?.headers.get('remote-user')).toBeNull()
  })

  it('are nobody where a login is needed', async () => {
    const world = createWorld()
    const cookies = new Jar().take(await world.fetch('/cart/', { headers: NAVIGATION }))
    const response = await world.fetch('/members/', { headers: NAVIGATION, cookies })
    expect(response.headers.get('location')).toBe('/auth/login?next=%2Fmembers%2F')
    expect((await world.fetch('/auth/login', { headers: NAVIGATION, cookies })).status).toBe(200)
  })

  it('can be asked for by API, once', async () => {
    const world = createWorld()
    const first = await world.fetch('/auth/api/guest', { method: 'POST' })
    const cookies = new Jar().take(first)
    const again = await world.fetch('/auth/api/guest', { method: 'POST', cookies })
    expect([first.status, again.status]).toEqual([201, 200])
    const id = ((await first.json()) as { user: { id: string } }).user.id
    expect(((await again.json()) as { user: { id: string } }).user.id).toBe(id)
  })
})

it('a guest who signs out leaves a line in the log and no row, since anybody could be one without end', async () => {
  const world = createWorld()
  const guest = new Jar().take(await world.fetch('/auth/api/guest', { method: 'POST' }))
  const rows = () => env.DB.prepare('SELECT count(*) AS n FROM audit').first('n')
  const before = await rows()
  expect((await world.fetch('/auth/api/logout', { method: 'POST', cookies: guest })).status).toBe(204)
  expect(await rows()).toBe(before)
  expect(world.logs.filter(({ event }) => event === 'session.ended')).toHaveLength(1)
})
