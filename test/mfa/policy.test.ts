import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { demandOf, type MfaSettings } from '../../src/factor/policy.ts'
import { NO_FACTORS } from '../../src/factor/summary.ts'
import { codeOf, enrolApp, formPost, giveCode, givePassword, post } from '../support/second-factor.ts'
import { addUser, BASE_CONFIG, createWorld, Jar, NAVIGATION, PASSWORD, signInAs } from '../support/world.ts'

const DAY_MS = 86_400_000
const STEP_MS = 30_000

function worldWith(mfa: Config['mfa'], clock?: { now: number }) {
  return createWorld({ ...BASE_CONFIG, ...(mfa ? { mfa } : {}) }, {}, clock ? { clock } : {})
}

async function somebody(roles: readonly string[] = []): Promise<string> {
  const email = `ann-${crypto.randomUUID()}@example.com`
  await addUser({ email, roles })
  return email
}

const SETTINGS: MfaSettings = {
  isOffered: true,
  requiredFor: 'nobody',
  graceSeconds: 60,
  trustSeconds: null,
  emailCode: false,
}
const NOBODY = { roles: [], email: 'a@example.com', emailVerified: true, factors: NO_FACTORS }

describe('P8: what is demanded', () => {
  it.each([
    [{}, NO_FACTORS, ['pwd'], 'enough'],
    [{}, { ...NO_FACTORS, apps: 1 }, ['pwd'], 'show'],
    [{ isOffered: false }, { ...NO_FACTORS, passkeys: 1 }, ['pwd'], 'show'],
    [{}, { ...NO_FACTORS, apps: 1 }, ['swk', 'user', 'mfa'], 'enough'],
    [{}, { ...NO_FACTORS, recoveryCodes: 3 }, ['pwd'], 'enough'],
    [{ requiredFor: 'everybody' }, NO_FACTORS, ['pwd'], 'enough'],
    [{ requiredFor: 'everybody' }, { ...NO_FACTORS, askedAt: -60_000 }, ['pwd'], 'enrol'],
    [{ requiredFor: 'everybody' }, { ...NO_FACTORS, askedAt: -59_999 }, ['pwd'], 'enough'],
    [{ requiredFor: 'everybody', graceSeconds: 0 }, NO_FACTORS, ['pwd'], 'enrol'],
    [{ requiredFor: 'everybody', graceSeconds: 0 }, NO_FACTORS, ['mfa'], 'enough'],
    [{ requiredFor: 'everybody', emailCode: true }, NO_FACTORS, ['pwd'], 'show'],
    [{ requiredFor: { roles: ['admin'] }, graceSeconds: 0 }, NO_FACTORS, ['pwd'], 'enough'],
  ] as const)('%j, %j, %j: %s', (settings, factors, methods, kind) => {
    expect(demandOf({ ...SETTINGS, ...settings }, { ...NOBODY, factors }, methods, 0).kind).toBe(kind)
  })

  it('a code by e-mail is for who has nothing better', () => {
    const settings = { ...SETTINGS, requiredFor: 'everybody', emailCode: true } as const
    const ways = (factors: typeof NO_FACTORS) => demandOf(settings, { ...NOBODY, factors }, ['pwd'], 0)
    expect(ways(NO_FACTORS)).toMatchObject({ ways: ['email'] })
    expect(ways({ ...NO_FACTORS, apps: 1 })).toMatchObject({ ways: ['totp'] })
    expect(demandOf(settings, { ...NOBODY, emailVerified: false }, ['pwd'], 0).kind).toBe('enough')
  })
})

