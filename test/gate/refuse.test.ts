import { beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { addUser, BASE_CONFIG, createWorld, type Jar, NAVIGATION, SITE, signInAs } from '../support/world.ts'

const SHAPES = {
  navigation: { method: 'GET', headers: NAVIGATION },
  'navigation of an old browser': { method: 'GET', headers: { accept: 'text/html' } },
  'form post': { method: 'POST', headers: NAVIGATION, body: 'a=b' },
  script: {
    method: 'GET',
    headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: 'text/html' },
  },
  'API client': { method: 'DELETE', headers: {} },
  image: { method: 'GET', headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } },
  websocket: { method: 'GET', headers: { upgrade: 'websocket', connection: 'Upgrade' } },
  preflight: {
    method: 'OPTIONS',
    headers: {
      origin: 'https://x.example',
      'access-control-request-method': 'PUT',
      'sec-fetch-mode': 'cors',
    },
  },
} as const satisfies Record<string, RequestInit>
type Shape = keyof typeof SHAPES
const NAVIGATIONS: readonly Shape[] = ['navigation', 'navigation of an old browser', 'form post']
/** The post is of no type that is kept (test/kept-post). */
const lostBy = (shape: Shape) => (shape === 'form post' ? '&post=lost' : '')
const OTHERS = (Object.keys(SHAPES) as Shape[]).filter((shape) => !NAVIGATIONS.includes(shape))
const ALL = Object.keys(SHAPES) as Shape[]

const RULES = [
  { path: '/401/**', access: 'user', deny: 401 },
  { path: '/403/**', access: 'user', deny: 403 },
  { path: '/404/**', access: 'user', deny: 404 },
  { path: '/role/**', access: { roles: ['admin'] } },
  { path: '/role404/**', access: { roles: ['admin'] }, deny: 404 },
  { path: '/person/**', access: { users: ['somebody-else'] } },
  { path: '/domain/**', access: { emailDomains: ['elsewhere.example'] } },
  { path: '/token/**', access: 'user', via: ['token'] },
  { path: '/mfa/**', access: 'user', mfa: true },
  { path: '/mfa1h/**', access: 'user', mfa: '1h' },
  { path: '/fresh/**', access: 'user', fresh: '20m' },
  { path: '/fresh401/**', access: 'user', fresh: true, deny: 401 },
  { path: '/fresh404/**', access: 'user', fresh: true, deny: 404 },
  { path: '/open/**', access: 'public' },
] as const satisfies Config['rules']
const CONFIG = { ...BASE_CONFIG, rules: RULES } as const satisfies Config
const HOUR = 3_600_000

beforeAll(async () => {
  await addUser({ email: 'ada@example.com', roles: ['reader'] })
})

async function ask(shape: Shape, path: string, signedInAgo: number | null = null) {
  const world = createWorld(CONFIG)
  const cookies: Jar | null = signedInAgo === null ? null : await signInAs(world, 'ada@example.com')
  world.clock.now += signedInAgo ?? 0
  const response = await world.fetch(path, { ...SHAPES[shape], ...(cookies ? { cookies } : {}) })
  expect(world.seen, 'nothing reaches the origin').toEqual([])
  expect(response.headers.get('cache-control')).toContain('no-store')
  expect(response.headers.get('vary')).toContain('Cookie')
  return response
}

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(response.headers.get('location')).toBeNull()
  const problem = (await response.json()) as { code?: string; request_id?: string; login_url?: string }
  expect(problem).toMatchObject({ status: response.status, type: `urn:edgegate:error:${problem.code}` })
  expect(problem.request_id).toEqual(expect.any(String))
  return problem
}

async function expectPage(response: Response, status: number) {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('location')).toBeNull()
  expect(response.headers.get('www-authenticate')).toBeNull()
  expect(await response.text()).toMatch(/^<!doctype html>/)
}

describe('P14: nobody is signed in', () => {
  it.each(NAVIGATIONS)('a %s goes to the login page with the way back', async (shape) => {
    const response = await ask(shape, '/x/y?a=1&b=//evil.example')
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(
      `/auth/login?next=%2Fx%2Fy%3Fa%3D1%26b%3D%2F%2Fevil.example${lostBy(shape)}`.replaceAll('//', '%2F%2F'),
    )
    expect(await response.text()).toBe('')
  })

  it.each(OTHERS)('a %s hears 401 and where to sign in', async (shape) => {
    const response = await ask(shape, '/x')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="app.example"')
    expect(await problemOf(response)).toMatchObject({
      code: 'not_authenticated',
      login_url: `${SITE}/auth/login`,
    })
  })

  it.each(ALL)('where the rule says 401 a %s hears that and no redirect', async (shape) => {
    const response = await ask(shape, '/401/x')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="app.example"')
    expect(await problemOf(response)).toMatchObject({
      code: 'not_authenticated',
      login_url: `${SITE}/auth/login`,
    })
  })

  it.each([
    [403, 'forbidden'],
    [404, 'not_found'],
  ])('where the rule says %d so is everybody answered', async (status, code) => {
    for (const shape of NAVIGATIONS) await expectPage(await ask(shape, `/${status}/x`), status)
    for (const shape of OTHERS) {
      const response = await ask(shape, `/${status}/x`)
      expect(response.status).toBe(status)
      expect(response.headers.get('www-authenticate')).toBeNull()
      const problem = await problemOf(response)
      expect(problem.code).toBe(code)
      expect(problem.login_url).toBeUndefined()
    }
  })

  it.each(['/role/x', '/person/x', '/domain/x', '/token/x', '/mfa/x', '/fresh/x'])(
    'whatever else %s asks for, first of all a login',
    async (path) => {
      expect((await ask('navigation', path)).headers.get('location')).toMatch(/^\/auth\/login\?next=/)
      expect(await problemOf(await ask('script', path))).toMatchObject({ code: 'not_authenticated' })
    },
  )

  it('HEAD is answered without a body', async () => {
    const world = createWorld(CONFIG)
    const response = await world.fetch('/x', { method: 'HEAD', headers: NAVIGATION })
    expect([response.status, world.seen.length]).toEqual([302, 0])
  })

  it.each(['PUT', 'PATCH', 'PROPFIND', 'QUERY', 'PURGE'])(
    'a rule without methods covers %s',
    async (method) => {
      const world = createWorld(CONFIG)
      expect((await world.fetch('/x', { method })).status).toBe(401)
      expect((await world.fetch('/role/x', { method })).status).toBe(401)
      expect(world.seen).toEqual([])
    },
  )
})

