import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { openPage, postForm } from '../support/forms.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  type Jar,
  linkIn,
  PASSWORD,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const DAY = 86_400_000

const someone = (name: string) =>
  `${name}-${randomText(6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`
const isIn = async (world: World, cookies: Jar) =>
  (await openPage(world, '/members/', cookies)).status === 200
const remove = (world: World, cookies: Jar, form: Record<string, string> = { confirm: '1' }) =>
  postForm(world, '/auth/account/delete', form, { cookies })
const count = (table: string, id: string) =>
  env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${table === 'user' ? 'id' : 'user_id'} = ?1`)
    .bind(id)
    .first<number>('n')

async function owner(world: World) {
  const email = someone('leaver')
  const id = await addUser({ email })
  return { email, id, cookies: await signInAs(world, email, { remember: true }) }
}

describe('deleting an account', () => {
  it('signs everybody out at once, mails how to take it back, and removes everything when the grace is over', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world)
    const other = await signInAs(world, email)
    await postForm(world, '/auth/forgot', { identifier: email })
    const token =
      new URL(linkIn(world.mails.at(-1) ?? { text: '' }), 'https://x').searchParams.get('token') ?? ''
    const before = cookies.copy()
    const done = await remove(world, cookies)
    expect([done.status, (await done.text()).includes('November 30, 2026')]).toEqual([200, true])
    expect([await isIn(world, before), await isIn(world, other)]).toEqual([false, false])
    expect(
      (await postForm(world, '/auth/reset', { token, password: 'nine brass kettles shelf' })).status,
    ).toBe(404)
    expect(world.mails.at(-1)).toMatchObject({
      to: email,
      subject: expect.stringContaining('will be deleted'),
    })
    world.clock.now += 7 * DAY - 1000
    await world.scheduled()
    expect(await count('user', id)).toBe(1)
    world.clock.now += 1000
    await world.scheduled()
    for (const table of ['user', 'deletion', 'proof', 'remember_family', 'mail', 'notice'])
      expect(await count(table, id), table).toBe(0)
    const { results } = await env.DB.prepare(
      'SELECT event, network, detail FROM audit WHERE user_id = ?1 ORDER BY id',
    )
      .bind(id)
      .all<{ event: string; network: string | null; detail: string }>()
    expect(results.at(-1)).toEqual({ event: 'user.deleted', network: null, detail: '{"by":"owner"}' })
    expect(results.slice(0, -1).every(({ network, detail }) => network === null && detail === '{}')).toBe(
      true,
    )
    await expect(signInAs(world, email)).rejects.toThrow('401')
    await world.scheduled()
  })

  it('is taken back by signing in', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world)
    await remove(world, cookies)
    world.clock.now += 6 * DAY
    const back = await signInAs(world, email)
    expect(await isIn(world, back)).toBe(true)
    expect(world.mails.map(({ subject }) => subject)).toContain('Your account at Example stays')
    world.clock.now += 2 * DAY
    await world.scheduled()
    expect([await count('user', id), await count('deletion', id)]).toEqual([1, 0])
  })

  it('P8: is not taken back by a wrong password, nor by half a sign-in', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world)
    await remove(world, cookies)
    await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: email, password: 'wrong wrong wrong' }),
    })
    await postForm(world, '/auth/forgot', { identifier: email })
    expect(await count('deletion', id)).toBe(1)
  })

  it('wants a fresh sign-in and a tick, by page and by API', async () => {
    const world = createWorld(WITH_MAIL)
    const { id, cookies } = await owner(world)
    expect((await remove(world, cookies, {})).status).toBe(400)
    const call = (body: object) =>
      world.fetch('/auth/api/account/delete', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        cookies,
      })
    expect((await call({})).status).toBe(400)
    expect((await call({ confirm: 'true' })).status).toBe(400)
    world.clock.now += 3_600_000
    expect((await remove(world, cookies)).headers.get('location')).toContain('/auth/reauth')
    expect((await call({ confirm: true })).status).toBe(401)
    expect(await count('deletion', id)).toBe(0)
    await postForm(world, '/auth/reauth', { password: PASSWORD, next: '/' }, { cookies })
    const asked = await call({ confirm: true })
    expect([asked.status, await asked.json()]).toEqual([202, { deletesAt: '2026-11-30T13:00:00.000Z' }])
  })

  it('P26: P29: deletes only one’s own, and only from our own pages', async () => {
    const world = createWorld(WITH_MAIL)
    const [ann, ben] = [await owner(world), await owner(world)]
    await remove(world, ann.cookies, { confirm: '1', user: ben.id, id: ben.id, email: ben.email })
    expect([await count('deletion', ann.id), await count('deletion', ben.id)]).toEqual([1, 0])
    const foreign = await postForm(
      world,
      '/auth/account/delete',
      { confirm: '1' },
      { cookies: ben.cookies, headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } },
    )
    expect([foreign.status, await count('deletion', ben.id)]).toEqual([403, 0])
  })

  it('a sign-in while the job runs keeps the account whole', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world)
    await remove(world, cookies)
    world.clock.now += 8 * DAY
    const [back] = await Promise.allSettled([signInAs(world, email), world.scheduled()])
    const isKept = back.status === 'fulfilled'
    expect(await count('user', id)).toBe(isKept ? 1 : 0)
    if (isKept) expect(await isIn(world, back.value)).toBe(true)
  })

  it('a database that fails half way puts nothing down and removes nothing', async () => {
    const world = createWorld(WITH_MAIL)
    const { id, cookies } = await owner(world)
    world.broken.sql = 'DELETE FROM remember_family'
    expect((await remove(world, cookies)).status).toBe(503)
    world.broken.sql = null
    expect([await count('deletion', id), await isIn(world, cookies)]).toEqual([0, true])
    await remove(world, cookies)
    world.clock.now += 7 * DAY
    world.broken.sql = 'UPDATE audit SET network'
    await world.scheduled()
    world.broken.sql = null
    expect(await count('user', id)).toBe(1)
    expect(world.logs.some(({ event }) => event === 'account.delete_failed')).toBe(true)
    await world.scheduled()
    expect(await count('user', id)).toBe(0)
  })

  it('has the grace that is configured, works without mail, and can be switched off', async () => {
    const quick = createWorld({ ...BASE_CONFIG, account: { deletion: { grace: '1h' } } })
    const { id, cookies } = await owner(quick)
    await remove(quick, cookies)
    quick.clock.now += 3_600_000
    await quick.scheduled()
    expect(await count('user', id)).toBe(0)
    const off = createWorld({ ...BASE_CONFIG, account: { deletion: false } })
    const stays = await owner(off)
    expect(await (await openPage(off, '/auth/account/delete', stays.cookies)).text()).not.toContain(
      'type="checkbox"',
    )
    expect((await remove(off, stays.cookies)).status).toBe(404)
  })
})
