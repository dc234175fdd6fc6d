import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import {
  codeOf,
  codeOfProblem,
  type EnrolledApp,
  enrolApp,
  formPost,
  giveCode,
  givePassword,
  post,
} from '../support/second-factor.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  NAVIGATION,
  PASSWORD,
  signInAs,
  type World,
} from '../support/world.ts'

const CONFIG = {
  ...BASE_CONFIG,
  rules: [
    { path: '/strong/**', access: 'user', mfa: true },
    { path: '/recent/**', access: 'user', mfa: '1h' },
    ...BASE_CONFIG.rules,
  ],
} satisfies Config

/** Without the throttle in the way, only what is consumed decides. */
const LOOSE = {
  ...CONFIG,
  throttle: { account: { attempts: 1000 }, network: { attempts: 1000 } },
} satisfies Config

const STEP_MS = 30_000
let world: World
let email: string
let app: EnrolledApp

beforeEach(async () => {
  world = createWorld(CONFIG)
  email = `ada-${crypto.randomUUID()}@example.com`
  await addUser({ email })
  app = await enrolApp(world, await signInAs(world, email))
  world.clock.now += STEP_MS
})

const code = () => codeOf(app.seed, world.clock.now)
const wrongCode = () => String((Number(code()) + 1) % 1_000_000).padStart(6, '0')

async function isSignedIn(cookies: Jar): Promise<boolean> {
  const response = await world.fetch('/auth/api/session', { cookies })
  return ((await response.json()) as { authenticated: boolean }).authenticated
}

async function sessionOf(cookies: Jar) {
  const response = await world.fetch('/auth/api/session', { cookies })
  return ((await response.json()) as { session: { mfa: boolean; methods: string[]; remembered: boolean } })
    .session
}

async function signedIn(more: Record<string, unknown> = {}): Promise<Jar> {
  const cookies = new Jar()
  await givePassword(world, email, cookies)
  const done = await giveCode(world, cookies, code(), more)
  expect(done.status).toBe(200)
  return cookies
}

async function rows(table: 'pending_sign_in' | 'trusted_device'): Promise<number> {
  const sql = { pending_sign_in: 'pending_sign_in', trusted_device: 'trusted_device' }[table]
  const row = await env.DB.prepare(
    `SELECT count(*) AS n FROM ${sql} WHERE user_id = (SELECT id FROM user WHERE email = ?1)`,
  )
    .bind(email)
    .first<{ n: number }>()
  return row?.n ?? 0
}