describe('P14: somebody is signed in, but not the one', () => {
  it.each(['/role/x', '/role404/x', '/person/x', '/domain/x', '/token/x'])(
    '%s is forbidden in every shape',
    async (path) => {
      for (const shape of NAVIGATIONS) await expectPage(await ask(shape, path, 0), 403)
      for (const shape of OTHERS) {
        const response = await ask(shape, path, 0)
        expect(response.status).toBe(403)
        expect(await problemOf(response)).toMatchObject({ code: 'forbidden' })
      }
    },
  )
})

describe('P14: a second factor is asked for (RFC 9470)', () => {
  it.each(NAVIGATIONS)('a %s is asked to show it and comes back', async (shape) => {
    const response = await ask(shape, '/mfa/x?y=1', 0)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(`/auth/mfa?next=%2Fmfa%2Fx%3Fy%3D1${lostBy(shape)}`)
  })

  it.each(OTHERS)('a %s hears of which kind, and how recent it must be', async (shape) => {
    for (const [path, parameters] of [
      ['/mfa/x', 'acr_values="mfa"'],
      ['/mfa1h/x', 'acr_values="mfa", max_age=3600'],
    ] as const) {
      const response = await ask(shape, path, 0)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe(
        `Bearer realm="app.example", error="insufficient_user_authentication", ${parameters}`,
      )
      expect(await problemOf(response)).toMatchObject({
        code: 'insufficient_user_authentication',
        login_url: 'https://app.example/auth/mfa',
      })
    }
  })
})

describe('P14: the last real sign-in is too long ago (RFC 9470)', () => {
  it.each(NAVIGATIONS)('a %s is asked for the password and comes back', async (shape) => {
    const response = await ask(shape, '/fresh/x?y=1', HOUR)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(`/auth/reauth?next=%2Ffresh%2Fx%3Fy%3D1${lostBy(shape)}`)
  })

  it.each(OTHERS)('a %s hears how recent it must be', async (shape) => {
    const response = await ask(shape, '/fresh/x', HOUR)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="app.example", error="insufficient_user_authentication", max_age=1200',
    )
    expect(await problemOf(response)).toMatchObject({
      code: 'insufficient_user_authentication',
      login_url: `${SITE}/auth/reauth`,
    })
  })

  it.each(['/fresh401/x', '/fresh404/x'])('%s never redirects', async (path) => {
    for (const shape of ALL) {
      const response = await ask(shape, path, HOUR)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(
        /error="insufficient_user_authentication", max_age=900$/,
      )
      await problemOf(response)
    }
  })
})

describe('P3: a path that can be read in two ways', () => {
  it.each(NAVIGATIONS)('is a bad request for a %s, as a page', async (shape) => {
    await expectPage(await ask(shape, '/open/..%2frole/x', 0), 400)
  })

  it.each(OTHERS)('and for a %s, as a problem', async (shape) => {
    const response = await ask(shape, '/open/..%2frole/x')
    expect(response.status).toBe(400)
    expect(await problemOf(response)).toMatchObject({ code: 'ambiguous_path' })
  })

  it('and nobody is looked up for it', async () => {
    const world = createWorld(CONFIG)
    const cookies = await signInAs(world, 'ada@example.com')
    world.resetCounts()
    await world.fetch('/open/..%2frole/x', { cookies })
    expect([world.kv.reads, world.d1.trips]).toEqual([0, 0])
  })
})

describe('what no answer says', () => {
  it('a refused path and its query are not repeated in a page or a problem', async () => {
    for (const path of [
      '/404/secret-name?token=secret-value',
      '/open/..%2fsecret-name',
      '/401/secret-name',
    ]) {
      for (const shape of ['navigation', 'script'] as const) {
        expect(await (await ask(shape, path)).text()).not.toContain('secret-name')
      }
    }
  })

  it('P4: headers that claim another path, method or host change nothing', async () => {
    const world = createWorld(CONFIG)
    const claims = {
      'x-original-url': '/open/x',
      'x-rewrite-url': '/open/x',
      'x-forwarded-uri': '/open/x',
      'x-forwarded-prefix': '/open',
      'x-forwarded-method': 'OPTIONS',
      'x-http-method-override': 'OPTIONS',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example;proto=http',
      'x-middleware-subrequest': 'middleware:middleware:middleware',
      'user-agent': 'GoogleHC/1.0',
    }
    for (const [name, value] of Object.entries(claims)) {
      const page = await world.fetch('/role/x', { headers: { ...NAVIGATION, [name]: value } })
      expect([page.status, page.headers.get('location')], name).toEqual([302, '/auth/login?next=%2Frole%2Fx'])
      const script = await world.fetch('/role/x', { headers: { [name]: value } })
      expect(await script.json(), name).toMatchObject({ login_url: `${SITE}/auth/login` })
    }
    expect(world.seen).toEqual([])
  })
})
