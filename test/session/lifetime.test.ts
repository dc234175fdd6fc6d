import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { addUser, BASE_CONFIG, createWorld, Jar, NAVIGATION, signInAs, type World } from '../support/world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
let userId: string

beforeAll(async () => {
  userId = await addUser({ email: 'ada@example.com', roles: ['reader'] })
})

const visit = async (world: World, cookies: Jar, headers: Record<string, string> = NAVIGATION) =>
  (await world.fetch('/members/', { headers, cookies })).status
const SCRIPT = { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }

describe.each(['kv', 'd1'] as const)('sessions in %s', (store) => {
  const config = { ...BASE_CONFIG, session: { store, idle: '1h', absolute: '10h' } } as const

  it('end after the idle time', async () => {
    const world = createWorld(config)
    const cookies = await signInAs(world, 'ada@example.com')
    world.clock.now += HOUR - 1
    expect(await visit(world, cookies, SCRIPT)).toBe(200)
    world.clock.now += 1
    expect(await visit(world, cookies)).toBe(302)
  })

  it('are kept alive by navigations, not by polling', async () => {
    const world = createWorld(config)
    const navigating = await signInAs(world, 'ada@example.com')
    const polling = await signInAs(world, 'ada@example.com')
    for (let i = 0; i < 6; i++) {
      world.clock.now += 20 * MINUTE
      expect(await visit(world, navigating)).toBe(200)
      await visit(world, polling, SCRIPT)
    }
    expect(await visit(world, polling)).toBe(302)
  })

  it('are not kept alive by a prefetch', async () => {
    const world = createWorld(config)
    const cookies = await signInAs(world, 'ada@example.com')
    world.clock.now += 40 * MINUTE
    expect(await visit(world, cookies, { ...NAVIGATION, 'sec-purpose': 'prefetch' })).toBe(200)
    world.clock.now += 30 * MINUTE
    expect(await visit(world, cookies)).toBe(302)
  })

  it('end at their absolute age, however busy', async () => {
    const world = createWorld(config)
    const cookies = await signInAs(world, 'ada@example.com')
    for (let at = 0; at < 10 * HOUR - 30 * MINUTE; at += 30 * MINUTE) {
      expect(await visit(world, cookies)).toBe(200)
      world.clock.now += 30 * MINUTE
    }
    world.clock.now += 30 * MINUTE
    expect(await visit(world, cookies)).toBe(302)
  })

  it('P13: see a disabled account and changed roles within a tenth of the idle time', async () => {
    const world = createWorld(config)
    const cookies = await signInAs(world, 'ada@example.com')
    await env.DB.prepare(`UPDATE user SET roles = '["writer"]' WHERE id = ?1`).bind(userId).run()
    world.clock.now += 6 * MINUTE
    expect(await visit(world, cookies, SCRIPT)).toBe(200)
    expect(world.seen.at(-1)?.headers.get('remote-groups')).toBe('writer')
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(userId).run()
    world.clock.now += 6 * MINUTE
    expect(await visit(world, cookies, SCRIPT)).toBe(401)
    await env.DB.prepare(`UPDATE user SET disabled_at = NULL, roles = '["reader"]' WHERE id = ?1`)
      .bind(userId)
      .run()
  })

  it('P12: do not come back when a late write follows their end', async () => {
    const world = createWorld(config)
    const cookies = await signInAs(world, 'ada@example.com')
    const stolen = cookies.copy()
    const key = (await env.SESSIONS.list({ prefix: 'session/' })).keys.map(({ name }) => name)
    const before = await Promise.all(key.map(async (name) => [name, await env.SESSIONS.get(name)] as const))
    await world.fetch('/auth/api/logout', { method: 'POST', cookies })
    for (const [name, text] of before) if (text) await env.SESSIONS.put(name, text)
    world.clock.now += 6 * MINUTE
    expect(await visit(world, stolen, SCRIPT)).toBe(401)
  })
})