describe('required for everybody', () => {
  it('within the grace a sign-in works and says what is due; afterwards it does not', async () => {
    const world = worldWith({ policy: 'required', grace: '7d' })
    const email = await somebody()
    const first = await world.fetch(
      '/auth/login',
      formPost({ identifier: email, password: PASSWORD, next: '/x' }, new Jar()),
    )
    expect(first.headers.get('location')).toBe('/auth/mfa/setup?next=%2Fx')
    const jar = new Jar().take(first)
    expect((await world.fetch('/x', { cookies: jar })).status).toBe(200)
    const page = await world.fetch('/auth/mfa/setup?next=%2Fx', { cookies: jar, headers: NAVIGATION })
    expect(await page.text()).toContain('November 30, 2026')

    world.clock.now += 6 * DAY_MS
    expect((await givePassword(world, email, new Jar())).status).toBe(200)
    world.clock.now += DAY_MS
    const late = new Jar()
    const refused = await givePassword(world, email, late)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ code: 'second_factor_required', ways: [] })
  })

  it('the sign-in then waits until a first factor is set up, and is finished by it', async () => {
    const world = worldWith({ policy: 'required', grace: false })
    const email = await somebody()
    const jar = new Jar()
    const first = await world.fetch(
      '/auth/login',
      formPost({ identifier: email, password: PASSWORD, next: '/x' }, jar),
    )
    jar.take(first)
    const asked = await world.fetch('/auth/mfa', { cookies: jar, headers: NAVIGATION })
    expect(asked.headers.get('location')).toBe('/auth/mfa/setup')
    expect((await world.fetch('/auth/mfa/setup', { cookies: jar, headers: NAVIGATION })).status).toBe(200)
    expect((await world.fetch('/auth/account/factors', { cookies: jar, headers: NAVIGATION })).status).toBe(
      303,
    )
    const { recoveryCodes } = await enrolApp(world, jar)
    expect(recoveryCodes).toHaveLength(10)
    const session = (await (await world.fetch('/auth/api/session', { cookies: jar })).json()) as object
    expect(session).toMatchObject({
      authenticated: true,
      session: { mfa: true, methods: ['pwd', 'otp', 'mfa'] },
    })
  })

  it('P8: who knows only the password adds no second key to an account that has one', async () => {
    const world = worldWith({ policy: 'required', grace: false })
    const email = await somebody()
    const owner = new Jar()
    await givePassword(world, email, owner)
    await enrolApp(world, owner)
    const thief = new Jar()
    await givePassword(world, email, thief)
    for (const path of ['/auth/api/factors/app', '/auth/api/factors/app/confirm'])
      expect((await world.fetch(path, post({}, thief))).status).toBe(401)
  })

  it('P8: a set-up begun before another factor was added adds nothing', async () => {
    const world = worldWith({ policy: 'required', grace: false })
    const email = await somebody()
    const [owner, thief] = [new Jar(), new Jar()]
    await givePassword(world, email, thief)
    const begun = await world.fetch('/auth/api/factors/app', post({}, thief))
    const { setup, secret } = (await begun.json()) as { setup: string; secret: string }
    await givePassword(world, email, owner)
    await enrolApp(world, owner)
    const body = { setup, code: codeOf(secret, world.clock.now), name: 'mine' }
    expect((await world.fetch('/auth/api/factors/app/confirm', post(body, thief))).status).toBe(401)
  })
})

describe('required for roles', () => {
  it('P8: a role that comes later asks in the session that is there', async () => {
    const clock = { now: Date.UTC(2026, 10, 23, 12) }
    const world = worldWith({ policy: { requiredFor: ['admin'] }, grace: false }, clock)
    const email = await somebody()
    const jar = await signInAs(world, email)
    expect((await world.fetch('/x', { cookies: jar })).status).toBe(200)
    const { id } = (await env.DB.prepare('SELECT id FROM user WHERE email = ?1')
      .bind(email)
      .first<{ id: string }>()) ?? { id: '' }
    await env.DB.batch([
      env.DB.prepare(`UPDATE user SET roles = '["admin"]' WHERE id = ?1`).bind(id),
      env.DB.prepare("INSERT INTO revocation (at, subject_id, kind) VALUES (?1, ?2, 'reload')").bind(
        clock.now,
        id,
      ),
    ])
    clock.now += 11_000
    expect((await world.fetch('/x', { cookies: jar })).status).toBe(401)
    const page = await world.fetch('/admin/x', { cookies: jar, headers: NAVIGATION })
    expect(page.headers.get('location')).toBe('/auth/mfa?next=%2Fadmin%2Fx')
    await enrolApp(world, jar)
    expect((await world.fetch('/admin/x', { cookies: jar })).status).toBe(200)
  })

  it('others are not asked', async () => {
    const world = worldWith({ policy: { requiredFor: ['admin'] }, grace: false })
    expect((await givePassword(world, await somebody(['staff']), new Jar())).status).toBe(200)
    expect((await givePassword(world, await somebody(['admin']), new Jar())).status).toBe(401)
  })
})