describe('P8: a session exists only after the second factor', () => {
  it('the password alone gives no session and no cookie that opens anything', async () => {
    const cookies = new Jar()
    const writes = world.kv.writes
    const response = await givePassword(world, email, cookies)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({
      code: 'second_factor_required',
      ways: ['totp', 'recovery'],
    })
    expect([...cookies.cookies.keys()]).toEqual(['__Host-edgegate-pending'])
    expect(world.kv.writes).toBe(writes)
    expect(await isSignedIn(cookies)).toBe(false)
    const page = await world.fetch('/x', { cookies, headers: NAVIGATION })
    expect(page.headers.get('location')).toBe('/auth/login?next=%2Fx')
  })

  it('the code then does, with what was proved', async () => {
    const cookies = await signedIn()
    expect(await sessionOf(cookies)).toMatchObject({ mfa: true, methods: ['pwd', 'otp', 'mfa'] })
    expect(cookies.cookies.has('__Host-edgegate-pending')).toBe(false)
    expect(await rows('pending_sign_in')).toBe(0)
  })

  it.each([
    [{}],
    [{ way: 'totp' }],
    [{ way: 'totp', code: '' }],
    [{ way: 'passkey', code: '1' }],
    [{ code: '1' }],
  ])('no step is skipped by sending %j', async (body) => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const response = await world.fetch('/auth/api/mfa', post(body, cookies))
    expect(response.status).toBe(400)
    expect(await isSignedIn(cookies.take(response))).toBe(false)
    const page = await world.fetch('/auth/mfa', formPost({}, cookies))
    expect(page.status).toBe(400)
  })

  it('the pages walk the same way, and go on to where the sign-in was for', async () => {
    const cookies = new Jar()
    const first = await world.fetch(
      '/auth/login',
      formPost({ identifier: email, password: PASSWORD, next: '/strong/x?y=1' }, cookies),
    )
    expect([first.status, first.headers.get('location')]).toEqual([303, '/auth/mfa'])
    cookies.take(first)
    const page = await world.fetch('/auth/mfa', { cookies, headers: NAVIGATION })
    expect(page.status).toBe(200)
    const done = await world.fetch('/auth/mfa', formPost({ way: 'totp', code: code() }, cookies))
    expect([done.status, done.headers.get('location')]).toEqual([303, '/strong/x?y=1'])
    expect((await world.fetch('/strong/x', { cookies: cookies.take(done) })).status).toBe(200)
  })

  it('a pending sign-in is the browser’s own: another browser’s code finishes nothing', async () => {
    const mine = new Jar()
    await givePassword(world, email, mine)
    const response = await giveCode(world, new Jar(), code())
    expect(response.status).toBe(401)
    expect((await giveCode(world, mine, code())).status).toBe(200)
  })

  it('P11: the pending token is no session token, nor the other way round', async () => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const swapped = new Jar()
    swapped.cookies.set('__Host-edgegate', cookies.cookies.get('__Host-edgegate-pending') ?? '')
    expect(await isSignedIn(swapped)).toBe(false)
  })

  it('the account is whom the password named, whatever the code’s owner', async () => {
    const other = `eve-${crypto.randomUUID()}@example.com`
    await addUser({ email: other })
    const evil = await enrolApp(world, await signInAs(world, other))
    world.clock.now += STEP_MS
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const response = await giveCode(world, cookies, codeOf(evil.seed, world.clock.now))
    expect(await codeOfProblem(response)).toBe('wrong_second_factor')
  })
})

