import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { createRevocations } from '../../src/revocation/revocations.ts'
import { createUsers } from '../../src/user/users.ts'
import { meanwhile } from '../support/meanwhile.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  type Jar,
  PASSWORD,
  signInAs,
  type World,
} from '../support/world.ts'
import { api, open } from './support.ts'

const NEW_PASSWORD = 'green ladder under seven clouds'
const change = (world: World, cookies: Jar, password = NEW_PASSWORD) =>
  api(world, 'POST', '/auth/api/account/password', cookies, { current: PASSWORD, password })
const signInWith = (world: World, identifier: string, password: string) =>
  world.fetch('/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier, password }),
  })
const changesOf = async (userId: string) =>
  await env.DB.prepare(
    "SELECT count(*) AS n FROM audit WHERE event = 'user.password_changed' AND user_id = ?1",
  )
    .bind(userId)
    .first<number>('n')

it("P12: a browser that is remembered while the password changes is not: its owner's end came first", async () => {
  await addUser({ id: 'user_race', email: 'race@example.com' })
  const calm = createWorld()
  const owner = await signInAs(calm, 'race@example.com')
  const db = meanwhile(/INSERT INTO remember_family/, async () => {
    expect((await change(calm, owner)).status).toBe(200)
  })
  const thief = await signInAs(createWorld(BASE_CONFIG, { DB: db }), 'race@example.com', { remember: true })
  calm.clock.now += 60_000
  expect(await open(calm, thief)).toBe(302)
  const kept = env.DB.prepare('SELECT count(*) AS n FROM remember_family WHERE user_id = ?1').bind(
    'user_race',
  )
  expect(await kept.first('n')).toBe(0)
})

it.each(['a reset', 'a lock'])(
  '%s by the operator is not undone by a change that was under way',
  async (what) => {
    const id = await addUser({ email: `${what.slice(2)}@example.com` })
    const now = Date.UTC(2026, 10, 23, 12)
    const users = createUsers(env.DB)
    const before = await users.findById(id)
    const db = meanwhile(/UPDATE user SET password_hash/, async () => {
      await env.DB.batch([
        what === 'a reset'
          ? users.setPasswordHash(id, 'of the operator', now)
          : users.setDisabled(id, 'stolen', now, now),
        createRevocations(env.DB).ofSubject(id, null, now),
      ])
    })
    const cookies = await signInAs(createWorld(), `${what.slice(2)}@example.com`)
    const world = createWorld(BASE_CONFIG, { DB: db })
    const answer = await change(world, cookies)
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'not_authenticated' }])
    const after = await users.findById(id)
    expect(after).toMatchObject(
      what === 'a reset'
        ? { passwordHash: 'of the operator', kind: 'user' }
        : { disabledReason: 'stolen', passwordChangedAt: before?.passwordChangedAt, kind: 'user' },
    )
    expect(await changesOf(id)).toBe(0)
    expect(await open(createWorld(), cookies)).toBe(302)
  },
)

it('of several changes at the same time one holds, and its browser stays signed in', async () => {
  await addUser({ id: 'user_many', email: 'many@example.com' })
  const world = createWorld()
  const browsers = []
  for (let i = 0; i < 4; i++) browsers.push(await signInAs(world, 'many@example.com'))
  const answers = await Promise.all(
    browsers.map(async (cookies, i) => ({
      cookies,
      i,
      answer: await change(world, cookies, `${NEW_PASSWORD} ${i}`),
    })),
  )
  const won = answers.filter(({ answer }) => answer.status === 200)
  expect(won).toHaveLength(1)
  for (const { answer } of answers) expect([200, 401, 503]).toContain(answer.status)
  const [{ cookies, i, answer } = never()] = won
  expect(await open(world, cookies.take(answer))).toBe(200)
  expect((await signInWith(world, 'many@example.com', `${NEW_PASSWORD} ${i}`)).status).toBe(200)
  expect(await changesOf('user_many')).toBe(1)
})

it('a change that has happened is never answered as one that failed', async () => {
  await addUser({ id: 'user_done', email: 'done@example.com' })
  const calm = createWorld()
  const cookies = await signInAs(calm, 'done@example.com')
  const other = await signInAs(calm, 'done@example.com', { remember: true })
  let isAway = false
  const kv = {
    get: (...args: [string]) => env.SESSIONS.get(...args),
    put: (...args: [string, string]) => env.SESSIONS.put(...args),
    delete: (key: string) => (isAway ? Promise.reject(new Error('KV is down')) : env.SESSIONS.delete(key)),
    list: (...args: [KVNamespaceListOptions]) =>
      isAway ? Promise.reject(new Error('KV is down')) : env.SESSIONS.list(...args),
  } as unknown as KVNamespace
  const world = createWorld(BASE_CONFIG, {}, { kv })
  isAway = true
  const answer = await change(world, cookies)
  expect(answer.status).toBe(200)
  expect(world.logs.map(({ event }) => event)).toContain('session.tidy_failed')
  isAway = false
  expect([await open(world, cookies), await open(world, other)]).toEqual([302, 302])
  expect(await open(world, cookies.take(answer))).toBe(200)
})

it.each(['kv', 'd1'] as const)(
  'P14: with %s away nothing has changed, and the guess is given back',
  async (which) => {
    const email = `away-${which}@example.com`
    await addUser({ email })
    const world = createWorld()
    const cookies = await signInAs(world, email)
    expect(await open(world, cookies)).toBe(200)
    world.broken[which] = true
    expect((await change(world, cookies)).status).toBe(503)
    world.broken[which] = false
    expect(await open(world, cookies)).toBe(200)
    expect((await signInWith(world, email, PASSWORD)).status).toBe(200)
  },
)

function never(): never {
  throw new Error('nobody has won')
}
