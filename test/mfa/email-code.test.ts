import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/config/resolve.ts'
import type { Config } from '../../src/config/schema.ts'
import { approve, begin, device, finish, signedIn } from '../handoff/support.ts'
import { postForm } from '../support/forms.ts'
import { codeOfProblem, enrolApp, formPost, givePassword, post } from '../support/second-factor.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  NAVIGATION,
  PASSWORD,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const CONFIG = { ...WITH_MAIL, mfa: { policy: 'required', emailCode: true } } as const satisfies Config
const LOOSE = {
  ...CONFIG,
  throttle: { account: { attempts: 1000 }, network: { attempts: 1000 } },
} as const satisfies Config

async function somebody(emailVerified = true): Promise<string> {
  const email = `ann-${crypto.randomUUID()}@example.com`
  await addUser({ email, emailVerified })
  return email
}

/** The password is given, and a code asked for. */
async function asked(world: World, email: string, cookies = new Jar()) {
  const first = await givePassword(world, email, cookies)
  expect(await first.json()).toMatchObject({ code: 'second_factor_required', ways: ['email'] })
  const sent = await world.fetch('/auth/api/mfa/email', post({}, cookies))
  expect(sent.status).toBe(204)
  return { cookies, code: lastCode(world, email) }
}

function lastCode(world: World, email: string): string {
  const mail = world.mails.filter(({ to }) => to === email).at(-1)
  return /^ {4}(\d{3} \d{3})$/m.exec(mail?.text ?? '')?.[1] ?? ''
}

const show = (world: World, cookies: Jar, code: string) =>
  world.fetch('/auth/api/mfa', post({ way: 'email', code }, cookies))
const another = (code: string) => String((Number(code.replace(' ', '')) + 1) % 1_000_000).padStart(6, '0')

const BY_LINK = {
  ...WITH_MAIL,
  login: { link: true },
  rules: [{ path: '/mfa/**', access: 'user', mfa: true }],
} as const satisfies Config

/** Signs in with the code of a mailed link, as far as that goes. */
async function enterByMail(world: World, email: string, cookies: Jar, more: Record<string, string> = {}) {
  const form = { identifier: email, next: '/members/', ...more }
  cookies.take(await postForm(world, '/auth/link', form, { cookies }))
  const entered = await postForm(world, '/auth/link/wait', { code: lastCode(world, email) }, { cookies })
  cookies.take(entered)
  return entered.headers.get('location')
}

/** Not offered, not sent, and not taken. */
async function expectNoMailedCode(world: World, cookies: Jar): Promise<void> {
  const sent = world.mails.length
  const offered = (await (await world.fetch('/auth/api/mfa', { cookies })).json()) as { ways?: string[] }
  expect(offered.ways).toEqual([])
  expect((await world.fetch('/auth/api/mfa/email', post({}, cookies))).status).toBe(404)
  await world.fetch('/auth/mfa', formPost({ way: 'email', action: 'send' }, cookies))
  expect(world.mails).toHaveLength(sent)
  expect((await show(world, cookies, '123456')).status).toBe(401)
}