describe('P25: what is used once is used up', { timeout: 30_000 }, () => {
  /** Browsers whose sign-ins wait. One after the other: an isolate hashes few passwords at once. */
  async function waiting(count: number): Promise<readonly Jar[]> {
    const jars: Jar[] = []
    for (let each = 0; each < count; each++) {
      const cookies = new Jar()
      expect((await givePassword(world, email, cookies)).status).toBe(401)
      jars.push(cookies)
    }
    return jars
  }

  it('of fifty that show one code at once, one gets a session', async () => {
    world = createWorld(LOOSE, {}, { clock: world.clock })
    const shown = code()
    const jars = await waiting(50)
    const answers = await Promise.all(jars.map((cookies) => giveCode(world, cookies, shown)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await Promise.all(jars.map(isSignedIn))).filter(Boolean)).toHaveLength(1)
  })

  it('a pending sign-in that several finish at once gives one session', async () => {
    world = createWorld(LOOSE, {}, { clock: world.clock })
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const shown = [code(), ...app.recoveryCodes.slice(0, 3)]
    const answers = await Promise.all(
      shown.map((each, index) =>
        world.fetch(
          '/auth/api/mfa',
          post({ way: index === 0 ? 'totp' : 'recovery', code: each }, cookies.copy()),
        ),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('a code is not accepted again, nor one of an earlier step', async () => {
    const shown = code()
    await signedIn()
    const again = new Jar()
    await givePassword(world, email, again)
    expect((await giveCode(world, again, shown)).status).toBe(401)
    const earlier = codeOf(app.seed, world.clock.now - STEP_MS)
    expect((await giveCode(world, again, earlier)).status).toBe(401)
  })

  it.each([
    [-STEP_MS, 200],
    [STEP_MS, 200],
    [2 * STEP_MS, 401],
    [-2 * STEP_MS, 401],
  ])('a clock that is off by %i ms gets %i', async (off, status) => {
    world.clock.now += 4 * STEP_MS
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    expect((await giveCode(world, cookies, codeOf(app.seed, world.clock.now + off))).status).toBe(status)
  })

  it('of fifty that show one recovery code at once, one gets a session', async () => {
    world = createWorld(LOOSE, {}, { clock: world.clock })
    const jars = await waiting(50)
    const body = { way: 'recovery', code: app.recoveryCodes[0] }
    const answers = await Promise.all(
      jars.map((cookies) => world.fetch('/auth/api/mfa', post(body, cookies))),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const listed = await world.fetch('/auth/api/factors', { cookies: await signedInAfter() })
    expect(await listed.json()).toMatchObject({ recoveryCodes: 9 })
  })

  async function signedInAfter(): Promise<Jar> {
    world.clock.now += 3600_000
    return await signedIn()
  }

  it('a recovery code is read as people write it', async () => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const typed = ` ${app.recoveryCodes[1]?.toUpperCase().replace('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `
    const response = await world.fetch('/auth/api/mfa', post({ way: 'recovery', code: typed }, cookies))
    expect(response.status).toBe(200)
  })

  it('a pending sign-in is over after ten minutes', async () => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    world.clock.now += 600_000
    expect(await codeOfProblem(await giveCode(world, cookies, code()))).toBe('sign_in_over')
  })

  it('a new password ends what waits', async () => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const owner = await signedIn()
    const changed = await world.fetch(
      '/auth/api/account/password',
      post({ current: PASSWORD, password: 'a quite different long sentence' }, owner),
    )
    expect(changed.status).toBe(200)
    world.clock.now += STEP_MS
    expect(await codeOfProblem(await giveCode(world, cookies, code()))).toBe('sign_in_over')
  })
})

describe('P16: guesses count together', { timeout: 30_000 }, () => {
  it('a pending sign-in dies after five wrong codes, and the right one is not heard any more', async () => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => giveCode(world, cookies.copy(), wrongCode())),
    )
    const looked = await Promise.all(answers.map(codeOfProblem))
    expect(looked.filter((each) => each === 'wrong_second_factor').length).toBeLessThanOrEqual(5)
    world.clock.now += 3600_000
    expect((await giveCode(world, cookies, code())).status).toBe(401)
  })

  it('a right password in between forgives no wrong code', async () => {
    const statuses: number[] = []
    for (let round = 0; round < 8; round++) {
      const cookies = new Jar()
      const first = await givePassword(world, email, cookies)
      statuses.push(first.status === 429 ? 429 : (await giveCode(world, cookies, wrongCode())).status)
    }
    expect(statuses).toContain(429)
    expect(statuses.indexOf(429)).toBeLessThanOrEqual(5)
  })

  it('codes and passwords fill one budget', async () => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    for (let round = 0; round < 4; round++) {
      await world.fetch('/auth/api/login', post({ identifier: email, password: 'wrong' }, new Jar()))
    }
    expect((await giveCode(world, cookies, wrongCode())).status).toBe(401)
    expect((await giveCode(world, cookies, code())).status).toBe(429)
    const recovery = { way: 'recovery', code: app.recoveryCodes[0] }
    expect((await world.fetch('/auth/api/mfa', post(recovery, cookies))).status).toBe(429)
  })

  it('step-up counts there too', async () => {
    const cookies = await signedIn()
    for (let round = 0; round < 5; round++) {
      world.clock.now += 1
      await giveCode(world, cookies, wrongCode())
    }
    expect((await giveCode(world, cookies, wrongCode())).status).toBe(429)
  })

  it('a finished sign-in starts the account again at zero', async () => {
    for (let round = 0; round < 3; round++) {
      const cookies = new Jar()
      await givePassword(world, email, cookies)
      await giveCode(world, cookies, wrongCode())
      world.clock.now += STEP_MS
      expect((await giveCode(world, cookies, code())).status).toBe(200)
    }
  })
})

