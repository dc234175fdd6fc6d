import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  codeOf,
  codeOfProblem,
  enrolApp,
  formPost,
  giveCode,
  givePassword,
  post,
} from '../support/second-factor.ts'
import { addUser, BASE_CONFIG, createWorld, Jar, NAVIGATION, signInAs, type World } from '../support/world.ts'

const STEP_MS = 30_000
const HOUR_MS = 3_600_000
let world: World
let email: string
let jar: Jar

beforeEach(async () => {
  world = createWorld()
  email = `ada-${crypto.randomUUID()}@example.com`
  await addUser({ email })
  jar = await signInAs(world, email)
})

async function listed(): Promise<{ factors: { id: string; name: string }[]; recoveryCodes: number }> {
  return await (await world.fetch('/auth/api/factors', { cookies: jar })).json()
}

const deleted = (id: string, cookies = jar) =>
  world.fetch(`/auth/api/factors/${id}`, { method: 'DELETE', cookies })

describe('adding an app', () => {
  it('needs a right code, and shows ten recovery codes once', async () => {
    const begun = await world.fetch('/auth/api/factors/app', post({}, jar))
    const { setup, secret, uri } = (await begun.json()) as { setup: string; secret: string; uri: string }
    expect(uri).toMatch(/^otpauth:\/\/totp\/Example:ada-/)
    const confirm = (code: string) =>
      world.fetch('/auth/api/factors/app/confirm', post({ setup, code, name: 'Phone' }, jar))
    expect(await codeOfProblem(await confirm('000000'))).toBe('wrong_second_factor')
    expect(await listed()).toMatchObject({ factors: [] })
    const done = await confirm(codeOf(secret, world.clock.now))
    jar.take(done)
    const { recoveryCodes } = (await done.json()) as { recoveryCodes: string[] }
    expect(new Set(recoveryCodes).size).toBe(10)
    expect(await listed()).toMatchObject({ factors: [{ name: 'Phone', kind: 'totp' }], recoveryCodes: 10 })
    await enrolApp(world, jar, 'Tablet').then((second) => expect(second.recoveryCodes).toEqual([]))
  })

  it('P25: the code that proved it is used up', async () => {
    const { seed } = await enrolApp(world, jar)
    const again = new Jar()
    await givePassword(world, email, again)
    expect((await giveCode(world, again, codeOf(seed, world.clock.now))).status).toBe(401)
  })

  it('P25: a set-up that is sent fifty times at once makes one app', async () => {
    const begun = await world.fetch('/auth/api/factors/app', post({}, jar))
    const { setup, secret } = (await begun.json()) as { setup: string; secret: string }
    const body = { setup, code: codeOf(secret, world.clock.now), name: 'Phone' }
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.fetch('/auth/api/factors/app/confirm', post(body, jar.copy()))),
    )
    const winner = answers.find(({ status }) => status === 201)
    expect(
      await (await world.fetch('/auth/api/factors', { cookies: jar.take(winner as Response) })).json(),
    ).toMatchObject({
      factors: [{ name: 'Phone' }],
    })
  })

  it.each([
    [
      'another account',
      async () => {
        const other = `eve-${crypto.randomUUID()}@example.com`
        await addUser({ email: other })
        return await signInAs(world, other)
      },
    ],
    ['another browser', async () => await signInAs(world, email)],
  ])('P25: a set-up made for one is nothing for %s', async (_name, stranger) => {
    const begun = await world.fetch('/auth/api/factors/app', post({}, jar))
    const { setup, secret } = (await begun.json()) as { setup: string; secret: string }
    const body = { setup, code: codeOf(secret, world.clock.now), name: 'x' }
    const response = await world.fetch('/auth/api/factors/app/confirm', post(body, await stranger()))
    expect(response.status).toBe(400)
  })

  it('a set-up is good for a quarter of an hour', async () => {
    const begun = await world.fetch('/auth/api/factors/app', post({}, jar))
    const { setup, secret } = (await begun.json()) as { setup: string; secret: string }
    world.clock.now += 14 * 60_000 + 59_000
    const code = () => codeOf(secret, world.clock.now)
    world.clock.now += 1000
    const late = await world.fetch(
      '/auth/api/factors/app/confirm',
      post({ setup, code: code(), name: 'x' }, jar),
    )
    expect([400, 401]).toContain(late.status)
  })

  it('needs a fresh sign-in', async () => {
    world.clock.now += HOUR_MS
    const response = await world.fetch('/auth/api/factors/app', post({}, jar))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('max_age=900')
    const page = await world.fetch('/auth/mfa/setup/app', { cookies: jar, headers: NAVIGATION })
    expect(page.headers.get('location')).toBe('/auth/reauth?next=%2Fauth%2Fmfa%2Fsetup%2Fapp')
  })

  it('P8: a second one needs the first', async () => {
    const { seed } = await enrolApp(world, jar)
    world.clock.now += HOUR_MS
    const reauth = await world.fetch(
      '/auth/api/reauth',
      post({ password: 'tall purple window sings quietly' }, jar),
    )
    jar.take(reauth)
    const refused = await world.fetch('/auth/api/factors/app', post({}, jar))
    expect(refused.headers.get('www-authenticate')).toContain('acr_values="mfa", max_age=900')
    const page = await world.fetch('/auth/mfa/setup/app', { cookies: jar, headers: NAVIGATION })
    expect(page.headers.get('location')).toBe('/auth/mfa?next=%2Fauth%2Fmfa%2Fsetup%2Fapp')
    await giveCode(world, jar, codeOf(seed, world.clock.now))
    expect((await world.fetch('/auth/api/factors/app', post({}, jar))).status).toBe(201)
  })

  it('the page shows the picture and the key, and takes the code', async () => {
    const page = await (
      await world.fetch('/auth/mfa/setup/app?next=/x', { cookies: jar, headers: NAVIGATION })
    ).text()
    const seed = /<code class="key">([A-Z2-7 ]+)</.exec(page)?.[1]?.replaceAll(' ', '') ?? ''
    const setup = /name="setup" value="([^"]+)"/.exec(page)?.[1] ?? ''
    expect(page).toContain('<svg class="qr"')
    const wrong = await world.fetch('/auth/mfa/setup/app', formPost({ setup, code: '1', name: 'Phone' }, jar))
    expect(wrong.status).toBe(400)
    expect(await wrong.text()).toContain(setup)
    const fields = { setup, code: codeOf(seed, world.clock.now), name: 'Phone', next: '/x' }
    const done = await world.fetch('/auth/mfa/setup/app', formPost(fields, jar))
    const codes = await done.text()
    expect(codes.match(/<code>[0-9a-z]{5}-[0-9a-z]{5}<\/code>/g)).toHaveLength(10)
    expect(codes).toContain('href="/x"')
    expect(done.headers.get('cache-control')).toContain('no-store')
  })
})

