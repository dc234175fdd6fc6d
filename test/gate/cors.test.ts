import { beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { addUser, createWorld, SITE, signInAs, type World } from '../support/world.ts'

const ADA = 'ada@cors.example'
const APP = 'https://spa.example'
const OTHER = 'https://tool.example:8443'
/** What a careless comparison might take for one of them. */
const STRANGERS = [
  'https://evil.example',
  'https://spa.example.evil.example',
  'https://evilspa.example',
  'https://sub.spa.example',
  'http://spa.example',
  'https://spa.example:8443',
  'https://spa.example/',
  'https://SPA.example',
  'https://spa.example, https://evil.example',
  'https://tool.example',
  'https://spaXexample',
  'null',
  '',
  '*',
  SITE,
]

const CONFIG = {
  site: { name: 'Example', url: SITE },
  origin: { service: 'ORIGIN' },
  rules: [
    {
      path: '/api/**',
      access: 'user',
      deny: 401,
      cors: { origins: [APP, OTHER], credentials: true },
    },
    {
      path: '/tokens/**',
      access: 'user',
      methods: ['GET', 'PUT'],
      cors: { origins: [OTHER], methods: ['GET', 'PUT'], headers: ['X-Thing'], maxAge: '1h' },
    },
    { path: '/passed/**', access: 'user', preflight: 'pass', cors: { origins: [APP], credentials: true } },
    { path: '/closed/**', access: 'user', preflight: 'refuse', cors: { origins: [APP] } },
    { path: '/open/**', access: 'public', cors: { origins: [APP] } },
    { path: '/plain/**', access: 'public' },
  ],
} satisfies Config

beforeAll(() => addUser({ email: ADA }))

const acao = (response: Response) => response.headers.get('access-control-allow-origin')
const acac = (response: Response) => response.headers.get('access-control-allow-credentials')
const varies = (response: Response) => (response.headers.get('vary') ?? '').toLowerCase().split(/,\s*/)

function preflight(
  world: World,
  path: string,
  origin: string,
  method = 'GET',
  headers = '',
): Promise<Response> {
  return world.fetch(path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers === '' ? {} : { 'access-control-request-headers': headers }),
    },
  })
}

