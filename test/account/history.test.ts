import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { addUser, createWorld, NAVIGATION, signInAs } from '../support/world.ts'
import { api, listed } from './support.ts'

const AT_HOME = {
  headers: { 'cf-connecting-ip': '192.0.2.9', 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140' },
  cf: { asn: 64496, country: 'DE', city: 'Hamburg', timezone: 'Europe/Berlin' },
}
interface Page {
  readonly events: readonly { readonly at: string; readonly event: string; readonly detail: object }[]
  readonly next: string | null
}

it('a sign-in is told with time, place, browser and way', async () => {
  await addUser({ email: 'place@example.com' })
  const world = createWorld()
  const cookies = await signInAs(world, 'place@example.com', AT_HOME)
  expect(await listed(world, cookies)).toMatchObject([
    {
      client: 'Firefox on Linux',
      place: 'Hamburg, DE',
      network: 'AS64496 DE',
      methods: ['pwd'],
      current: true,
    },
  ])
  const read = async (path: string) =>
    await (
      await world.fetch(path, { ...AT_HOME, headers: { ...AT_HOME.headers, ...NAVIGATION }, cookies })
    ).text()
  expect(await read('/auth/account/sessions')).toMatch(/Hamburg, Germany.*AS64496 DE.*Password/s)
  const history = await read('/auth/account/history')
  expect(history).toMatch(/Signed in.*November 23, 2026 at 13:00 GMT\+1.*Firefox on Linux.*Hamburg, Germany/s)
})

it('Tor and places that are none are not shown as countries', async () => {
  await addUser({ email: 'tor@example.com' })
  const world = createWorld()
  for (const country of ['T1', 'XX']) {
    const cookies = await signInAs(world, 'tor@example.com', { ...AT_HOME, cf: { asn: 1, country } })
    expect((await listed(world, cookies))[0]).toMatchObject({ place: null })
  }
})

it('is read a page at a time, everything once, one’s own only', async () => {
  const id = await addUser({ email: 'long@example.com' })
  const other = await addUser({ email: 'short@example.com' })
  const world = createWorld()
  const cookies = await signInAs(world, 'long@example.com')
  const insert = env.DB.prepare(
    "INSERT INTO audit (at, event, user_id, detail) VALUES (?1, ?2, ?3, json_object('n', ?4))",
  )
  // Several in the same millisecond, some that are shown to nobody, some of somebody else.
  const rows = Array.from({ length: 80 }, (_, n) =>
    insert.bind(1000 + Math.floor(n / 7), 'login.failed', id, n),
  )
  rows.push(insert.bind(1000, 'access.denied', id, 0), insert.bind(1003, 'login.failed', other, 0))
  await env.DB.batch(rows)
  const seen: unknown[] = []
  let next: string | null = ''
  for (let pages = 0; next !== null && pages < 10; pages++) {
    const answer = await api(world, 'GET', `/auth/api/account/history?before=${next}`, cookies)
    const page = (await answer.json()) as Page
    seen.push(...page.events.map(({ event, detail }) => (event === 'login.failed' ? detail : event)))
    next = page.next
  }
  expect(seen).toEqual(['session.started', ...Array.from({ length: 80 }, (_, n) => ({ n: 79 - n }))])
  const first = await (await world.fetch('/auth/account/history', { headers: NAVIGATION, cookies })).text()
  const older = /href="(\/auth\/account\/history\?before=[^"]+)"/.exec(first)?.[1] ?? ''
  const second = await world.fetch(older, { headers: NAVIGATION, cookies })
  expect(await second.text()).toContain('Back to the newest')
})

it.each(['x', '1', '1-', '9'.repeat(30), "1-1' OR 1=1", '-1--1'])('%j is the beginning', async (before) => {
  const email = `odd-${randomText(6).toLowerCase()}@example.com`
  await addUser({ email })
  const world = createWorld()
  const cookies = await signInAs(world, email)
  const answer = await api(
    world,
    'GET',
    `/auth/api/account/history?before=${encodeURIComponent(before)}`,
    cookies,
  )
  expect(((await answer.json()) as Page).events.map(({ event }) => event)).toEqual(['session.started'])
})
