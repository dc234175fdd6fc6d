import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  type Jar,
  NAVIGATION,
  signInAs,
  type World,
} from '../support/world.ts'

const DAY = 86_400_000
const REMEMBER = '__Host-edgegate-remember'
const SESSION = '__Host-edgegate'

beforeAll(async () => {
  await addUser({ email: 'ada@example.com' })
})

/** The browser was closed: the session cookie is gone, what is remembered stays. */
function reopen(jar: Jar): Jar {
  const next = jar.copy()
  next.cookies.delete(SESSION)
  return next
}

async function open(world: World, cookies: Jar, path = '/members/') {
  const response = await world.fetch(path, { headers: NAVIGATION, cookies })
  return {
    status: response.status,
    jar: cookies.copy().take(response),
    location: response.headers.get('location'),
  }
}

describe('keep me signed in', () => {
  it('restores a session after the browser was closed, under a new token each time', async () => {
    const world = createWorld()
    const first = await signInAs(world, 'ada@example.com', { remember: true })
    const second = await open(world, reopen(first))
    expect(second.status).toBe(200)
    expect(second.jar.cookies.get(REMEMBER)).not.toBe(first.cookies.get(REMEMBER))
    expect((await open(world, reopen(second.jar))).status).toBe(200)
  })

  it('is not fresh, and becomes fresh by the password', async () => {
    const world = createWorld()
    const { jar } = await open(world, reopen(await signInAs(world, 'ada@example.com', { remember: true })))
    const session = await world.fetch('/auth/api/session', { cookies: jar })
    expect(await session.json()).toMatchObject({
      authenticated: true,
      session: { remembered: true, fresh: false },
    })
    expect((await open(world, jar, '/fresh/x')).location).toBe('/auth/reauth?next=%2Ffresh%2Fx')
    const confirmed = await world.fetch('/auth/api/reauth', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'tall purple window sings quietly' }),
      cookies: jar,
    })
    expect(confirmed.status).toBe(200)
    const old = jar.copy()
    jar.take(confirmed)
    expect(await confirmed.json()).toMatchObject({ session: { remembered: false, fresh: true } })
    expect((await open(world, jar, '/fresh/x')).status).toBe(200)
    expect(old.cookies.get(SESSION)).not.toBe(jar.cookies.get(SESSION))
    old.cookies.delete(REMEMBER)
    expect((await open(world, old)).status).toBe(302)
  })

  it('ends after its time', async () => {
    const world = createWorld()
    const jar = await signInAs(world, 'ada@example.com', { remember: true })
    world.clock.now += 30 * DAY
    expect((await open(world, reopen(jar))).status).toBe(302)
  })

  it('lets tabs that open together all in', async () => {
    const world = createWorld()
    const jar = reopen(await signInAs(world, 'ada@example.com', { remember: true }))
    const tabs = await Promise.all(Array.from({ length: 8 }, () => open(world, jar)))
    expect(tabs.map(({ status }) => status)).toEqual(Array(8).fill(200))
  })

  it('tells theft: a used token ends the family, for the thief and the robbed', async () => {
    const world = createWorld()
    const robbed = reopen(await signInAs(world, 'ada@example.com', { remember: true }))
    const thief = await open(world, robbed)
    expect(thief.status).toBe(200)
    world.clock.now += 60_000
    const late = await open(world, robbed)
    expect(late.status).toBe(302)
    expect(late.location).toContain('news=remember_stolen')
    expect(late.jar.cookies.has(REMEMBER)).toBe(false)
    expect((await open(world, thief.jar)).status).toBe(302)
    expect((await open(world, reopen(thief.jar))).status).toBe(302)
    expect(world.logs.some(({ event }) => event === 'remember.theft_detected')).toBe(true)
  })

  it.each(['x', 'a.b', `${'A'.repeat(22)}.${'B'.repeat(43)}`, '', `${'A'.repeat(22)}.${'B'.repeat(43)}.C`])(
    'takes %j for nothing',
    async (value) => {
      const response = await createWorld().fetch('/members/', {
        headers: { ...NAVIGATION, cookie: `${REMEMBER}=${value}` },
      })
      expect(response.status).toBe(302)
    },
  )

  it('P13: does not restore a disabled account', async () => {
    const world = createWorld()
    const id = await addUser({ email: 'gone@example.com' })
    const jar = reopen(await signInAs(world, 'gone@example.com', { remember: true }))
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(id).run()
    expect((await open(world, jar)).status).toBe(302)
  })

  it('P12: signing out forgets it', async () => {
    const world = createWorld()
    const jar = await signInAs(world, 'ada@example.com', { remember: true })
    const stolen = reopen(jar)
    await world.fetch('/auth/api/logout', { method: 'POST', cookies: jar })
    expect((await open(world, stolen)).status).toBe(302)
  })

  it('can be switched off', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { remember: false } })
    const jar = await signInAs(world, 'ada@example.com', { remember: true })
    expect(jar.cookies.has(REMEMBER)).toBe(false)
    expect(await (await world.fetch('/auth/login', { headers: NAVIGATION })).text()).not.toContain(
      'name="remember"',
    )
  })
})

it('P14: a storage fault while restoring is no theft: the same token is good afterwards', async () => {
  const world = createWorld()
  const jar = reopen(await signInAs(world, 'ada@example.com', { remember: true }))
  world.broken.kv = true
  expect((await open(world, jar)).status).toBe(503)
  world.broken.kv = false
  world.clock.now += 60_000
  expect((await open(world, jar)).status).toBe(200)
})

it('P11: a late write of the record cannot bring the token back from before a confirmed password', async () => {
  const world = createWorld({ ...BASE_CONFIG, session: { idle: '1h' } })
  const jar = await signInAs(world, 'ada@example.com')
  const old = jar.copy()
  const before = await Promise.all(
    (await env.SESSIONS.list({ prefix: 'session/' })).keys.map(
      async ({ name }) => [name, await env.SESSIONS.get(name)] as const,
    ),
  )
  const confirmed = await world.fetch('/auth/api/reauth', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: 'tall purple window sings quietly' }),
    cookies: jar,
  })
  jar.take(confirmed)
  for (const [name, text] of before) if (text) await env.SESSIONS.put(name, text)
  world.clock.now += 6 * 60_000
  expect((await open(world, old)).status).toBe(302)
  expect((await open(world, jar)).status).toBe(200)
})

it('P12: "everywhere" that comes while a session is being restored ends it too', async () => {
  const elsewhere = createWorld()
  let meanwhile: (() => Promise<unknown>) | null = null
  const racing = new Proxy(env.DB, {
    get(db, name) {
      if (name !== 'batch') return Reflect.get(db, name).bind(db)
      return async (statements: D1PreparedStatement[]) => {
        const results = await db.batch(statements)
        // The token has been exchanged, and the account has not been read yet.
        await meanwhile?.()
        meanwhile = null
        return results
      }
    },
  })
  const world = createWorld(BASE_CONFIG, { DB: racing })
  const other = await signInAs(elsewhere, 'ada@example.com')
  const jar = reopen(await signInAs(elsewhere, 'ada@example.com', { remember: true }))
  meanwhile = () =>
    elsewhere.fetch('/auth/api/logout', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"everywhere":true}',
      cookies: other,
    })
  const { jar: restored } = await open(world, jar)
  expect(restored.cookies.has('__Host-edgegate')).toBe(true)
  expect(meanwhile).toBeNull()
  world.clock.now += 10_000
  expect((await open(world, restored)).status).toBe(302)
})