describe('a preflight', () => {
  it('is answered for an allowed origin without asking anybody', async () => {
    const world = createWorld(CONFIG)
    const response = await preflight(world, '/api/x', APP, 'DELETE', 'authorization')
    expect(response.status).toBe(204)
    expect([acao(response), acac(response)]).toEqual([APP, 'true'])
    expect(response.headers.get('access-control-allow-methods')).toBe('DELETE')
    expect(response.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type')
    expect(response.headers.get('access-control-max-age')).toBe('600')
    expect(varies(response)).toEqual(
      expect.arrayContaining(['origin', 'access-control-request-method', 'access-control-request-headers']),
    )
    expect([world.seen.length, world.kv.reads, world.d1.trips]).toEqual([0, 0, 0])
  })

  it('is answered by the rule of the method that is asked for', async () => {
    const world = createWorld(CONFIG)
    const response = await preflight(world, '/tokens/x', OTHER, 'PUT')
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, PUT')
    expect(response.headers.get('access-control-allow-headers')).toBe('X-Thing')
    expect(response.headers.get('access-control-max-age')).toBe('3600')
    expect(acac(response)).toBeNull()
    // The rule does not speak of DELETE: what does asks for a login.
    const other = await preflight(world, '/tokens/x', OTHER, 'DELETE')
    expect([other.status, acao(other)]).toEqual([401, null])
  })

  it.each(STRANGERS)('P29: of %j is refused, and nothing is said that would let it read', async (origin) => {
    const world = createWorld(CONFIG)
    for (const path of ['/api/x', '/open/x']) {
      const response = await preflight(world, path, origin)
      expect(response.ok).toBe(false)
      expect([acao(response), acac(response)]).toEqual([null, null])
    }
    expect(world.seen).toEqual([])
  })

  it('is passed on where the rule says so; who may read is still the rule’s to say', async () => {
    const world = createWorld(CONFIG)
    world.respond = (request) =>
      new Response(null, {
        status: 204,
        headers: {
          'access-control-allow-origin': request.headers.get('origin') ?? '*',
          'access-control-allow-credentials': 'true',
          'access-control-allow-methods': 'PATCH',
        },
      })
    const response = await preflight(world, '/passed/x', APP, 'PATCH')
    expect(world.seen.map(({ method }) => method)).toEqual(['OPTIONS'])
    expect(response.headers.get('access-control-allow-methods')).toBe('PATCH')
    expect(acao(response)).toBe(APP)
    const stranger = await preflight(world, '/passed/x', 'https://evil.example', 'PATCH')
    expect([acao(stranger), acac(stranger)]).toEqual([null, null])
  })

  it('is refused like any request where the rule says so', async () => {
    const response = await preflight(createWorld(CONFIG), '/closed/x', APP)
    expect(response.status).toBe(401)
  })

  it('P3: for an ambiguous path is refused', async () => {
    const response = await preflight(createWorld(CONFIG), '/open/..%2fapi/x', APP)
    expect([response.status, acao(response)]).toEqual([400, null])
  })

  it('is only what the Fetch standard calls one', async () => {
    const world = createWorld(CONFIG)
    const response = await world.fetch('/api/x', { method: 'OPTIONS', headers: { origin: APP } })
    expect(response.status).toBe(401)
  })
})

describe('an answer', () => {
  it('says to the script of an allowed origin that nobody is signed in, and where to sign in', async () => {
    const response = await createWorld(CONFIG).fetch('/api/x', { headers: { origin: APP } })
    expect(response.status).toBe(401)
    expect([acao(response), acac(response)]).toEqual([APP, 'true'])
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    expect(varies(response)).toContain('origin')
    expect(await response.json()).toMatchObject({ login_url: `${SITE}/auth/login` })
  })

  it.each(STRANGERS)('P29: is not shared with %j, whatever the origin says of it', async (origin) => {
    const world = createWorld(CONFIG)
    const jar = await signInAs(world, ADA)
    // As a site does that reflects every Origin (CVE-2026-54290).
    world.respond = (request) =>
      new Response('secret', {
        headers: {
          'access-control-allow-origin': request.headers.get('origin') ?? '*',
          'access-control-allow-credentials': 'true',
        },
      })
    for (const response of [
      await world.fetch('/api/x', { headers: { origin } }),
      await world.fetch('/api/x', { headers: { origin }, cookies: jar }),
    ]) {
      expect([acao(response), acac(response)]).toEqual([null, null])
      expect(varies(response)).toContain('origin')
    }
  })

  it('of the origin has one Allow-Origin, ours, and keeps the rest of what the origin says', async () => {
    const world = createWorld(CONFIG)
    const jar = await signInAs(world, ADA)
    world.respond = () =>
      new Response('page', {
        headers: [
          ['access-control-allow-origin', '*'],
          ['access-control-expose-headers', 'X-Total'],
          ['vary', 'Accept'],
        ],
      })
    const response = await world.fetch('/api/x', { headers: { origin: OTHER }, cookies: jar })
    expect([acao(response), acac(response)]).toEqual([OTHER, 'true'])
    expect(response.headers.get('access-control-expose-headers')).toBe('X-Total')
    expect(varies(response)).toEqual(['accept', 'origin'])
    expect(await response.text()).toBe('page')
  })

  it('P28: varies by Origin also for who sends none, so that no cache hands it to another site', async () => {
    const response = await createWorld(CONFIG).fetch('/open/x')
    expect([varies(response).includes('origin'), acao(response)]).toEqual([true, null])
  })

  it('that is a fault can be read as well', async () => {
    const world = createWorld(CONFIG)
    const jar = await signInAs(world, ADA)
    const other = createWorld(CONFIG, {}, { clock: world.clock })
    other.broken.kv = true
    other.broken.d1 = true
    const response = await other.fetch('/api/x', { headers: { origin: APP }, cookies: jar })
    expect([response.status, acao(response)]).toEqual([503, APP])
  })

  it('under a rule without cors is the origin’s affair', async () => {
    const world = createWorld(CONFIG)
    world.respond = () =>
      new Response('x', { headers: { 'access-control-allow-origin': 'https://their.example' } })
    const response = await world.fetch('/plain/x', { headers: { origin: APP } })
    expect([acao(response), varies(response).includes('origin')]).toEqual(['https://their.example', false])
    expect(acao(await world.fetch('/auth/login', { headers: { origin: APP } }))).toBeNull()
  })
})

describe('how a sign-in ended', () => {
  it('is told to origins that may send cookies, and not who signed in', async () => {
    const world = createWorld(CONFIG)
    const jar = await signInAs(world, ADA)
    const before = await world.fetch('/auth/api/session', { headers: { origin: APP } })
    expect([acao(before), acac(before), await before.json()]).toEqual([
      APP,
      'true',
      { authenticated: false, kind: 'anonymous' },
    ])
    const after = await world.fetch('/auth/api/session', { headers: { origin: APP }, cookies: jar })
    expect(await after.json()).toEqual({ authenticated: true, kind: 'user', session: { fresh: true } })
    const own = await world.fetch('/auth/api/session', { cookies: jar })
    expect(await own.json()).toMatchObject({ user: { email: ADA } })
  })

  it('P29: is told to nobody else', async () => {
    const world = createWorld(CONFIG)
    for (const origin of STRANGERS.filter((name) => name !== '')) {
      const response = await world.fetch('/auth/api/session', { headers: { origin } })
      expect([acao(response), acac(response)], origin).toEqual([null, null])
    }
    // No rule lets it send cookies.
    const tokensOnly = createWorld({ ...CONFIG, rules: CONFIG.rules.slice(1, 2) })
    expect(acao(await tokensOnly.fetch('/auth/api/session', { headers: { origin: OTHER } }))).toBeNull()
  })
})

describe('the configuration', () => {
  it.each([
    ['*'],
    ['https://spa.example/'],
    ['https://SPA.example'],
    ['https://*.example'],
    ['spa.example'],
    ['https://spa.example/app'],
    ['null'],
    ['https://spa.example:443'],
  ])('P29: refuses %j as an origin', async (origin) => {
    const world = createWorld({
      ...CONFIG,
      rules: [{ path: '/api/**', access: 'user', cors: { origins: [origin], credentials: true } }],
    })
    expect((await world.fetch('/api/x')).status).toBe(500)
    expect(JSON.stringify(world.logs)).toContain('rules[0].cors.origins')
  })

  it('refuses an answer that nothing describes', async () => {
    const world = createWorld({ ...CONFIG, rules: [{ path: '/x', access: 'user', preflight: 'answer' }] })
    await world.fetch('/x')
    expect(JSON.stringify(world.logs)).toContain('needs `cors`')
  })
})
