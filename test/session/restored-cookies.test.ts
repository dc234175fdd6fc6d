import { beforeAll, describe, expect, it } from 'vitest'
import { meanwhile } from '../support/meanwhile.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  type Jar,
  NAVIGATION,
  PASSWORD,
  signInAs,
  type World,
} from '../support/world.ts'

const EMAIL = 'restored-cookies@example.com'

beforeAll(async () => {
  await addUser({ email: EMAIL })
})

const post = (world: World, path: string, cookies: Jar, body: object) =>
  world.fetch(path, {
    method: 'POST',
    cookies,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** A browser whose session is gone and that remembers. */
async function remembering(world: World): Promise<Jar> {
  const cookies = await signInAs(world, EMAIL, { remember: true })
  cookies.cookies.delete('__Host-edgegate')
  return cookies
}

/** The exchange must have reached the browser: later, its old token would pass for a thief's. */
async function staysSignedIn(world: World, cookies: Jar, answer: Response): Promise<void> {
  cookies.take(answer)
  world.clock.now += 30_000
  const next = await world.fetch('/members/', { headers: NAVIGATION, cookies })
  expect(next.status).toBe(200)
  expect(world.logs.map(({ event }) => event)).not.toContain('remember.theft_detected')
}

describe('P12: a browser hears of the token that restored its session', () => {
  it.each([
    ['a wrong password', '/auth/api/reauth', { password: 'not the right password' }, 401],
    ['a body that is none', '/auth/api/reauth', { nonsense: 1 }, 400],
  ])('after %s', async (_, path, body, status) => {
    const world = createWorld()
    const cookies = await remembering(world)
    const answer = await post(world, path, cookies, body)
    expect(answer.status).toBe(status)
    await staysSignedIn(world, cookies, answer)
  })

  it('after a fault of the work that followed', async () => {
    const before = createWorld()
    const cookies = await remembering(before)
    const fails = meanwhile(/INSERT INTO throttle/, async () => {
      throw new Error('D1_ERROR: overloaded')
    })
    const world = createWorld(BASE_CONFIG, { DB: fails }, { clock: before.clock })
    const change = { current: PASSWORD, password: 'green ladder under seven clouds' }
    const answer = await post(world, '/auth/api/account/password', cookies, change)
    expect(answer.status).toBe(503)
    await staysSignedIn(world, cookies, answer)
  })

  it('after an origin that did not answer', async () => {
    const world = createWorld()
    const cookies = await remembering(world)
    world.respond = () => Promise.reject(new Error('connection refused'))
    const answer = await world.fetch('/members/', { headers: NAVIGATION, cookies })
    expect(answer.status).toBe(502)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    world.respond = () => new Response('page')
    await staysSignedIn(world, cookies, answer)
  })
})
