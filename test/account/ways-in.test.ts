import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { meanwhile } from '../support/meanwhile.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  NAVIGATION,
  PASSWORD,
  signInAs,
  type World,
} from '../support/world.ts'
import { api, listed, open, post } from './support.ts'

const other = async (world: World, cookies: Parameters<typeof listed>[1]) =>
  (await listed(world, cookies)).filter(({ current }) => !current)

it('P12: a session that goes on under another id is ended by the name it was listed under', async () => {
  await addUser({ email: 'goes-on@example.com' })
  const world = createWorld()
  const [own, theirs] = [
    await signInAs(world, 'goes-on@example.com'),
    await signInAs(world, 'goes-on@example.com'),
  ]
  const [{ id } = never()] = await other(world, own)
  const confirmed = await api(world, 'POST', '/auth/api/reauth', theirs, { password: PASSWORD })
  expect(confirmed.status).toBe(200)
  expect((await other(world, own)).map((listed) => listed.id)).toEqual([id])
  expect((await api(world, 'DELETE', `/auth/api/sessions/${id}`, own)).status).toBe(204)
  expect([await open(world, theirs.take(confirmed)), await open(world, own)]).toEqual([302, 200])
})

it('what is not there is not said to have ended', async () => {
  await addUser({ email: 'gone@example.com' })
  const world = createWorld()
  const own = await signInAs(world, 'gone@example.com')
  const answer = await post(world, '/auth/account/sessions', own, {
    action: 'end',
    session: 'no-such-session',
  })
  expect(answer.headers.get('location')).toBe('/auth/account/sessions?done=gone')
  const page = await world.fetch('/auth/account/sessions?done=gone', { headers: NAVIGATION, cookies: own })
  expect(await page.text()).toContain('There is no such session any more.')
})

it('P12: a browser that is only remembered is listed, and can be ended before it comes back', async () => {
  await addUser({ email: 'away@example.com' })
  const world = createWorld()
  const own = await signInAs(world, 'away@example.com', { remember: true })
  const away = await signInAs(world, 'away@example.com', {
    remember: true,
    headers: { 'user-agent': 'Mozilla/5.0 (Android 15) Firefox/140' },
  })
  expect(await other(world, own)).toMatchObject([{ state: 'open', client: 'Firefox on Android' }])
  away.cookies.delete('__Host-edgegate')
  const again = away.copy()
  // Seven hours a day: the one at hand goes on, the other idles away.
  for (let i = 0; i < 3; i++) {
    world.clock.now += 7 * 3_600_000
    expect(await open(world, own)).toBe(200)
  }
  const [remembered = never(), ...more] = await other(world, own)
  expect([remembered, more]).toMatchObject([{ state: 'remembered', client: 'Firefox on Android' }, []])
  const page = await (
    await world.fetch('/auth/account/sessions', { headers: NAVIGATION, cookies: own })
  ).text()
  expect(page).toContain('Not open now, but stays signed in')
  expect((await api(world, 'DELETE', `/auth/api/sessions/${remembered.id}`, own)).status).toBe(204)
  expect([await open(world, again), await open(world, own)]).toEqual([302, 200])
  expect(await other(world, own)).toEqual([])
})

it("P26: nobody ends another's remembered browser", async () => {
  await addUser({ email: 'mine@example.com' })
  await addUser({ email: 'yours@example.com' })
  const world = createWorld()
  const eve = await signInAs(world, 'mine@example.com')
  await signInAs(world, 'yours@example.com', { remember: true })
  const familyId = await env.DB.prepare(
    "SELECT f.id FROM remember_family f JOIN user u ON u.id = f.user_id WHERE u.email = 'yours@example.com'",
  ).first<string>('id')
  expect((await api(world, 'DELETE', `/auth/api/sessions/${familyId}`, eve)).status).toBe(404)
  const kept = env.DB.prepare('SELECT count(*) AS n FROM remember_family WHERE id = ?1').bind(familyId)
  expect(await kept.first('n')).toBe(1)
})

it('P12: what a remembered browser restores at the very moment of its end is over as well', async () => {
  await addUser({ email: 'moment@example.com' })
  const calm = createWorld()
  const own = await signInAs(calm, 'moment@example.com')
  const away = await signInAs(calm, 'moment@example.com', { remember: true })
  const [{ id } = never()] = await other(calm, own)
  away.cookies.delete('__Host-edgegate')
  // Its token is exchanged, the session is not stored yet: no list can show it.
  const db = meanwhile(/SELECT id, kind, email/, async () => {})
  const slow = {
    ...db,
    prepare(sql: string) {
      const statement = db.prepare(sql)
      if (!/FROM user WHERE id = \?1/.test(sql)) return statement
      return { bind: (...values: unknown[]) => pausing(statement.bind(...values)) } as D1PreparedStatement
    },
  } as D1Database
  const pausing = (statement: D1PreparedStatement) =>
    ({
      first: async () => {
        const row = await statement.first()
        expect((await api(calm, 'DELETE', `/auth/api/sessions/${id}`, own)).status).toBe(204)
        return row
      },
    }) as unknown as D1PreparedStatement
  const restored = await createWorld(BASE_CONFIG, { DB: slow }).fetch('/members/', {
    headers: NAVIGATION,
    cookies: away,
  })
  calm.clock.now += 20_000
  expect(await open(calm, away.take(restored))).toBe(302)
})

function never(): never {
  throw new Error('nothing is listed')
}
