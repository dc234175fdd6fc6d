import { beforeAll, describe, expect, it } from 'vitest'
import { addUser, Jar, NAVIGATION, PASSWORD, type World } from '../support/world.ts'
import {
  ask,
  askAsNginx,
  CONFIG,
  createProxiedWorld,
  GATEWAY,
  HOST,
  PROOF,
  signInThrough,
} from './support.ts'

const ADA = 'ada@dialect.example'
beforeAll(() => addUser({ email: ADA, roles: ['staff'] }))

describe('nginx', () => {
  it('hears of a refusal as 403 without more, and of its reason when it asks again', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    const cases = [
      [{ target: '/wiki', headers: NAVIGATION }, 302],
      [{ target: '/wiki' }, 401],
      [{ target: '/admin/x', cookies: jar }, 403],
      [{ target: '/public/%2e%2e/admin' }, 400],
      [{ target: '/wiki', host: 'evil.example' }, 421],
      [{ target: '/wiki', method: 'BAD METHOD' }, 400],
    ] as const
    for (const [question, status] of cases) {
      const first = await askAsNginx(world, '/nginx', question)
      expect([first.status, await first.text()]).toEqual([403, ''])
      expect(first.headers.get('x-edgegate-decision')).toBeNull()
      const second = await askAsNginx(world, '/nginx/refusal', question)
      expect(second.status).toBe(status)
    }
  })

  it('lets pass with 200 and the identity', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    const response = await askAsNginx(world, '/nginx', { target: '/wiki?a=b', cookies: jar })
    expect([response.status, response.headers.get('remote-user')]).toEqual([200, ADA])
  })

  it('a refusal is one row of the audit log, though nginx asks twice', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    for (const path of ['/nginx', '/nginx/refusal'])
      await askAsNginx(world, path, { target: '/admin/x', cookies: jar })
    expect(world.logs.filter(({ event }) => event === 'access.denied')).toHaveLength(1)
  })

  it('P8: the second answer never lets pass: who may by now is sent to try again', async () => {
    const response = await askAsNginx(createProxiedWorld(), '/nginx/refusal', { target: '/public/x?a=b' })
    expect([response.status, response.headers.get('location')]).toEqual([307, '/public/x?a=b'])
    expect(response.headers.get('x-edgegate-decision')).toBeNull()
  })

  it('the thief of a remember-me cookie is told apart in the second answer too', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD, true)
    jar.cookies.delete('__Host-edgegate')
    const thief = jar.copy()
    jar.take(await askAsNginx(world, '/nginx', { target: '/wiki', cookies: jar, headers: NAVIGATION }))
    world.clock.now += 10 * 60_000
    const stolen = { target: '/wiki', cookies: thief, headers: NAVIGATION }
    const first = await askAsNginx(world, '/nginx', stolen)
    expect(first.status).toBe(403)
    expect(first.headers.get('x-edgegate-set-cookie-1')).toContain('Max-Age=0')
    const because = first.headers.get('x-edgegate-because') ?? ''
    const second = await askAsNginx(world, '/nginx/refusal', {
      ...stolen,
      headers: { ...NAVIGATION, 'x-edgegate-because': because },
    })
    expect(second.headers.get('location')).toContain('news=remember_stolen')
  })

  it.each([
    ['no address', {}],
    ['no scheme', { 'x-original-url': `${HOST}/public/x` }],
    ['another scheme', { 'x-original-url': `ftp://${HOST}/public/x` }],
    ['credentials', { 'x-original-url': `https://a@${HOST}/public/x` }],
    ['no path', { 'x-original-url': `https://${HOST}` }],
    ['only a query', { 'x-original-url': `https://${HOST}?/public/x` }],
    ['a backslash', { 'x-original-url': `https://${HOST}\\public/x` }],
  ])('P2: refuses a question with %s', async (_what, headers) => {
    const world = createProxiedWorld()
    const response = await world.fetch(`${GATEWAY}/auth/check/nginx`, {
      headers: {
        'x-edgegate-check': PROOF,
        'x-original-method': 'GET',
        ...(headers as Record<string, string>),
      },
    })
    expect(response.status).toBe(403)
  })

  it('P4: the headers of another dialect have no say', async () => {
    const world = createProxiedWorld()
    const asNginx = await askAsNginx(world, '/nginx', {
      target: '/wiki',
      headers: { 'x-forwarded-uri': '/public/x', 'x-forwarded-method': 'GET', 'x-forwarded-host': HOST },
    })
    expect(asNginx.status).toBe(403)
    const asCaddy = await ask(world, '', {
      target: '/wiki',
      headers: { 'x-original-url': `https://${HOST}/public/x`, 'x-original-method': 'GET' },
    })
    expect(asCaddy.status).toBe(401)
  })
})