describe('removing', () => {
  it('takes it off, and with the last one everything that stood in for it', async () => {
    await enrolApp(world, jar)
    const [factor] = (await listed()).factors
    expect((await deleted(factor?.id ?? '')).status).toBe(204)
    expect(await listed()).toMatchObject({ factors: [], recoveryCodes: 0 })
    expect((await givePassword(world, email, new Jar())).status).toBe(200)
  })

  it('P26: nobody removes or renames another’s', async () => {
    await enrolApp(world, jar)
    const [factor] = (await listed()).factors
    const other = `eve-${crypto.randomUUID()}@example.com`
    await addUser({ email: other })
    const eve = await signInAs(world, other)
    expect((await deleted(factor?.id ?? '', eve)).status).toBe(404)
    expect((await world.fetch(`/auth/api/factors/${factor?.id}`, post({ name: 'x' }, eve))).status).toBe(404)
    expect((await listed()).factors).toHaveLength(1)
  })

  it('of a mandatory last two, removed at once, one stays', async () => {
    world = createWorld({ ...BASE_CONFIG, mfa: { policy: 'required' } }, {}, { clock: world.clock })
    await enrolApp(world, jar, 'one')
    await enrolApp(world, jar, 'two')
    const { factors } = await listed()
    expect(factors).toHaveLength(2)
    const answers = await Promise.all(factors.map(({ id }) => deleted(id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    const rest = (await listed()).factors
    expect(rest).toHaveLength(1)
    const page = await world.fetch(`/auth/account/factors/${rest[0]?.id}/remove`, {
      cookies: jar,
      headers: NAVIGATION,
    })
    expect(page.headers.get('location')).toBe('/auth/account/factors?news=last_factor')
    const { results } = await env.DB.prepare(
      "SELECT 1 FROM audit WHERE event = 'factor.removed' AND user_id = (SELECT id FROM user WHERE email = ?1)",
    )
      .bind(email)
      .all()
    expect(results).toHaveLength(1)
  })

  it('needs a fresh sign-in with the second factor', async () => {
    await enrolApp(world, jar)
    const [factor] = (await listed()).factors
    world.clock.now += HOUR_MS
    expect((await deleted(factor?.id ?? '')).status).toBe(401)
  })
})

describe('recovery codes', () => {
  it('a new set takes the place of the old one', async () => {
    const { recoveryCodes: old } = await enrolApp(world, jar)
    const made = await world.fetch('/auth/api/factors/recovery-codes', post({}, jar))
    const { recoveryCodes } = (await made.json()) as { recoveryCodes: string[] }
    const tryOne = async (code: string | undefined) => {
      const cookies = new Jar()
      await givePassword(world, email, cookies)
      return (await world.fetch('/auth/api/mfa', post({ way: 'recovery', code }, cookies))).status
    }
    expect(await tryOne(old[0])).toBe(401)
    expect(await tryOne(recoveryCodes[0])).toBe(200)
  })

  it('are not for who has nothing to recover', async () => {
    expect((await world.fetch('/auth/api/factors/recovery-codes', post({}, jar))).status).toBe(404)
  })

  it('rest in the database as keyed hashes, the seed sealed', async () => {
    const { seed, recoveryCodes } = await enrolApp(world, jar)
    const [codes, apps] = await env.DB.batch([
      env.DB.prepare('SELECT * FROM recovery_code'),
      env.DB.prepare('SELECT * FROM totp'),
    ])
    const text = JSON.stringify([codes?.results, apps?.results])
    for (const secret of [seed, ...recoveryCodes]) expect(text).not.toContain(secret)
  })

  it('P25: a sealed seed in another row opens nothing', async () => {
    const { seed } = await enrolApp(world, jar)
    const other = `eve-${crypto.randomUUID()}@example.com`
    await addUser({ email: other })
    await enrolApp(world, await signInAs(world, other))
    await env.DB.prepare(
      `UPDATE totp SET last_step = 0, sealed_seed = (SELECT t.sealed_seed FROM totp t JOIN user u ON u.id = t.user_id WHERE u.email = ?1)
       WHERE user_id = (SELECT id FROM user WHERE email = ?2)`,
    )
      .bind(email, other)
      .run()
    world.clock.now += STEP_MS
    const cookies = new Jar()
    await givePassword(world, other, cookies)
    expect((await giveCode(world, cookies, codeOf(seed, world.clock.now))).status).toBe(401)
  })
})

it('renames', async () => {
  await enrolApp(world, jar)
  const [factor] = (await listed()).factors
  expect(
    (await world.fetch(`/auth/api/factors/${factor?.id}`, post({ name: 'Old phone' }, jar))).status,
  ).toBe(204)
  expect((await world.fetch(`/auth/api/factors/${factor?.id}`, post({ name: ' \n ' }, jar))).status).toBe(400)
  const page = await world.fetch('/auth/account/factors', { cookies: jar, headers: NAVIGATION })
  expect(await page.text()).toContain('Old phone')
})
