import { beforeAll, expect, it } from 'vitest'
import { addUser, createWorld, Jar, NAVIGATION, PASSWORD } from '../support/world.ts'
import { ask, CONFIG, createProxiedWorld, GATEWAY, HOST, PROOF, passOn, signInThrough } from './support.ts'

const ADA = 'ada@passed.example'
beforeAll(() => addUser({ email: ADA }))

it('signs in through the proxy on the visitor’s own host, with cookies for that host', async () => {
  const world = createProxiedWorld()
  const page = await passOn(world, '/auth/login?next=/wiki', { headers: NAVIGATION })
  expect(page.status).toBe(200)
  const posted = await passOn(world, '/auth/login', {
    method: 'POST',
    headers: {
      ...NAVIGATION,
      origin: `https://${HOST}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ identifier: ADA, password: PASSWORD, next: '/wiki' }).toString(),
  })
  expect([posted.status, posted.headers.get('location')]).toEqual([303, '/wiki'])
  const [cookie = ''] = posted.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-edgegate=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
  const jar = new Jar().take(posted)
  expect((await ask(world, '', { target: '/wiki', cookies: jar })).status).toBe(200)
})

it('P29: a form of another site, the gateway’s address included, is refused', async () => {
  const world = createProxiedWorld()
  for (const origin of ['https://evil.example', GATEWAY]) {
    const response = await passOn(world, '/auth/api/login', {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: ADA, password: PASSWORD }),
    })
    expect(response.status).toBe(403)
  }
})

it('P4: without proof there is no such host', async () => {
  const world = createProxiedWorld()
  for (const proof of ['', 'x', `${PROOF}x`])
    expect((await passOn(world, '/auth/login', { proof })).status).toBe(421)
  const asked = await world.fetch(`${GATEWAY}/auth/login`, {
    headers: { 'x-edgegate-check': PROOF, 'x-forwarded-host': HOST },
  })
  expect([asked.status, asked.ok]).toEqual([404, false])
})

it('P4: on a site that the gateway serves itself, what a visitor forwards changes neither host nor address', async () => {
  const world = createWorld(
    { ...CONFIG, origin: { service: 'ORIGIN' }, hooks: {} },
    { EDGEGATE_CHECK_SECRET: PROOF },
  )
  const response = await world.fetch(`https://${HOST}/auth/api/guest`, {
    method: 'POST',
    headers: {
      'x-edgegate-proxy': 'wrong',
      'x-forwarded-for': '198.51.100.9',
      'x-forwarded-host': 'evil.example',
    },
  })
  expect(response.status).toBe(201)
  const line = world.logs.find(({ event }) => event === 'guest.started')
  expect(line).toMatchObject({ site: HOST, network: null })
})

it('P16: failed sign-ins are counted under the visitor’s network, not under the proxy’s', async () => {
  const world = createProxiedWorld({
    ...CONFIG,
    throttle: { account: { attempts: 1000 }, network: { attempts: 2, delay: '1h' } },
  })
  const tryFrom = (ip: string) =>
    world.fetch(`${GATEWAY}/auth/api/login`, {
      method: 'POST',
      headers: {
        'x-edgegate-proxy': PROOF,
        'x-forwarded-host': HOST,
        'x-forwarded-for': ip,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ identifier: 'nobody@passed.example', password: 'a wrong password, long' }),
    })
  const statuses = []
  for (let n = 0; n < 4; n++) statuses.push((await tryFrom('192.0.2.77')).status)
  expect(statuses.at(-1)).toBe(429)
  expect((await tryFrom('192.0.2.78')).status).toBe(401)
})

it('only the gateway’s own paths are passed on: the site itself is not here', async () => {
  const world = createProxiedWorld()
  for (const path of ['/', '/wiki', '/authx', '/auth/../wiki'])
    expect((await passOn(world, path)).status).toBe(421)
  expect((await world.fetch(`https://${HOST}/wiki`)).status).toBe(421)
  const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
  expect((await world.fetch(`https://${HOST}/wiki`, { cookies: jar })).status).toBe(421)
})

it('P14: what fails fails closed here too', async () => {
  const world = createProxiedWorld()
  world.broken.d1 = true
  const response = await passOn(world, '/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: ADA, password: PASSWORD }),
  })
  expect(response.status).toBe(503)
})