describe('operation counts (DESIGN budgets)', () => {
  it('a signed-in page in an isolate that knows the session costs nothing', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    await visit(world, cookies)
    world.resetCounts()
    for (let i = 0; i < 20; i++) {
      world.clock.now += 100
      expect(await visit(world, cookies)).toBe(200)
    }
    expect(world.kv).toEqual({ reads: 0, writes: 0, deletes: 0, lists: 0 })
    expect(world.d1).toEqual({ statements: 0, trips: 0 })
  })

  it('over time: one KV read a minute, and one read of the feed in three seconds', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    await visit(world, cookies)
    world.resetCounts()
    for (let at = 0; at < 5 * MINUTE; at += 500) {
      world.clock.now += 500
      expect(await visit(world, cookies)).toBe(200)
    }
    expect(world.kv).toEqual({ reads: 5, writes: 0, deletes: 0, lists: 0 })
    expect(world.d1.trips).toBe(100)
    expect(world.d1.statements).toBe(100)
  })

  it('the first sight of a session costs one KV read and one D1 read', async () => {
    const cookies = await signInAs(createWorld(), 'ada@example.com')
    const world = createWorld()
    expect(await visit(world, cookies)).toBe(200)
    expect(world.kv).toEqual({ reads: 1, writes: 0, deletes: 0, lists: 0 })
    expect(world.d1).toEqual({ statements: 1, trips: 1 })
  })

  it('a public rule and a malformed token cost nothing at all', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    world.resetCounts()
    await world.fetch('/public/x', { cookies })
    for (const value of ['deleted', 'a b', '[object Object]', '', 'x'.repeat(5000)]) {
      await world.fetch('/members/', { headers: { ...NAVIGATION, cookie: `__Host-edgegate=${value}` } })
    }
    expect(world.kv).toEqual({ reads: 0, writes: 0, deletes: 0, lists: 0 })
    expect(world.d1).toEqual({ statements: 0, trips: 0 })
  })

  it('a flood of invented tokens costs one read each, and leaves what is known', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    await visit(world, cookies)
    world.resetCounts()
    for (let i = 0; i < 500; i++) {
      const cookie = `__Host-edgegate=${randomText(32)}`
      expect((await world.fetch('/members/', { headers: { ...NAVIGATION, cookie } })).status).toBe(302)
    }
    expect(world.kv).toEqual({ reads: 500, writes: 0, deletes: 0, lists: 0 })
    world.resetCounts()
    expect(await visit(world, cookies)).toBe(200)
    expect(world.kv.reads + world.d1.trips).toBe(0)
  })

  it('requests that meet a session for the first time at once share one read', async () => {
    const cookies = await signInAs(createWorld(), 'ada@example.com')
    const world = createWorld()
    const statuses = await Promise.all(Array.from({ length: 40 }, () => visit(world, cookies)))
    expect(statuses.every((status) => status === 200)).toBe(true)
    expect([world.kv.reads, world.d1.trips]).toEqual([1, 1])
  })

  it('sliding writes at most once per tenth of the idle time', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { idle: '1h' } })
    const cookies = await signInAs(world, 'ada@example.com')
    world.resetCounts()
    for (let i = 0; i < 60; i++) {
      world.clock.now += MINUTE
      await visit(world, cookies)
    }
    // A record and the pointer that lists it.
    expect(world.kv.writes).toBeLessThanOrEqual(20)
  })
})

describe('P14: storage faults close the gate', () => {
  it('KV away: 503 for whose session is not known yet, never anonymous', async () => {
    const cookies = await signInAs(createWorld(), 'ada@example.com')
    const world = createWorld()
    world.broken.kv = true
    world.seen.length = 0
    for (const path of ['/members/', '/optional/', '/cart/']) {
      expect((await world.fetch(path, { headers: NAVIGATION, cookies })).status).toBe(503)
    }
    expect(world.seen).toEqual([])
    expect((await world.fetch('/public/x', { cookies })).status).toBe(200)
  })

  it('a sign-out that could not be written is an error, never a success', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    world.broken.d1 = true
    const response = await world.fetch('/auth/api/logout', { method: 'POST', cookies })
    expect(response.status).toBe(503)
    expect(response.headers.getSetCookie()).toEqual([])
  })
})

