import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import type { Env } from '../../src/services.ts'
import { addUser, createWorld, Jar, NAVIGATION, PASSWORD, signInAs } from '../support/world.ts'

// World.fetch puts what it is given behind `https://app.example`: `/x` is the first site, `.org/x` and `:8443/x` are others.
const CONFIG: Config = {
  sites: [
    {
      site: { name: 'First', url: 'https://app.example' },
      origin: { service: 'ORIGIN' },
      rules: [{ path: '/open/**', access: 'public' }],
    },
    {
      site: { name: 'Second', url: 'https://app.example.org', hosts: ['app.example:8443'] },
      origin: { service: 'ORIGIN' },
      rules: [{ path: '/cart/**', access: 'guest' }],
      identity: { headers: ['webauth'] },
    },
  ],
}

beforeAll(async () => {
  await addUser({ email: 'ada@example.com' })
})

async function signInAt(world: ReturnType<typeof createWorld>, host: string): Promise<Jar> {
  const response = await world.fetch(`${host}/auth/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: 'ada@example.com', password: PASSWORD, remember: true }),
  })
  expect(response.status).toBe(200)
  return new Jar().take(response)
}

describe('several sites', () => {
  it('each have rules, identity headers and addresses of their own', async () => {
    const world = createWorld(CONFIG)
    expect((await world.fetch('/open/x')).status).toBe(200)
    const refused = await world.fetch('.org/open/x')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="app.example.org"')
    expect(await refused.json()).toMatchObject({ login_url: 'https://app.example.org/auth/login' })
    await world.fetch('.org/x', { cookies: await signInAt(world, '.org') })
    expect(world.seen.at(-1)?.headers.get('x-webauth-user')).toBe('ada@example.com')
    expect(world.seen.at(-1)?.headers.get('remote-user')).toBeNull()
    expect(world.seen.at(-1)?.headers.get('x-forwarded-host')).toBe('app.example.org')
  })

  it('P15: the session of one is nothing at another', async () => {
    const world = createWorld(CONFIG)
    const cookies = await signInAs(world, 'ada@example.com')
    expect((await world.fetch('/x', { cookies })).status).toBe(200)
    expect((await world.fetch('.org/x', { cookies })).status).toBe(401)
    expect(await (await world.fetch('.org/auth/api/session', { cookies })).json()).toMatchObject({
      authenticated: false,
    })
    const second = await signInAt(world, '.org')
    expect((await world.fetch('.org/x', { cookies: second })).status).toBe(200)
    expect((await world.fetch('/x', { cookies: second })).status).toBe(401)
  })

  it('P15: nor is its remember-me cookie, its guest or what was cached of it', async () => {
    const world = createWorld(CONFIG)
    const remembered = await signInAt(world, '')
    remembered.cookies.delete('__Host-edgegate')
    expect((await world.fetch('.org/x', { cookies: remembered.copy() })).status).toBe(401)
    expect((await world.fetch('/x', { cookies: remembered.copy() })).status).toBe(200)
    const guest = new Jar().take(await world.fetch('.org/cart/1'))
    expect(guest.cookies.size).toBe(1)
    expect(await (await world.fetch('/auth/api/session', { cookies: guest })).json()).toMatchObject({
      kind: 'anonymous',
    })
    const cookies = await signInAs(world, 'ada@example.com')
    for (let round = 0; round < 2; round++) {
      expect((await world.fetch('/x', { cookies })).status).toBe(200)
      expect((await world.fetch('.org/x', { cookies })).status).toBe(401)
    }
  })

  it('more hosts of one share its sessions, as they share its rules', async () => {
    const world = createWorld(CONFIG)
    const cookies = await signInAt(world, '.org')
    expect((await world.fetch(':8443/x', { cookies })).status).toBe(200)
  })
})

describe('the host', () => {
  it.each([
    '.evil.example/x',
    '.net/x',
    '.org:444/x',
    ':80/x',
    ':444/x',
    '.evil/auth/login',
    'x/open/x',
    '.org.example/x',
    '@evil.example/x',
  ])('P3: of no site is refused: app.example%s', async (rest) => {
    const world = createWorld(CONFIG)
    const response = await world.fetch(rest)
    expect(response.status).toBe(421)
    expect(await response.json()).toMatchObject({ code: 'misdirected_request' })
    expect(response.headers.getSetCookie()).toEqual([])
    expect(world.seen).toEqual([])
  })

  it.each(['/open/x', '.:443/open/x', './open/x', ':443/open/x'])(
    'P3: is the same however it is written: app.example%s',
    async (rest) => {
      const world = createWorld(CONFIG)
      expect((await world.fetch(rest)).status).toBe(200)
      expect(world.seen.at(-1)?.headers.get('x-forwarded-host')).toBe('app.example')
    },
  )

  it('P3: in capitals meets the same rules', async () => {
    const world = createWorld(CONFIG)
    for (const host of ['APP.EXAMPLE', 'App.Example.', 'aPP.example'])
      expect((await world.fetch('/x', { headers: { host } })).status, host).toBe(401)
    expect((await world.fetch('.ORG/open/x')).status).toBe(401)
    expect(world.seen).toEqual([])
  })

  it.each([
    ['https://app.example/open/x', 'app.example:443', 200],
    ['https://app.example/open/x', 'App.Example.:443', 200],
    ['https://app.example/open/x', 'app.example:80', 421],
    ['https://app.example:8443/open/x', 'app.example:443', 421],
    ['http://localhost/open/x', 'localhost:80', 200],
    ['http://localhost/open/x', 'localhost:443', 421],
  ])("P7: only the scheme's own port may be written out: %s as %s is %d", async (url, host, status) => {
    const world = createWorld(CONFIG, { EDGEGATE_DEV: 'http://localhost' })
    expect((await world.fetch(url, { headers: { host } })).status).toBe(status)
  })

  it.each([
    'evil.example',
    'app.example.org',
    'app.example:8443',
    'app.example, evil.example',
    'app.example/open',
    'app.example@evil.example',
    '',
  ])('P7: a Host header that says another than the URL is refused: %j', async (host) => {
    const world = createWorld(CONFIG)
    const response = await world.fetch('/open/x', { headers: { ...NAVIGATION, host } })
    expect(response.status).toBe(421)
    expect(world.seen).toEqual([])
  })
})

describe('plain http on a site of https', () => {
  it.each(['GET', 'HEAD'])('sends the %s of a browser over, to the same path and query', async (method) => {
    const world = createWorld(CONFIG)
    for (const path of ['/open/x?a=1&b=//evil.example', '/auth/login?next=%2Fx', '//evil.example/x']) {
      const response = await world.fetch(`http://app.example${path}`, { method, headers: NAVIGATION })
      expect([response.status, response.headers.get('location')]).toEqual([308, `https://app.example${path}`])
    }
    const other = await world.fetch('http://app.example.org/x', { method, headers: NAVIGATION })
    expect(other.headers.get('location')).toBe('https://app.example.org/x')
    expect(world.seen).toEqual([])
  })

  it.each([
    ['a script', '/open/x', {}],
    ['a form', '/auth/login', { method: 'POST', headers: NAVIGATION, body: 'identifier=a' }],
    ['a verifier', '/auth/.well-known/jwks.json', {}],
    ['a socket', '/open/x', { headers: { upgrade: 'websocket' } }],
  ] as const)('tells %s, and does nothing else', async (_who, path, init) => {
    const world = createWorld(CONFIG)
    const cookies = await signInAs(world, 'ada@example.com')
    world.resetCounts()
    const response = await world.fetch(`http://app.example${path}`, { ...init, cookies })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'https_required' })
    expect(response.headers.getSetCookie()).toEqual([])
    expect([world.seen, world.kv.reads, world.d1.trips]).toEqual([[], 0, 0])
  })

  it('is what a site on loopback speaks', async () => {
    const world = createWorld(CONFIG, { EDGEGATE_DEV: 'http://localhost:8787' })
    expect((await world.fetch('http://localhost:8787/open/x')).status).toBe(200)
    const local = createWorld({
      site: { name: 'Local', url: 'https://localhost:8787' },
      origin: { service: 'ORIGIN' },
      rules: [{ path: '/open/**', access: 'public' }],
    })
    expect((await local.fetch('http://localhost:8787/open/x')).status).toBe(200)
  })
})