describe('keep me signed in', () => {
  it('P8: what was remembered with the password alone restores nothing once there is a second factor', async () => {
    const world = worldWith({})
    const email = await somebody()
    const old = await signInAs(world, email, { remember: true })
    await enrolApp(world, await signInAs(world, email))
    old.cookies.delete('__Host-edgegate')
    const page = await world.fetch('/x', { cookies: old, headers: NAVIGATION })
    expect(page.headers.get('location')).toBe('/auth/login?next=%2Fx')
  })

  it('what was remembered with both restores a session, which has shown none itself', async () => {
    const world = createWorld({ ...BASE_CONFIG, rules: [{ path: '/strong', access: 'user', mfa: true }] })
    const email = await somebody()
    const { seed } = await enrolApp(world, await signInAs(world, email))
    world.clock.now += STEP_MS
    const jar = new Jar()
    await givePassword(world, email, jar, { remember: true })
    await giveCode(world, jar, codeOf(seed, world.clock.now))
    jar.cookies.delete('__Host-edgegate')
    const restored = await world.fetch('/x', { cookies: jar, headers: NAVIGATION })
    expect(restored.status).toBe(200)
    const strong = await world.fetch('/strong', { cookies: jar.take(restored) })
    expect(strong.status).toBe(401)
  })

  it('the browser in which the factor was added is remembered with it', async () => {
    const world = worldWith({})
    const email = await somebody()
    const jar = await signInAs(world, email, { remember: true })
    await enrolApp(world, jar)
    jar.cookies.delete('__Host-edgegate')
    expect((await world.fetch('/x', { cookies: jar, headers: NAVIGATION })).status).toBe(200)
  })
})

describe('a trusted device', () => {
  const config = {
    ...BASE_CONFIG,
    rules: [
      { path: '/strong', access: 'user', mfa: true },
      { path: '/recent', access: 'user', mfa: '1h' },
    ],
  } satisfies Config

  async function trusting() {
    const world = createWorld(config)
    const email = await somebody()
    const { seed } = await enrolApp(world, await signInAs(world, email))
    world.clock.now += STEP_MS
    const jar = new Jar()
    await givePassword(world, email, jar)
    await giveCode(world, jar, codeOf(seed, world.clock.now), { trust: true })
    await world.fetch('/auth/api/logout', post({}, jar))
    jar.cookies.delete('__Host-edgegate')
    return { world, email, jar, seed }
  }

  it('spares the second factor, stands in for it, and is not recent', async () => {
    const { world, email, jar } = await trusting()
    world.clock.now += DAY_MS
    expect((await givePassword(world, email, jar)).status).toBe(200)
    expect((await world.fetch('/strong', { cookies: jar })).status).toBe(200)
    expect((await world.fetch('/recent', { cookies: jar })).status).toBe(401)
    expect((await givePassword(world, email, new Jar())).status).toBe(401)
  })

  it('P8: is nothing for another account, and no way in by itself', async () => {
    const { world, jar } = await trusting()
    const other = await somebody()
    await enrolApp(world, await signInAs(world, other))
    expect((await givePassword(world, other, jar.copy())).status).toBe(401)
    expect((await world.fetch('/x', { cookies: jar, headers: NAVIGATION })).status).toBe(302)
  })

  it('ends after its time', async () => {
    const { world, email, jar } = await trusting()
    world.clock.now += 30 * DAY_MS
    expect((await givePassword(world, email, jar)).status).toBe(401)
  })

  it('P12: ends with the password', async () => {
    const { world, email, jar } = await trusting()
    const owner = jar.copy()
    await givePassword(world, email, owner)
    world.clock.now += 1
    const password = 'a quite different long sentence'
    await world.fetch('/auth/api/account/password', post({ current: PASSWORD, password }, owner))
    const again = await world.fetch('/auth/api/login', post({ identifier: email, password }, jar))
    expect(again.status).toBe(401)
  })

  it('P12: revoked, it is asked again and the sessions it opened end', async () => {
    const { world, email, jar, seed } = await trusting()
    await givePassword(world, email, jar)
    const elsewhere = new Jar()
    world.clock.now += STEP_MS
    await givePassword(world, email, elsewhere)
    await giveCode(world, elsewhere, codeOf(seed, world.clock.now))
    const listed = await world.fetch('/auth/api/factors', { cookies: elsewhere })
    const { trustedDevices } = (await listed.json()) as { trustedDevices: { id: string }[] }
    expect(trustedDevices).toHaveLength(1)
    const gone = await world.fetch(`/auth/api/trusted-devices/${trustedDevices[0]?.id}`, {
      method: 'DELETE',
      cookies: elsewhere,
    })
    expect(gone.status).toBe(204)
    expect((await world.fetch('/x', { cookies: jar })).status).toBe(401)
    jar.cookies.delete('__Host-edgegate')
    expect((await givePassword(world, email, jar)).status).toBe(401)
  })

  it('revoked from where it is trusted, the session goes on and has shown nothing', async () => {
    const { world, email, jar } = await trusting()
    await givePassword(world, email, jar)
    const listed = await world.fetch('/auth/api/factors', { cookies: jar })
    const { trustedDevices } = (await listed.json()) as { trustedDevices: { id: string }[] }
    const path = `/auth/api/trusted-devices/${trustedDevices[0]?.id}`
    jar.take(await world.fetch(path, { method: 'DELETE', cookies: jar }))
    expect((await world.fetch('/x', { cookies: jar })).status).toBe(200)
    expect((await world.fetch('/strong', { cookies: jar })).status).toBe(401)
  })

  it('cannot be had where it is not offered', async () => {
    const world = createWorld({ ...config, mfa: { trust: false } })
    const email = await somebody()
    const { seed } = await enrolApp(world, await signInAs(world, email))
    world.clock.now += STEP_MS
    const jar = new Jar()
    await givePassword(world, email, jar)
    await giveCode(world, jar, codeOf(seed, world.clock.now), { trust: true })
    expect(jar.cookies.has('__Host-edgegate-trust')).toBe(false)
  })
})

