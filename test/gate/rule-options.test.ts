import { beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { addUser, BASE_CONFIG, createWorld, NAVIGATION, signInAs } from '../support/world.ts'

// World.fetch puts what it is given behind `https://app.example`, so `.org/x` is another host.

/** Each option of a rule, seen from outside: the same request with and without it (P14). */

const MINUTE = 60_000
type Rules = NonNullable<Config['rules']>

function worldWith(rules: Rules, more: Partial<Config> = {}) {
  return createWorld({ ...BASE_CONFIG, rules, ...more } as Config)
}

beforeAll(async () => {
  await addUser({ email: 'ada@example.com', username: 'ada', roles: ['reader'] })
  await addUser({ email: 'root@admin.example', username: 'root', roles: ['admin'] })
})

async function statusFor(world: ReturnType<typeof worldWith>, path: string, init = {}) {
  return (await world.fetch(path, init)).status
}

describe('access', () => {
  it.each<[Rules[number]['access'], number, number, number]>([
    ['public', 200, 200, 200],
    ['optional', 200, 200, 200],
    ['guest', 200, 200, 200],
    ['user', 401, 200, 200],
    [{ roles: ['admin'] }, 401, 403, 200],
    [{ roles: ['admin', 'reader'] }, 401, 200, 200],
    [{ users: ['ada'] }, 401, 200, 403],
    [{ users: ['ROOT@admin.example'] }, 401, 403, 200],
    [{ emailDomains: ['admin.example'] }, 401, 403, 200],
  ])('P14: %j answers nobody %d, a reader %d, an admin %d', async (access, nobody, reader, admin) => {
    const world = worldWith([{ path: '/x/**', access }])
    expect(await statusFor(world, '/x/y')).toBe(nobody)
    expect(await statusFor(world, '/x/y', { cookies: await signInAs(world, 'ada@example.com') })).toBe(reader)
    expect(await statusFor(world, '/x/y', { cookies: await signInAs(world, 'root@admin.example') })).toBe(
      admin,
    )
  })

  it('a public path looks nobody up and tells the origin of nobody, an optional one does', async () => {
    const world = worldWith([
      { path: '/public', access: 'public' },
      { path: '/optional', access: 'optional' },
    ])
    const cookies = await signInAs(world, 'ada@example.com')
    world.resetCounts()
    await world.fetch('/public', { cookies })
    expect([world.kv.reads, world.d1.trips]).toEqual([0, 0])
    await world.fetch('/optional', { cookies })
    expect(world.seen.map(({ headers }) => headers.get('remote-user'))).toEqual([null, 'ada@example.com'])
  })

  it('P14: what no rule names needs a login, with no rules at all as well', async () => {
    for (const rules of [[], [{ path: '/only', access: 'public' }]] as const) {
      const world = worldWith([...rules])
      for (const path of [
        '/',
        '/x',
        '/favicon.ico',
        '/robots.txt',
        '/.well-known/x',
        '/authx',
        '/health',
        '/only/x',
      ])
        expect(await statusFor(world, path), path).toBe(401)
      expect(world.seen).toEqual([])
    }
  })

  it('the first rule that matches decides', async () => {
    const world = worldWith([
      { path: '/a/open', access: 'public' },
      { path: '/a/**', access: { roles: ['admin'] } },
      { path: '/a/late', access: 'public' },
    ])
    expect(await statusFor(world, '/a/open')).toBe(200)
    expect(await statusFor(world, '/a/late')).toBe(401)
  })

  it('a path goes on to the origin as it came', async () => {
    const world = worldWith([{ path: '/**', access: 'public' }])
    for (const path of [
      '/caf%C3%A9',
      '/wiki/100%25',
      '/a//b/',
      '/a%2Fb?x=%2F&y',
      '/~u/;v=1',
      '/%E9',
      '/A/b.C',
    ]) {
      await world.fetch(path)
      expect(new URL(world.seen.at(-1)?.url ?? '').href).toBe(`https://app.example${path}`)
    }
  })
})

describe('what the origin is asked for', () => {
  const PUBLIC: Rules = [{ path: '/public/**', access: 'public' }]

  it('P3: the path that the rule was matched with', async () => {
    const world = worldWith(PUBLIC)
    const paths = [
      '/x/../public/a',
      '/%70ublic/%61',
      '/public/./a/%2e%2E/b',
      '/public/%7Ex',
      '/public\\y',
      '/PUBLIC/../public',
    ]
    for (const path of paths) await world.fetch(path)
    expect(world.seen.map(({ url }) => new URL(url).pathname)).toEqual([
      '/public/a',
      '/public/a',
      '/public/b',
      '/public/~x',
      '/public/y',
      '/public',
    ])
  })

  it('P3: nothing, when the path means several things', async () => {
    const world = worldWith(PUBLIC)
    for (const path of [
      '/public/..%2fx',
      '/public/%252e%252e/x',
      '/public/..;/x',
      '/public/%5c..%5cx',
      '/public/%00',
      '/public/%',
    ])
      expect(await statusFor(world, path), path).toBe(400)
    expect(world.seen).toEqual([])
  })
})

describe('methods', () => {
  const rules: Rules = [{ path: '/x', access: 'public', methods: ['GET', 'POST'] }]

  it.each([
    ['GET', 200],
    ['HEAD', 200],
    ['POST', 200],
    ['PUT', 401],
    ['DELETE', 401],
    ['OPTIONS', 401],
  ])('P14: %s', async (method, status) =>
    expect(await statusFor(worldWith(rules), '/x', { method })).toBe(status),
  )

  it('P4: a method claimed in a header or the query does not count', async () => {
    const world = worldWith(rules)
    for (const init of [
      { method: 'PUT', headers: { 'x-http-method-override': 'GET' } },
      { method: 'DELETE', headers: { 'x-method-override': 'POST' } },
    ])
      expect(await statusFor(world, '/x?_method=GET', init)).toBe(401)
  })
})

describe('hosts', () => {
  const site = { name: 'Two', url: 'https://app.example', hosts: ['app.example.org'] }
  const world = () => worldWith([{ path: '/x', access: 'public', hosts: ['APP.example.org'] }], { site })

  it('P14: a rule speaks of its hosts only', async () => {
    expect(await statusFor(world(), '.org/x')).toBe(200)
    expect(await statusFor(world(), '/x')).toBe(401)
  })

  it.each(['.ORG/x', '.org./x', '.Org.:443/x'])(
    'P3: however the host is written: app.example%s',
    async (rest) => expect(await statusFor(world(), rest)).toBe(200),
  )
})

describe('fresh', () => {
  const rules: Rules = [
    { path: '/short', access: 'user', fresh: '5m' },
    { path: '/default', access: 'user', fresh: true },
    { path: '/any', access: 'user' },
  ]

  it('P14: a sign-in counts until its time is over', async () => {
    const world = worldWith(rules, { session: { fresh: '10m' } })
    const cookies = await signInAs(world, 'ada@example.com')
    const statuses = async () => {
      const answers: number[] = []
      for (const path of ['/short', '/default', '/any'])
        answers.push(await statusFor(world, path, { cookies }))
      return answers
    }
    world.clock.now += 5 * MINUTE - 1
    expect(await statuses()).toEqual([200, 200, 200])
    world.clock.now += 1
    expect(await statuses()).toEqual([401, 200, 200])
    world.clock.now += 5 * MINUTE
    expect(await statuses()).toEqual([401, 401, 200])
  })

  it('P14: a remembered session is never fresh', async () => {
    const world = worldWith(rules)
    const cookies = await signInAs(world, 'ada@example.com', { remember: true })
    cookies.cookies.delete('__Host-edgegate')
    const restored = await world.fetch('/any', { cookies, headers: NAVIGATION })
    expect(restored.status).toBe(200)
    expect(await statusFor(world, '/short', { cookies: cookies.take(restored) })).toBe(401)
  })
})

describe('via', () => {
  const rules: Rules = [
    { path: '/session', access: 'user', via: ['session'] },
    { path: '/token', access: 'user', via: ['token'] },
    { path: '/both', access: 'user' },
    { path: '/optional', access: 'optional', via: ['session'] },
    { path: '/guest', access: 'guest', via: ['token'] },
  ]
  const hooks: Config['hooks'] = {
    identify: (request) => (request.headers.get('x-key') === 'k' ? { id: 'robot', kind: 'service' } : null),
  }

  it.each([
    ['/session', 200, 403],
    ['/token', 403, 200],
    ['/both', 200, 200],
  ])('P14: %s answers a session %d, a token %d', async (path, session, token) => {
    const world = worldWith(rules, { hooks })
    expect(await statusFor(world, path, { cookies: await signInAs(world, 'ada@example.com') })).toBe(session)
    expect(await statusFor(world, path, { headers: { 'x-key': 'k' } })).toBe(token)
  })

  it('on an optional path who comes the wrong way is nobody', async () => {
    const world = worldWith(rules, { hooks })
    expect(await statusFor(world, '/optional', { headers: { 'x-key': 'k' } })).toBe(200)
    expect(world.seen[0]?.headers.get('remote-user')).toBeNull()
  })

  it('no guest is made where only tokens count', async () => {
    const response = await worldWith(rules, { hooks }).fetch('/guest')
    expect([response.status, response.headers.getSetCookie()]).toEqual([401, []])
  })
})

describe('slide', () => {
  it('P14: a navigation keeps the session alive, but not under a rule that says no', async () => {
    const world = worldWith(
      [
        { path: '/poll/**', access: 'user', slide: false },
        { path: '/page/**', access: 'user' },
      ],
      { session: { idle: '1h' } },
    )
    const ends: Record<string, number> = {}
    for (const path of ['/poll/x', '/page/x']) {
      const cookies = await signInAs(world, 'ada@example.com')
      world.clock.now += 50 * MINUTE
      expect(await statusFor(world, path, { cookies, headers: NAVIGATION })).toBe(200)
      world.clock.now += 20 * MINUTE
      ends[path] = await statusFor(world, path, { cookies, headers: NAVIGATION })
    }
    expect(ends).toEqual({ '/poll/x': 302, '/page/x': 200 })
  })
})

describe('deny', () => {
  it.each([
    ['login', 302],
    [401, 401],
    [403, 403],
    [404, 404],
  ] as const)('P14: %s', async (deny, status) => {
    const world = worldWith([{ path: '/x', access: 'user', deny }])
    expect(await statusFor(world, '/x', { headers: NAVIGATION })).toBe(status)
  })
})

describe('preflight', () => {
  const PREFLIGHT = { origin: 'https://x.example', 'access-control-request-method': 'PUT' }
  const rules: Rules = [
    { path: '/pass', access: 'user', preflight: 'pass' },
    { path: '/admin', access: { roles: ['admin'] }, preflight: 'pass', mfa: true },
    { path: '/refuse', access: 'user' },
  ]

  it.each([
    ['/pass', 200],
    ['/admin', 200],
    ['/refuse', 401],
  ])('P14: one for %s: %d', async (path, status) => {
    expect(await statusFor(worldWith(rules), path, { method: 'OPTIONS', headers: PREFLIGHT })).toBe(status)
  })

  it('one that passes carries no identity, even with a session', async () => {
    const world = worldWith(rules)
    const cookies = await signInAs(world, 'ada@example.com')
    await world.fetch('/pass', { method: 'OPTIONS', headers: PREFLIGHT, cookies })
    const [seen] = world.seen
    expect([seen?.method, seen?.headers.get('remote-user'), seen?.headers.get('x-auth-assertion')]).toEqual([
      'OPTIONS',
      null,
      null,
    ])
    expect(seen?.headers.get('cookie') ?? '').not.toContain('edgegate')
  })

  it.each<[string, RequestInit]>([
    ['OPTIONS without the headers of a preflight', { method: 'OPTIONS' }],
    ['OPTIONS with an origin only', { method: 'OPTIONS', headers: { origin: 'https://x.example' } }],
    ['GET with the headers of a preflight', { headers: PREFLIGHT }],
    ['POST with the headers of a preflight', { method: 'POST', headers: PREFLIGHT }],
    [
      'a preflight that asks for a websocket',
      { method: 'OPTIONS', headers: { ...PREFLIGHT, upgrade: 'websocket' } },
    ],
  ])('P14: %s is none', async (_name, init) => {
    const world = worldWith(rules)
    expect(await statusFor(world, '/pass', init)).toBe(401)
    expect(world.seen).toEqual([])
  })
})