describe('P14: a gateway that is not configured', () => {
  it.each<[string, Config, Partial<Env>]>([
    ['an unknown option', { ...CONFIG, typo: true } as Config, {}],
    [
      'a broken rule',
      { sites: [{ ...CONFIG.sites?.[0], rules: [{ path: 'x', access: 'public' }] }] } as Config,
      {},
    ],
    ['no secret', CONFIG, { EDGEGATE_SECRET: '' }],
    ['a short secret', CONFIG, { EDGEGATE_SECRET: 'short' }],
    ['a development address that is public', CONFIG, { EDGEGATE_DEV: 'https://app.example' }],
    ['a development address that is none', CONFIG, { EDGEGATE_DEV: 'nonsense' }],
  ])('lets nobody through and tells the log alone why: %s', async (_name, config, variables) => {
    const world = createWorld(config, variables)
    for (const path of ['/open/x', '/x', '/auth/login', '/auth/health']) {
      const response = await world.fetch(path)
      expect(response.status).toBe(500)
      expect(Object.keys((await response.json()) as object).sort()).toEqual([
        'code',
        'status',
        'title',
        'type',
      ])
    }
    expect(world.seen).toEqual([])
    expect(world.logs.filter(({ event }) => event === 'config.refused').length).toBeGreaterThan(0)
    expect(JSON.stringify(world.logs)).not.toContain(env.EDGEGATE_SECRET)
  })
})
