import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { createCentralKv } from '../support/stale-kv.ts'
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

const SECOND = 1000
let ada: string

beforeAll(async () => {
  ada = await addUser({ email: 'ada@example.com', roles: ['admin'] })
})
beforeEach(async () => {
  await env.DB.prepare(`UPDATE user SET roles = '["admin"]', disabled_at = NULL`).run()
})

/** Isolates in two places of the world: one D1, one KV that each sees in its own time, one clock. */
function twoPlaces(config: Config = BASE_CONFIG): { here: World; there: World; pass: (ms: number) => void } {
  const clock = { now: Date.UTC(2026, 10, 24, 9) }
  const kv = createCentralKv(clock)
  const world = () => createWorld(config, {}, { clock, kv: kv.location() })
  return {
    here: world(),
    there: world(),
    pass: (ms) => {
      clock.now += ms
    },
  }
}

const open = async (world: World, cookies: Jar, path = '/members/') =>
  (await world.fetch(path, { headers: NAVIGATION, cookies })).status
const api = (world: World, method: string, path: string, cookies: Jar, body: object) =>
  world.fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cookies,
  })

type Ending = (world: World, cookies: Jar) => Promise<unknown>
const ENDINGS: readonly (readonly [what: string, end: Ending])[] = [
  ['signing out', (world, cookies) => api(world, 'POST', '/auth/api/logout', cookies, {})],
  [
    'signing out everywhere, from another session',
    async (world) =>
      await api(world, 'POST', '/auth/api/logout', await signInAs(world, 'ada@example.com'), {
        everywhere: true,
      }),
  ],
  [
    'a confirmed password, which replaces the token',
    (world, cookies) => api(world, 'POST', '/auth/api/reauth', cookies, { password: PASSWORD }),
  ],
  [
    'the next sign-in of the same browser',
    (world, cookies) => signInAs(world, 'ada@example.com', { cookies: cookies.copy() }),
  ],
]

describe.each(ENDINGS)('P12: %s', (_, end) => {
  it('holds elsewhere within ten seconds, although KV goes on saying otherwise', async () => {
    const { here, there, pass } = twoPlaces()
    const stolen = (await signInAs(here, 'ada@example.com')).copy()
    expect(await open(there, stolen)).toBe(200)
    pass(SECOND)
    expect(await open(there, stolen)).toBe(200)
    await end(here, stolen.copy())
    expect(await open(here, stolen)).toBe(302)
    pass(10 * SECOND)
    expect(await open(there, stolen)).toBe(302)
  })

  it('holds for an isolate that has never seen the session, where KV remembers it', async () => {
    const clock = { now: Date.UTC(2026, 10, 24, 9) }
    const location = createCentralKv(clock).location()
    const [here, before] = [1, 2].map(() => createWorld(BASE_CONFIG, {}, { clock, kv: location }))
    const elsewhere = createWorld(BASE_CONFIG, {}, { clock, kv: location })
    if (!here || !before) throw new TypeError('two worlds')
    const stolen = (await signInAs(here, 'ada@example.com')).copy()
    const keys = await recordsOf(location)
    await end(here, stolen.copy())
    // A late write of the record as it was, which no clock could tell from a good one.
    for (const [key, text] of keys) await location.put(key, text, { expirationTtl: 60 })
    expect(await open(elsewhere, stolen)).toBe(302)
  })

  it("does not hold at once with `revocation: 'eventual'`, but when KV has told", async () => {
    const { here, there, pass } = twoPlaces({ ...BASE_CONFIG, session: { revocation: 'eventual' } })
    const stolen = (await signInAs(here, 'ada@example.com')).copy()
    expect(await open(there, stolen)).toBe(200)
    await end(here, stolen.copy())
    expect(await open(here, stolen)).toBe(302)
    pass(30 * SECOND)
    expect(await open(there, stolen)).toBe(200)
    pass(100 * SECOND)
    expect(await open(there, stolen)).toBe(302)
  })

  it("holds for the very next request under a rule with `revocation: 'strict'`", async () => {
    const { here, there } = twoPlaces({
      ...BASE_CONFIG,
      rules: [{ path: '/vault/**', access: 'user', revocation: 'strict' }],
    })
    const stolen = (await signInAs(here, 'ada@example.com')).copy()
    expect(await open(there, stolen, '/vault/')).toBe(200)
    there.resetCounts()
    expect(await open(there, stolen, '/vault/')).toBe(200)
    expect([there.kv.reads, there.d1.statements]).toEqual([0, 1])
    await end(here, stolen.copy())
    expect(await open(there, stolen, '/vault/')).toBe(302)
  })
})