it('P14: a rule cannot ask for what nobody may have', () => {
  const rules = [{ path: '/x', access: 'user', mfa: true }] satisfies Config['rules']
  const world = createWorld({ ...BASE_CONFIG, rules, mfa: { policy: 'off' } })
  return expect(world.fetch('/x')).resolves.toHaveProperty('status', 500)
})

it('P14: switched off, it takes no lock off an account that has one', async () => {
  const clock = { now: Date.UTC(2026, 10, 23, 12) }
  const email = await somebody()
  const on = worldWith({}, clock)
  await enrolApp(on, await signInAs(on, email))
  const off = worldWith({ policy: 'off' }, clock)
  expect((await givePassword(off, email, new Jar())).status).toBe(401)
  const other = await signInAs(off, await somebody())
  expect((await off.fetch('/auth/mfa/setup', { cookies: other, headers: NAVIGATION })).status).toBe(404)
  expect((await off.fetch('/auth/api/factors/app', post({}, other))).status).toBe(404)
})

describe('P8: tokens for programs pass the same gate', () => {
  const ask = (world: ReturnType<typeof createWorld>, body: object) =>
    world.fetch('/auth/api/token', post(body, new Jar()))

  it('a password alone gives none, the code along with it does, once', async () => {
    const world = createWorld({ ...BASE_CONFIG, rules: [{ path: '/strong', access: 'user', mfa: true }] })
    const email = await somebody()
    const { seed, recoveryCodes } = await enrolApp(world, await signInAs(world, email))
    world.clock.now += STEP_MS
    const identifier = { identifier: email, password: PASSWORD }
    const missing = await ask(world, identifier)
    expect(missing.status).toBe(401)
    expect(await missing.json()).toMatchObject({
      code: 'second_factor_required',
      error: 'mfa_required',
      ways: ['totp', 'recovery'],
    })
    expect(missing.headers.getSetCookie()).toEqual([])
    const otp = codeOf(seed, world.clock.now)
    const given = await ask(world, { ...identifier, otp })
    expect(given.status).toBe(200)
    const { access_token } = (await given.json()) as { access_token: string }
    const authorization = `Bearer ${access_token}`
    expect((await world.fetch('/strong', { headers: { authorization } })).status).toBe(200)
    expect((await ask(world, { ...identifier, otp })).status).toBe(401)
    expect((await ask(world, { ...identifier, otp: recoveryCodes[0] })).status).toBe(200)
  })

  it('P16: codes are guessed here no cheaper', async () => {
    const world = worldWith({})
    const email = await somebody()
    await enrolApp(world, await signInAs(world, email))
    const statuses: number[] = []
    for (let round = 0; round < 8; round++) {
      const response = await ask(world, { identifier: email, password: PASSWORD, otp: '000000' })
      statuses.push(response.status)
    }
    expect(statuses.indexOf(429)).toBeGreaterThan(0)
    expect(statuses.indexOf(429)).toBeLessThanOrEqual(5)
  })

  it('a refresh token from before the second factor is not renewed', async () => {
    const world = worldWith({})
    const email = await somebody()
    const given = await ask(world, { identifier: email, password: PASSWORD })
    const { refresh_token } = (await given.json()) as { refresh_token: string }
    await enrolApp(world, await signInAs(world, email))
    expect((await ask(world, { refresh_token })).status).toBe(400)
  })
})