describe('step-up', () => {
  it('who is signed in with less shows a code and comes back', async () => {
    const without = `bob-${crypto.randomUUID()}@example.com`
    await addUser({ email: without })
    const cookies = await signInAs(world, without)
    const strong = () => world.fetch('/strong/x', { cookies, headers: NAVIGATION })
    expect((await strong()).headers.get('location')).toBe('/auth/mfa?next=%2Fstrong%2Fx')
    const asked = await world.fetch('/auth/mfa?next=%2Fstrong%2Fx', { cookies, headers: NAVIGATION })
    expect(asked.headers.get('location')).toBe('/auth/mfa/setup?next=%2Fstrong%2Fx')
    await enrolApp(world, cookies)
    expect((await strong()).status).toBe(200)
  })

  it('a recent one is asked for again when it is old', async () => {
    const cookies = await signedIn()
    const recent = () => world.fetch('/recent/x', { cookies })
    expect((await recent()).status).toBe(200)
    world.clock.now += 3600_000
    const refused = await recent()
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('acr_values="mfa", max_age=3600')
    const before = cookies.cookies.get('__Host-edgegate')
    expect((await giveCode(world, cookies, code())).status).toBe(200)
    expect(cookies.cookies.get('__Host-edgegate')).not.toBe(before)
    expect((await recent()).status).toBe(200)
  })

  it('the form comes back to next, on this site only (P1)', async () => {
    for (const [next, location] of [
      ['/recent/x?y=1', '/recent/x?y=1'],
      ['//evil.example', '/'],
      ['https://evil.example/', '/'],
    ]) {
      const cookies = await signedIn()
      world.clock.now += STEP_MS
      const done = await world.fetch(
        '/auth/mfa',
        formPost({ way: 'totp', code: code(), next: next ?? '' }, cookies),
      )
      expect([done.status, done.headers.get('location')]).toEqual([303, location])
      world.clock.now += STEP_MS
    }
  })

  it('P12: the old token opens nothing any more', async () => {
    const cookies = await signedIn()
    const old = cookies.copy()
    world.clock.now += STEP_MS
    await giveCode(world, cookies, code())
    expect(await isSignedIn(old)).toBe(false)
    expect(await isSignedIn(cookies)).toBe(true)
  })

  it('P14: with another browser or network the second factor does not count', async () => {
    const cookies = await signedIn()
    const moved = { cookies, headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux) Gecko Firefox/140.0' } }
    expect((await world.fetch('/strong/x', moved)).status).toBe(401)
  })
})

describe('P14: with the database away', () => {
  it('no code is accepted and nobody is let in without', async () => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    world.broken.d1 = true
    const response = await giveCode(world, cookies, code())
    expect(response.status).toBe(503)
    world.broken.d1 = false
    expect(await isSignedIn(cookies)).toBe(false)
  })
})

describe('P2: whatever is sent is answered below 500', () => {
  it.each([
    ['{"way":"totp","code":{}}'],
    ['{"way":"totp","code":"1","user_id":"user_x"}'],
    [`{"way":"recovery","code":"${'a'.repeat(101)}"}`],
    ['{"way":"totp","code":"\\u0000"}'],
    ['[]'],
    [''],
  ])('%s', async (body) => {
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const headers = { 'content-type': 'application/json' }
    const response = await world.fetch('/auth/api/mfa', { method: 'POST', headers, body, cookies })
    expect([400, 401]).toContain(response.status)
  })

  it.each(['x', '', '.', 'a'.repeat(43), 'a'.repeat(5000)])('a pending cookie %#', async (value) => {
    const cookies = new Jar()
    cookies.cookies.set('__Host-edgegate-pending', value)
    for (const path of ['/auth/mfa', '/auth/mfa/setup', '/auth/mfa/setup/app'])
      expect((await world.fetch(path, { cookies, headers: NAVIGATION })).status).toBe(303)
    expect((await giveCode(world, cookies, '123456')).status).toBe(401)
  })
})

it('P22: neither seed nor code nor recovery code is in the log or the audit table', async () => {
  const cookies = await signedIn()
  world.clock.now += STEP_MS
  await giveCode(world, cookies, code())
  const body = { way: 'recovery', code: app.recoveryCodes[0] }
  await world.fetch('/auth/api/mfa', post(body, cookies))
  const { results } = await env.DB.prepare('SELECT * FROM audit').all()
  const text = JSON.stringify([world.logs, results])
  for (const secret of [app.seed, code(), ...app.recoveryCodes]) expect(text).not.toContain(secret)
})