async function recordsOf(kv: KVNamespace): Promise<readonly (readonly [string, string])[]> {
  const { keys } = await kv.list({ prefix: 'session/' })
  return await Promise.all(keys.map(async ({ name }) => [name, (await kv.get(name)) ?? ''] as const))
}

describe('P13: a changed account', () => {
  const reload = () =>
    env.DB.prepare(`INSERT INTO revocation (at, subject_id, kind) VALUES (0, ?1, 'reload')`).bind(ada)

  it('reaches its live sessions within ten seconds, each with one read of the account', async () => {
    const { here, there, pass } = twoPlaces()
    const cookies = await signInAs(here, 'ada@example.com')
    expect([await open(here, cookies, '/admin/'), await open(there, cookies, '/admin/')]).toEqual([200, 200])
    await env.DB.batch([
      env.DB.prepare(`UPDATE user SET roles = '["reader"]' WHERE id = ?1`).bind(ada),
      reload(),
    ])
    pass(10 * SECOND)
    for (const world of [here, there]) {
      expect(await open(world, cookies, '/admin/')).toBe(403)
      expect(await open(world, cookies)).toBe(200)
      expect(world.seen.at(-1)?.headers.get('remote-groups')).toBe('reader')
    }
    there.resetCounts()
    for (let i = 0; i < 5; i++) expect(await open(there, cookies)).toBe(200)
    expect([there.kv.reads, there.kv.writes, there.d1.statements]).toEqual([0, 0, 0])
  })

  it("is seen at once under `revocation: 'strict'`", async () => {
    const { there, here } = twoPlaces({
      ...BASE_CONFIG,
      rules: [{ path: '/admin/**', access: { roles: ['admin'] }, revocation: 'strict' }],
    })
    const cookies = await signInAs(here, 'ada@example.com')
    expect(await open(there, cookies, '/admin/')).toBe(200)
    await env.DB.batch([env.DB.prepare(`UPDATE user SET roles = '[]' WHERE id = ?1`).bind(ada), reload()])
    expect(await open(there, cookies, '/admin/')).toBe(403)
  })

  it('that is disabled ends its sessions within ten seconds', async () => {
    const { here, there, pass } = twoPlaces()
    const cookies = await signInAs(here, 'ada@example.com')
    expect(await open(there, cookies)).toBe(200)
    await env.DB.batch([env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(ada), reload()])
    pass(10 * SECOND)
    expect(await open(there, cookies)).toBe(302)
  })

  it('a role that changes while a password is confirmed is not lost', async () => {
    const { here, pass } = twoPlaces()
    const cookies = await signInAs(here, 'ada@example.com')
    expect(await open(here, cookies, '/admin/')).toBe(200)
    await env.DB.batch([env.DB.prepare(`UPDATE user SET roles = '[]' WHERE id = ?1`).bind(ada), reload()])
    cookies.take(await api(here, 'POST', '/auth/api/reauth', cookies, { password: PASSWORD }))
    pass(SECOND)
    expect(await open(here, cookies, '/admin/')).toBe(403)
  })
})

describe('P12: a record that is written while its session ends', () => {
  it.each(['before the write', 'after the write'])('is not left in KV (the end comes %s)', async (moment) => {
    const clock = { now: Date.UTC(2026, 10, 24, 9) }
    const kv = createCentralKv(clock)
    const location = kv.location()
    let meanwhile: (() => Promise<unknown>) | null = null
    const racing = {
      ...location,
      async put(...args: Parameters<KVNamespace['put']>) {
        const end = meanwhile
        meanwhile = null
        if (moment === 'before the write') await end?.()
        await location.put(...(args as [string, string, { expirationTtl: number }]))
        if (moment === 'after the write') await end?.()
      },
    } as KVNamespace
    const here = createWorld(BASE_CONFIG, {}, { clock, kv: racing })
    const there = createWorld(BASE_CONFIG, {}, { clock, kv: location })
    const cookies = await signInAs(here, 'ada@example.com')
    expect(await open(here, cookies)).toBe(200)
    clock.now += 2 * 3600 * SECOND
    meanwhile = () => api(there, 'POST', '/auth/api/logout', cookies.copy(), {})
    await open(here, cookies)
    expect(meanwhile).toBeNull()
    expect((await kv.location().list({ prefix: 'session/' })).keys).toEqual([])
    expect(await open(here, cookies)).toBe(302)
  })
})