describe('a code by e-mail as the second factor', () => {
  it('finishes the sign-in of who has nothing better, once', async () => {
    const world = createWorld(CONFIG)
    const email = await somebody()
    const { cookies, code } = await asked(world, email)
    expect(code).toMatch(/^\d{3} \d{3}$/)
    const done = await show(world, cookies, code)
    expect(done.status).toBe(200)
    expect(await done.json()).toMatchObject({ session: { mfa: true, methods: ['pwd', 'otp', 'mfa'] } })
    expect((await show(world, cookies, code)).status).toBe(401)
  })

  it('by the pages: a button sends it, and looking sends nothing', async () => {
    const world = createWorld(CONFIG)
    const email = await somebody()
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const before = world.mails.length
    const page = await (await world.fetch('/auth/mfa', { cookies, headers: NAVIGATION })).text()
    expect(page).toContain('Send the code')
    expect(world.mails.length).toBe(before)
    const sent = await world.fetch('/auth/mfa', formPost({ way: 'email', action: 'send' }, cookies))
    expect(sent.headers.get('location')).toBe('/auth/mfa?way=email&sent=1')
    expect(world.mails.length).toBe(before + 1)
    const done = await world.fetch(
      '/auth/mfa',
      formPost({ way: 'email', code: lastCode(world, email) }, cookies),
    )
    expect(done.status).toBe(303)
    expect((await world.fetch('/x', { cookies: cookies.take(done) })).status).toBe(200)
  })

  it('asked for again within a minute, no second mail leaves', async () => {
    const world = createWorld(CONFIG)
    const email = await somebody()
    const { cookies } = await asked(world, email)
    const before = world.mails.length
    expect((await world.fetch('/auth/api/mfa/email', post({}, cookies))).status).toBe(204)
    expect(world.mails.length).toBe(before)
    world.clock.now += 60_000
    await world.fetch('/auth/api/mfa/email', post({}, cookies))
    expect(world.mails.length).toBe(before + 1)
  })

  it('P25: of fifty that send it at once, one gets a session', { timeout: 30_000 }, async () => {
    const world = createWorld(LOOSE)
    const { cookies, code } = await asked(world, await somebody())
    const answers = await Promise.all(Array.from({ length: 50 }, () => show(world, cookies.copy(), code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('P25: it is good where it was asked for, for ten minutes, and not after a newer one', async () => {
    const world = createWorld(LOOSE)
    const email = await somebody()
    const first = await asked(world, email)
    const second = await asked(world, email)
    expect((await show(world, second.cookies, first.code)).status).toBe(
      first.code === second.code ? 200 : 401,
    )
    world.clock.now += 61_000
    await world.fetch('/auth/api/mfa/email', post({}, first.cookies))
    const newest = lastCode(world, email)
    if (newest !== first.code) expect((await show(world, first.cookies, first.code)).status).toBe(401)
    world.clock.now += 600_000
    expect((await show(world, first.cookies, newest)).status).toBe(401)
  })

  it('P16: five wrong ones end it', { timeout: 30_000 }, async () => {
    const world = createWorld(LOOSE)
    const { cookies, code } = await asked(world, await somebody())
    for (let round = 0; round < 5; round++)
      expect((await show(world, cookies, another(code))).status).toBe(401)
    expect(await codeOfProblem(await show(world, cookies, code))).toBe('sign_in_over')
  })

  it('P8: is no way past a better factor, nor for who has not proven the address', async () => {
    const world = createWorld(CONFIG)
    const email = await somebody()
    const cookies = await signInAs(createWorld(WITH_MAIL, {}, { clock: world.clock }), email)
    await enrolApp(world, cookies)
    const waiting = new Jar()
    expect(await (await givePassword(world, email, waiting)).json()).toMatchObject({
      ways: ['totp', 'recovery'],
    })
    expect((await world.fetch('/auth/api/mfa/email', post({}, waiting))).status).toBe(404)
    expect((await show(world, waiting, '123456')).status).toBe(401)
    expect((await givePassword(world, await somebody(false), new Jar())).status).toBe(200)
  })

  it('P8: is no second factor for who came by mail: neither at the sign-in nor as step-up', async () => {
    for (const policy of ['required', 'optional'] as const) {
      const world = createWorld({ ...BY_LINK, mfa: { policy, emailCode: true, grace: false } })
      const cookies = new Jar()
      const entered = await enterByMail(world, await somebody(), cookies)
      if (policy === 'optional') expect(entered).toBe('/members/')
      else expect(entered).toMatch(/^\/auth\/mfa/)
      await expectNoMailedCode(world, cookies)
      expect((await world.fetch('/mfa/x', { cookies, headers: NAVIGATION })).status).toBe(302)
    }
  })

  it('P8: nor after the password is given besides, nor when such a session is remembered', async () => {
    const world = createWorld({ ...BY_LINK, mfa: { policy: 'optional', emailCode: true } })
    const email = await somebody()
    const cookies = new Jar()
    await enterByMail(world, email, cookies, { remember: 'on' })
    cookies.take(await world.fetch('/auth/api/reauth', post({ password: PASSWORD }, cookies)))
    await expectNoMailedCode(world, cookies)
    cookies.cookies.delete('__Host-edgegate')
    cookies.take(await world.fetch('/members/', { cookies, headers: NAVIGATION }))
    await expectNoMailedCode(world, cookies)
  })

  it('P8: nor for the browser that such a session lets in; one that began by password may', async () => {
    const world = createWorld({ ...BY_LINK, mfa: { policy: 'optional', emailCode: true } })
    for (const isByMail of [true, false]) {
      const email = await somebody()
      const approver = isByMail ? device(world) : await signedIn(world, email)
      if (isByMail) {
        await approver.post({ identifier: email, next: '/members/' }, '/auth/link')
        await approver.post({ code: lastCode(world, email) }, '/auth/link/wait')
      }
      const waiting = device(world)
      await approve(approver, await begin(waiting))
      expect(await finish(waiting)).toMatchObject({ status: 303, location: '/members/x' })
      if (isByMail) {
        await expectNoMailedCode(world, waiting.jar)
      } else {
        expect((await world.fetch('/auth/api/mfa/email', post({}, waiting.jar))).status).toBe(204)
        expect((await show(world, waiting.jar, lastCode(world, email))).status).toBe(200)
      }
    }
  })

  it('P22: rests as a keyed hash', async () => {
    const world = createWorld(CONFIG)
    const { code } = await asked(world, await somebody())
    const { results } = await env.DB.prepare('SELECT * FROM factor_code').all()
    expect(JSON.stringify(results)).not.toContain(code.replace(' ', ''))
    expect(JSON.stringify(world.logs)).not.toContain(code.replace(' ', ''))
  })

  it('is off unless asked for, and needs mail', () => {
    const { site, origin } = BASE_CONFIG
    expect(resolveConfig({ site, origin, mfa: { emailCode: true } })).toMatchObject({
      ok: false,
      problems: [{ option: 'mfa.emailCode' }],
    })
  })
})
