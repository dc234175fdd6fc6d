import { expect, it } from 'vitest'
import { createWorld, NAVIGATION } from '../support/world.ts'

it.each([
  '/AUTH/login',
  '/Auth',
  '/auth%2flogin',
  '/x/..%2fauth/login',
  '//auth/login',
  '/auth;x=1/login',
  '/auth%5clogin',
])('P3: nobody reaches the origin by %s, signed in or not', async (path) => {
  const world = createWorld()
  const response = await world.fetch(path, { headers: NAVIGATION })
  expect(response.status).toBe(400)
  expect(world.seen).toEqual([])
})

it('a name that only begins like ours is the site’s', async () => {
  const world = createWorld({
    site: { name: 'x', url: 'https://app.example' },
    origin: { service: 'ORIGIN' },
    rules: [{ path: '/**', access: 'public' }],
  })
  for (const path of ['/authors/', '/auth-x', '/x/auth/login'])
    expect((await world.fetch(path)).status).toBe(200)
})