describe('sessions that begin while others end', () => {
  it('a sign-in after "everywhere" is not ended by it', async () => {
    const { here, there, pass } = twoPlaces()
    const old = await signInAs(here, 'ada@example.com')
    await api(here, 'POST', '/auth/api/logout', old, { everywhere: true })
    const next = await signInAs(there, 'ada@example.com')
    pass(10 * SECOND)
    expect([await open(here, next), await open(there, next)]).toEqual([200, 200])
  })

  it('clocks that disagree do not matter: a row from the past ends, one from the future does not reach forward', async () => {
    const { here, pass } = twoPlaces()
    const row = (at: number) =>
      env.DB.prepare('INSERT INTO revocation (at, subject_id) VALUES (?1, ?2)').bind(at, ada).run()
    await row(here.clock.now + 3_600_000)
    const cookies = await signInAs(here, 'ada@example.com')
    pass(10 * SECOND)
    expect(await open(here, cookies)).toBe(200)
    await row(here.clock.now - 3_600_000)
    pass(10 * SECOND)
    expect(await open(here, cookies)).toBe(302)
  })
})

describe('P14: storage that goes away', () => {
  it('D1: known sessions go on for the bound and the grace, others and sign-ins are 503 at once', async () => {
    const { here, there, pass } = twoPlaces({ ...BASE_CONFIG, session: { grace: '5m' } })
    const [known, unknown] = [
      await signInAs(here, 'ada@example.com'),
      await signInAs(there, 'ada@example.com'),
    ]
    expect(await open(here, known)).toBe(200)
    here.broken.d1 = true
    for (const [wait, status] of [
      [9 * SECOND, 200],
      [SECOND, 200],
      [299 * SECOND, 200],
      [SECOND, 503],
    ] as const) {
      pass(wait)
      expect(await open(here, known), `after another ${wait} ms`).toBe(status)
    }
    expect(await open(here, unknown)).toBe(503)
    const login = await api(here, 'POST', '/auth/api/login', known, {
      identifier: 'ada@example.com',
      password: PASSWORD,
    })
    expect(login.status).toBe(503)
    expect(await open(here, known, '/public/')).toBe(200)
    here.broken.d1 = false
    pass(SECOND)
    expect([await open(here, known), await open(here, unknown)]).toEqual([200, 200])
  })

  it('D1: a session that is not known is 503 as soon as the knowledge is too old', async () => {
    const { here, there, pass } = twoPlaces()
    const unknown = await signInAs(there, 'ada@example.com')
    expect(await open(here, await signInAs(here, 'ada@example.com'))).toBe(200)
    here.broken.d1 = true
    pass(10 * SECOND)
    expect(await open(here, unknown)).toBe(503)
  })

  it('D1: nobody asks it more than once a second while it is away', async () => {
    const { here, pass } = twoPlaces()
    const cookies = await signInAs(here, 'ada@example.com')
    expect(await open(here, cookies)).toBe(200)
    here.broken.d1 = true
    pass(20 * SECOND)
    here.resetCounts()
    for (let i = 0; i < 50; i++) {
      expect(await open(here, cookies)).toBe(200)
      pass(100)
    }
    expect(here.d1.trips).toBeLessThanOrEqual(6)
  })

  it('KV: known sessions go on for a minute and the grace, others are 503 at once', async () => {
    const { here, there, pass } = twoPlaces({ ...BASE_CONFIG, session: { grace: '5m' } })
    const [known, unknown] = [
      await signInAs(here, 'ada@example.com'),
      await signInAs(there, 'ada@example.com'),
    ]
    expect(await open(here, known)).toBe(200)
    here.broken.kv = true
    expect(await open(here, unknown)).toBe(503)
    for (const [wait, status] of [
      [60 * SECOND, 200],
      [299 * SECOND, 200],
      [SECOND, 503],
    ] as const) {
      pass(wait)
      expect(await open(here, known), `after another ${wait} ms`).toBe(status)
    }
    expect(await open(here, known, '/optional/')).toBe(503)
    here.broken.kv = false
    pass(SECOND)
    expect(await open(here, known)).toBe(200)
  })

  it('a session that ended during the outage is refused once D1 is back', async () => {
    const { here, there, pass } = twoPlaces()
    const cookies = await signInAs(here, 'ada@example.com')
    expect(await open(here, cookies)).toBe(200)
    here.broken.d1 = true
    await api(there, 'POST', '/auth/api/logout', cookies.copy(), {})
    pass(50 * SECOND)
    expect(await open(here, cookies)).toBe(200)
    here.broken.d1 = false
    pass(SECOND)
    expect(await open(here, cookies)).toBe(302)
  })
})