/** As Envoy's ext_authz filter asks over HTTP: method, host and path are the visitor's, the path behind `path_prefix`. */
function askAsEnvoy(
  world: World,
  target: string,
  init: { method?: string; host?: string; headers?: Record<string, string>; cookies?: Jar } = {},
): Promise<Response> {
  return world.fetch(`${GATEWAY}/auth/check/envoy${target}`, {
    method: init.method ?? 'GET',
    headers: {
      host: init.host ?? HOST,
      'x-edgegate-check': PROOF,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7',
      ...init.headers,
    },
    ...(init.cookies ? { cookies: init.cookies } : {}),
  })
}

describe('Envoy', () => {
  it('asks with the visitor’s own method, host and path', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    expect((await askAsEnvoy(world, '/public/x?a=b')).status).toBe(200)
    expect((await askAsEnvoy(world, '/wiki', { headers: NAVIGATION })).status).toBe(302)
    expect((await askAsEnvoy(world, '/wiki', { host: 'evil.example' })).status).toBe(421)
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await askAsEnvoy(world, '/wiki', { method, cookies: jar })
      expect([response.status, response.headers.get('remote-user')]).toEqual([200, ADA])
      expect((await askAsEnvoy(world, '/admin/x', { method, cookies: jar })).status).toBe(403)
    }
  })

  it('P5: is told which headers to take away beside those it sets', async () => {
    const { headers } = await askAsEnvoy(createProxiedWorld(), '/public/x')
    const names = (headers.get('x-envoy-auth-headers-to-remove') ?? '').toLowerCase().split(',')
    expect(names).toContain('x-webauth-user')
    expect(names).toContain('x-forwarded-user')
    expect(names).toContain('cookie')
    // It removes after it has set.
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    jar.cookies.set('theme', 'dark')
    const known = await askAsEnvoy(world, '/wiki', { cookies: jar })
    const removed = (known.headers.get('x-envoy-auth-headers-to-remove') ?? '').toLowerCase().split(',')
    expect([known.headers.get('remote-user'), known.headers.get('cookie')]).toEqual([ADA, 'theme=dark'])
    for (const name of removed) expect(known.headers.get(name) || null, name).toBeNull()
    expect(removed).toContain('authorization')
  })

  it('P14: a page of the gateway’s own is never the answer, wherever a path leads', async () => {
    const world = createProxiedWorld()
    for (const target of [
      '/../login',
      '/../../login',
      '/../../.well-known/jwks.json',
      '',
      '?x',
      '/../../health',
    ]) {
      const response = await askAsEnvoy(world, target)
      expect(response.ok, target).toBe(false)
    }
  })
})

describe('HAProxy', () => {
  it('gets an answer that it can hand on as it is, with the decision marked', async () => {
    const world = createProxiedWorld({ ...CONFIG, hooks: { onDenied: () => new Response('closed') } })
    const refused = await ask(world, '/haproxy', { target: '/wiki' })
    expect([refused.status, refused.headers.get('x-edgegate-decision')]).toEqual([200, null])
    const allowed = await ask(world, '/haproxy', { target: '/public/x' })
    expect(allowed.headers.get('x-edgegate-decision')).toBe('allow')
  })
})

it('an address that is none of the check’s has no answer', async () => {
  for (const path of ['/apache', '/nginx/', '/nginx/refusals', '/../login', '/envoyx'])
    expect((await ask(createProxiedWorld(), path, { target: '/public/x' })).ok, path).toBe(false)
})
