import { beforeAll, expect, it } from 'vitest'
import { addUser, createWorld, Jar, NAVIGATION, PASSWORD, SITE, signInAs } from '../support/world.ts'

const ADA = 'ada@relogin.example'
beforeAll(() => addUser({ email: ADA, name: 'Ada' }))

const SCRIPT = '/auth/assets/relogin.js'

it('the script is small, the same for everybody, and other sites may include it', async () => {
  const world = createWorld()
  const jar = await signInAs(world, ADA)
  world.resetCounts()
  const response = await world.fetch(SCRIPT, { cookies: jar })
  const text = await response.text()
  expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(2048)
  expect(text).toBe(await (await world.fetch(SCRIPT)).text())
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(response.headers.getSetCookie()).toEqual([])
  expect([world.kv.reads, world.d1.trips]).toEqual([0, 0])
})

it('the script is kept by caches: an hour, or for good where its address has a version', async () => {
  const world = createWorld()
  const response = await world.fetch(SCRIPT)
  expect(response.headers.get('cache-control')).toBe('public, max-age=3600, stale-while-revalidate=86400')
  const versioned = await world.fetch(`${SCRIPT}?v=1`)
  expect(versioned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  const etag = response.headers.get('etag') ?? ''
  const again = await world.fetch(SCRIPT, { headers: { 'if-none-match': `W/${etag}` } })
  expect([again.status, await again.text()]).toEqual([304, ''])
  expect((await world.fetch(SCRIPT, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
})

it('the script needs nothing that a strict policy forbids', async () => {
  const text = await (await createWorld().fetch(SCRIPT)).text()
  expect(text).not.toMatch(/\beval\b|new Function|innerHTML|document\.write|\.style\b|onclick/)
  // Nothing that another window says is listened to.
  expect(text).not.toMatch(/message|opener/)
})

it('a sign-in in a window of its own ends on a page that says so', async () => {
  const world = createWorld()
  const end = '/auth/signed-in'
  const page = await world.fetch(`/auth/login?next=${encodeURIComponent(end)}`, { headers: NAVIGATION })
  expect(await page.text()).toContain(`value="${end}"`)
  const posted = await world.fetch('/auth/login', {
    method: 'POST',
    headers: { ...NAVIGATION, origin: SITE, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ identifier: ADA, password: PASSWORD, next: end }).toString(),
  })
  expect(posted.headers.get('location')).toBe(end)
  const done = await world.fetch(end, { headers: NAVIGATION, cookies: new Jar().take(posted) })
  expect(done.status).toBe(200)
  const text = await done.text()
  expect(text).toContain('You can close this window')
  expect(text).toContain('<bdi>Ada</bdi>')
  expect(text).not.toContain('<script')
})

it('who is not signed in is asked to, and comes back there', async () => {
  const response = await createWorld().fetch('/auth/signed-in', { headers: NAVIGATION })
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    '/auth/login?next=%2Fauth%2Fsigned-in',
  ])
})