describe('protection', () => {
  const at = (
    network: string,
    agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ) => ({
    ...NAVIGATION,
    'user-agent': agent,
    'cf-connecting-ip': network,
  })
  const edge = { cf: { asn: 64496, country: 'DE' } } as object
  const elsewhere = { cf: { asn: 64511, country: 'FR' } } as object

  it('basic: a session that moved is no longer fresh, and goes on', async () => {
    const world = createWorld()
    const cookies = await signInHere(world)
    expect((await world.fetch('/fresh/', { headers: at('192.0.2.1'), cookies, ...edge })).status).toBe(200)
    expect((await world.fetch('/fresh/', { headers: at('203.0.113.1'), cookies, ...elsewhere })).status).toBe(
      302,
    )
    expect(
      (await world.fetch('/members/', { headers: at('203.0.113.1'), cookies, ...elsewhere })).status,
    ).toBe(200)
  })

  it('strong: it ends, also for who had it first', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { protection: 'strong' } })
    const cookies = await signInHere(world, true)
    expect((await world.fetch('/members/', { headers: at('192.0.2.1'), cookies, ...edge })).status).toBe(200)
    expect(
      (await world.fetch('/members/', { headers: at('192.0.2.1', 'curl/8.0'), cookies, ...edge })).status,
    ).toBe(302)
    cookies.cookies.delete('__Host-edgegate-remember')
    expect((await world.fetch('/members/', { headers: at('192.0.2.1'), cookies, ...edge })).status).toBe(302)
    expect(await endedByProtection()).toEqual([expect.stringMatching(/^[\w-]{16}$/)])
  })

  it('strong: of a guest it ends as well, and only the log tells', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { protection: 'strong' } })
    const cookies = new Jar().take(await world.fetch('/cart/1', { headers: at('192.0.2.1'), ...edge }))
    expect(cookies.cookies.size).toBe(1)
    expect(
      (await world.fetch('/cart/1', { headers: at('192.0.2.1', 'curl/8.0'), cookies, ...edge })).status,
    ).toBe(302)
    expect(world.logs).toContainEqual(
      expect.objectContaining({ event: 'session.ended', detail: { by: 'protection' } }),
    )
    expect(await endedByProtection()).toEqual([])
  })

  it('strong: a remember-me token that moved restores nothing, and is over', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { protection: 'strong' } })
    const cookies = await signInHere(world, true)
    cookies.cookies.delete('__Host-edgegate')
    const thief = { headers: at('203.0.113.9', 'curl/8.0'), cookies, ...elsewhere }
    expect((await world.fetch('/members/', thief)).status).toBe(302)
    expect((await world.fetch('/members/', { headers: at('192.0.2.1'), cookies, ...edge })).status).toBe(302)
    expect(await endedByProtection()).toEqual([null])
  })

  it('none: nothing is compared', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { protection: 'none' } })
    const cookies = await signInHere(world)
    expect(
      (await world.fetch('/fresh/', { headers: at('203.0.113.1', 'curl/8'), cookies, ...elsewhere })).status,
    ).toBe(200)
  })

  it('a browser that updates itself and a new address on the same line change nothing', async () => {
    const world = createWorld({ ...BASE_CONFIG, session: { protection: 'strong' } })
    const cookies = await signInHere(world)
    const updated = at(
      '192.0.2.200',
      'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0',
    )
    expect((await world.fetch('/fresh/', { headers: updated, cookies, ...edge })).status).toBe(200)
  })

  /** The sessions of the audit's rows, which are then gone. */
  async function endedByProtection() {
    const { results } = await env.DB.prepare(
      `DELETE FROM audit WHERE event = 'session.ended' AND detail = '{"by":"protection"}' RETURNING session_id, user_id, network`,
    ).all<{ session_id: string | null; user_id: string | null; network: string | null }>()
    for (const row of results)
      expect([row.user_id, row.network]).toEqual([expect.any(String), expect.any(String)])
    return results.map(({ session_id }) => session_id)
  }

  async function signInHere(world: World, remember = false): Promise<Jar> {
    return await signInAs(world, 'ada@example.com', { headers: at('192.0.2.1'), remember, ...edge } as never)
  }
})
