import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { AUDIT_EVENTS } from '../../src/audit/audit.ts'
import { bearer, tokensOf } from '../support/tokens.ts'
import { addUser, BASE_CONFIG, createWorld, NAVIGATION, signInAs, type World } from '../support/world.ts'

const ADMIN = 'root@site.example'
const USER = 'ada@site.example'

beforeAll(async () => {
  await addUser({ email: ADMIN, roles: ['admin'] })
  await addUser({ email: USER })
})

async function scrape(world: World, token: string) {
  const response = await world.fetch('/auth/metrics', { headers: bearer(token) })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parse(await response.text())
}

/** As the text format 0.0.4 has it: HELP, TYPE, then the samples of that family, each series once. Throws at anything else. */
function parse(text: string): Map<string, number> {
  expect(text.endsWith('\n')).toBe(true)
  const samples = new Map<string, number>()
  const families = new Set<string>()
  let family = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line)
    if (comment?.[1] === 'HELP') {
      family = comment[2] ?? ''
      expect(families).not.toContain(family)
      families.add(family)
      continue
    }
    if (comment) {
      expect([comment[2], comment[3]]).toEqual([family, 'gauge'])
      continue
    }
    const [, name, labels = '', value] =
      /^([a-z_]+)((?:\{[a-z]+="[a-z0-9_.]+"(?:,[a-z]+="[a-z0-9_.]+")*\})?) (\d+(?:\.\d+)?)$/.exec(line) ?? []
    expect(name, line).toBe(family)
    expect(samples.has(family + labels)).toBe(false)
    samples.set(family + labels, Number(value))
  }
  return samples
}

const failures = (window: string) => `edgegate_events{event="login.failed",window="${window}"}`

describe('/auth/metrics', () => {
  it('counts accounts, people and events, the latest apart', async () => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, ADMIN, { scope: 'admin:metrics' })
    const before = await scrape(world, access_token)
    expect(before.get('edgegate_users{state="active"}')).toBe(2)
    expect(before.get('edgegate_users{state="disabled"}')).toBe(0)
    for (const event of AUDIT_EVENTS) {
      expect(before.has(`edgegate_events{event="${event}",window="5m"}`)).toBe(true)
    }
    await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: USER, password: 'not the password' }),
    })
    // Twice, by one person.
    await signInAs(world, USER)
    await signInAs(world, USER)
    const after = await scrape(world, access_token)
    expect(after.get(failures('5m'))).toBe((before.get(failures('5m')) ?? 0) + 1)
    expect(after.get('edgegate_people{window="1d"}')).toBe(1)
    world.clock.now += 301_000
    const later = await scrape(world, access_token)
    expect(later.get(failures('5m'))).toBe(0)
    expect(later.get(failures('1d'))).toBe(after.get(failures('1d')))
  })

  it('tells how many mails wait, and for how long', async () => {
    const world = createWorld()
    const { access_token } = await tokensOf(world, ADMIN, { scope: 'admin:metrics' })
    expect((await scrape(world, access_token)).get('edgegate_mails_oldest_seconds')).toBe(0)
    const { now } = world.clock
    await env.DB.prepare(
      `INSERT INTO mail (id, kind, site, sealed, created_at, due_at, expires_at) VALUES ('m', 'test', 's', '', ?1, ?2, ?2)`,
    )
      .bind(now - 90_000, now + 1_000_000)
      .run()
    const metrics = await scrape(world, access_token)
    expect(metrics.get('edgegate_mails_waiting')).toBe(1)
    expect(metrics.get('edgegate_mails_oldest_seconds')).toBe(90)
    await env.DB.prepare('DELETE FROM mail').run()
  })

  it('P10: takes a token of an administrator with the scope, and no browser', async () => {
    const world = createWorld()
    const read = async (token: string) =>
      (await world.fetch('/auth/metrics', { headers: bearer(token) })).status
    const metrics = (await tokensOf(world, ADMIN, { scope: 'admin:metrics' })).access_token
    expect(await read(metrics)).toBe(200)
    expect(await read((await tokensOf(world, ADMIN)).access_token)).toBe(403)
    expect(await read((await tokensOf(world, ADMIN, { scope: 'admin:read' })).access_token)).toBe(403)
    expect(await read((await tokensOf(world, USER, { scope: 'admin:metrics' })).access_token)).toBe(403)
    expect(await read('nonsense')).toBe(401)
    const jar = await signInAs(world, ADMIN)
    expect((await world.fetch('/auth/metrics', { cookies: jar, headers: NAVIGATION })).status).toBe(401)
    expect((await world.fetch('/auth/metrics')).status).toBe(401)
    const users = await world.fetch('/auth/api/admin/users', { headers: bearer(metrics) })
    expect(users.status).toBe(403)
  })

  it('P10: a key made for it as the documentation says opens nothing else', async () => {
    const world = createWorld()
    const made = await world.fetch('/auth/api/keys', {
      method: 'POST',
      cookies: await signInAs(world, ADMIN),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'collector',
        scopes: ['admin:metrics'],
        paths: ['/auth/metrics'],
        methods: ['GET'],
      }),
    })
    const { key } = await made.json<{ key: string }>()
    const read = async (path: string) => (await world.fetch(path, { headers: bearer(key) })).status
    expect(await read('/auth/metrics')).toBe(200)
    for (const path of [
      '/x',
      '/admin/x',
      '/auth/metrics/x',
      '/auth/api/admin/users',
      '/auth/api/admin/audit',
    ])
      expect([path, await read(path)]).toEqual([path, path === '/auth/metrics/x' ? 404 : 403])
    expect(world.seen).toEqual([])
  })

  it('asks the database in two trips at once besides what the token takes, and sets no cookie', async () => {
    const world = createWorld(BASE_CONFIG)
    const { access_token } = await tokensOf(world, ADMIN, { scope: 'admin:metrics' })
    await scrape(world, access_token)
    world.resetCounts()
    const response = await world.fetch('/auth/metrics', { headers: bearer(access_token) })
    expect(response.headers.get('set-cookie')).toBe(null)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(world.d1.trips).toBeLessThanOrEqual(3)
    expect(world.d1.statements).toBeLessThanOrEqual(6)
  })
})
