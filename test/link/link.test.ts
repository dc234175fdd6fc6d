import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { openPage, outwardOf, postForm } from '../support/forms.ts'
import {
  addUser,
  createWorld,
  Jar,
  linkIn,
  NAVIGATION,
  PASSWORD,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const CONFIG = { ...WITH_MAIL, login: { link: true } } as const
const MINUTE = 60_000

const someone = (name: string) =>
  `${name}-${randomText(6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`
const locationOf = (response: Response) => response.headers.get('location')

/** Asks for a link in a new browser; what its mail and its page say. */
async function ask(world: World, identifier: string, form: Record<string, string> = {}, browser = new Jar()) {
  const sent = world.mails.length
  const asked = await postForm(
    world,
    '/auth/link',
    { identifier, next: '/members/', ...form },
    { cookies: browser },
  )
  const mail = world.mails.length > sent ? world.mails.at(-1) : undefined
  const link = mail ? linkIn(mail) : ''
  return {
    browser,
    asked,
    mail,
    link,
    token: new URL(link, 'https://x').searchParams.get('token') ?? '',
    code: /^ {4}(\d{3} \d{3})$/m.exec(mail?.text ?? '')?.[1] ?? '',
  }
}

async function numberOn(world: World, browser: Jar): Promise<string> {
  const text = await (await openPage(world, '/auth/link/wait', browser)).text()
  return /class="number">(\d\d)</.exec(text)?.[1] ?? ''
}

const typeCode = (world: World, browser: Jar, code: string) =>
  postForm(world, '/auth/link/wait', { code }, { cookies: browser })
const goOn = (world: World, browser: Jar) =>
  postForm(world, '/auth/link/wait', { action: 'continue' }, { cookies: browser })
const use = (world: World, browser: Jar, token: string, form: Record<string, string> = { action: 'here' }) =>
  postForm(world, '/auth/link', { token, ...form }, { cookies: browser })
const isIn = async (world: World, browser: Jar) =>
  (await openPage(world, '/members/', browser)).status === 200
const another = (code: string) => String((Number(code.replace(' ', '')) + 1) % 1_000_000).padStart(6, '0')

describe('a mailed code', () => {
  it('typed in the browser that asked signs that browser in, where it wanted to go', async () => {
    const world = createWorld(CONFIG)
    const email = someone('nell')
    await addUser({ email })
    const { browser, asked, mail, code } = await ask(world, email)
    expect([asked.status, locationOf(asked), mail?.to]).toEqual([303, '/auth/link/wait', email])
    const done = await typeCode(world, browser, code)
    expect([done.status, locationOf(done)]).toEqual([303, '/members/'])
    expect(await isIn(world, browser)).toBe(true)
    const session = await world.fetch('/auth/api/session', { cookies: browser })
    expect(await session.json()).toMatchObject({
      authenticated: true,
      session: { methods: ['email'], mfa: false },
    })
  })

  it('keeps the browser signed in that asked to be, and no other', async () => {
    const world = createWorld(CONFIG)
    const email = someone('stay')
    await addUser({ email })
    const here = await ask(world, email, { remember: '1' })
    await typeCode(world, here.browser, here.code)
    expect(here.browser.cookies.has('__Host-edgegate-remember')).toBe(true)
    const there = await ask(world, email, { remember: '1' })
    const phone = new Jar()
    await use(world, phone, there.token)
    expect(await isIn(world, phone)).toBe(true)
    expect(phone.cookies.has('__Host-edgegate-remember')).toBe(false)
  })

  it('P25: is worth nothing in another browser, a second time, or late', async () => {
    const world = createWorld(CONFIG)
    const email = someone('bound')
    await addUser({ email })
    const first = await ask(world, email)
    const stranger = await ask(world, someone('nobody'))
    expect((await typeCode(world, stranger.browser, first.code)).status).toBe(401)
    expect((await typeCode(world, new Jar(), first.code)).status).toBe(404)
    expect((await typeCode(world, first.browser, first.code)).status).toBe(303)
    expect((await typeCode(world, first.browser, first.code)).status).toBe(404)
    expect((await use(world, new Jar(), first.token)).status).toBe(404)
    world.clock.now += 2 * MINUTE
    const late = await ask(world, email)
    world.clock.now += 15 * MINUTE
    expect((await typeCode(world, late.browser, late.code)).status).toBe(404)
  })

  it('P16: survives five guesses, parallel ones included; they count with the sign-ins of the account', async () => {
    const world = createWorld(CONFIG)
    const email = someone('guess')
    const id = await addUser({ email })
    const { browser, code, token } = await ask(world, email)
    const guesses = await Promise.all(
      Array.from({ length: 50 }, () => typeCode(world, browser.copy(), another(code))),
    )
    const count = (status: number) => guesses.filter((guess) => guess.status === status).length
    expect(count(303)).toBe(0)
    expect(count(401)).toBeLessThanOrEqual(5)
    expect((await typeCode(world, browser, code)).status).toBe(404)
    const row = await env.DB.prepare('SELECT attempts FROM throttle WHERE key = ?1')
      .bind(`account:${id}`)
      .first<number>('attempts')
    expect(row).toBeGreaterThanOrEqual(4)
    // The link in the mail has not been guessed at and still works.
    expect((await use(world, new Jar(), token)).status).toBe(303)
  })

  it('P16: is not taken while the account is throttled, right as it may be', async () => {
    const world = createWorld(CONFIG)
    const email = someone('slow')
    await addUser({ email })
    const { browser, code } = await ask(world, email)
    for (let guess = 0; guess < 6; guess++) {
      await world.fetch('/auth/api/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ identifier: email, password: 'wrong wrong wrong' }),
      })
    }
    expect((await typeCode(world, browser, code)).status).toBe(429)
  })
})

describe('a mailed link', () => {
  it('P25: does nothing when it is opened, by whomever; the button signs in, once', async () => {
    const world = createWorld(CONFIG)
    const email = someone('open')
    await addUser({ email })
    const { browser, link, token } = await ask(world, email)
    for (const method of ['GET', 'HEAD', 'GET'])
      expect((await world.fetch(link, { method, headers: NAVIGATION })).status).toBe(200)
    await openPage(world, `${link}&action=here`)
    const page = await openPage(world, link, browser)
    expect(page.headers.get('referrer-policy')).toBe('strict-origin')
    expect(await page.text()).toContain(email)
    expect(await isIn(world, browser)).toBe(false)
    expect((await use(world, browser, token)).status).toBe(303)
    expect(await isIn(world, browser)).toBe(true)
    expect((await use(world, new Jar(), token)).status).toBe(404)
    expect((await openPage(world, link)).status).toBe(404)
  })

  it('P25: fifty at once, by link and by code, let one browser in', async () => {
    const world = createWorld({
      ...CONFIG,
      throttle: { account: { attempts: 1000 }, network: { attempts: 1000 } },
    })
    const email = someone('fifty')
    const id = await addUser({ email })
    const { browser, token, code } = await ask(world, email)
    const jars = Array.from({ length: 50 }, (_, index) => (index < 4 ? browser.copy() : new Jar()))
    const answers = await Promise.all(
      jars.map((jar, index) => (index < 4 ? typeCode(world, jar, code) : use(world, jar, token))),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.every(({ status }) => [303, 404].includes(status))).toBe(true)
    const started = await env.DB.prepare(
      "SELECT count(*) AS n FROM audit WHERE user_id = ?1 AND event = 'session.started'",
    )
      .bind(id)
      .first('n')
    expect(started).toBe(1)
  })

  it('opened on a phone lets the desktop in, for the number that the desktop shows', async () => {
    const world = createWorld(CONFIG)
    const email = someone('phone')
    await addUser({ email })
    const { browser, link, token } = await ask(world, email)
    const phone = new Jar()
    const page = await (await openPage(world, link, phone)).text()
    expect(page).toContain('In the browser that asked')
    const number = await numberOn(world, browser)
    expect((await goOn(world, browser)).status).toBe(200)
    const wrong = number === '10' ? '11' : '10'
    expect((await use(world, phone, token, { action: 'approve', number: wrong })).status).toBe(400)
    expect(await isIn(world, browser)).toBe(false)
    expect((await use(world, phone, token, { action: 'approve', number })).status).toBe(200)
    // Approving is not signing in, and the link is worth nothing any more.
    expect([await isIn(world, phone), await isIn(world, browser)]).toEqual([false, false])
    expect((await use(world, phone, token)).status).toBe(404)
    expect((await use(world, phone, token, { action: 'approve', number })).status).not.toBe(200)
    expect(await (await openPage(world, '/auth/link/wait', browser)).text()).toContain('has been approved')
    const done = await goOn(world, browser)
    expect([done.status, locationOf(done)]).toEqual([303, '/members/'])
    expect([await isIn(world, phone), await isIn(world, browser)]).toEqual([false, true])
    expect((await goOn(world, browser)).status).toBe(404)
  })

  it('the number cannot be worked through, and an approval does not wait for long', async () => {
    const world = createWorld(CONFIG)
    const email = someone('number')
    await addUser({ email })
    const { browser, token } = await ask(world, email)
    const number = await numberOn(world, browser)
    for (let guess = 0; guess < 5; guess++)
      await use(world, new Jar(), token, { action: 'approve', number: number === '10' ? '11' : '10' })
    expect((await use(world, new Jar(), token, { action: 'approve', number })).status).toBe(400)
    expect((await goOn(world, browser)).status).toBe(200)
    world.clock.now += 2 * MINUTE
    const again = await ask(world, email)
    await use(world, new Jar(), again.token, {
      action: 'approve',
      number: await numberOn(world, again.browser),
    })
    world.clock.now += 5 * MINUTE
    expect((await goOn(world, again.browser)).status).toBe(404)
  })

  it('can be stopped by whoever got it without asking', async () => {
    const world = createWorld(CONFIG)
    const email = someone('stop')
    const id = await addUser({ email })
    const { browser, token, code } = await ask(world, email)
    expect((await use(world, new Jar(), token, { action: 'refuse' })).status).toBe(200)
    expect((await typeCode(world, browser, code)).status).toBe(404)
    expect((await use(world, new Jar(), token)).status).toBe(404)
    const events = await env.DB.prepare('SELECT event FROM audit WHERE user_id = ?1 ORDER BY id')
      .bind(id)
      .all()
    expect(events.results.map(({ event }) => event)).toEqual(['link.asked', 'link.refused'])
  })

  it('P8: dies with the account, its address and its password, whichever way it is used', async () => {
    const world = createWorld(CONFIG)
    for (const change of [
      'UPDATE user SET disabled_at = 1 WHERE id = ?1',
      "UPDATE user SET email = 'moved-' || email WHERE id = ?1",
      'DELETE FROM user WHERE id = ?1',
    ]) {
      const email = someone('dead')
      const id = await addUser({ email })
      const { browser, token, code } = await ask(world, email)
      const number = await numberOn(world, browser)
      await env.DB.prepare(change).bind(id).run()
      expect((await typeCode(world, browser, code)).status, change).toBe(404)
      expect((await use(world, new Jar(), token)).status, change).toBe(404)
      expect((await use(world, new Jar(), token, { action: 'approve', number })).status, change).toBe(404)
    }
  })

  it('P8: an approved browser does not get in once the account is disabled', async () => {
    const world = createWorld(CONFIG)
    const email = someone('late')
    const id = await addUser({ email })
    const { browser, token } = await ask(world, email)
    await use(world, new Jar(), token, { action: 'approve', number: await numberOn(world, browser) })
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(id).run()
    expect((await goOn(world, browser)).status).toBe(404)
    expect(await isIn(world, browser)).toBe(false)
  })

  it('P27: the first proof of an address drops the password and sessions of whoever made the account', async () => {
    const world = createWorld(CONFIG)
    const email = someone('early')
    await addUser({ email, emailVerified: false })
    const attacker = await signInAs(world, email, { remember: true })
    const { browser, code } = await ask(world, email)
    expect((await typeCode(world, browser, code)).status).toBe(303)
    expect([await isIn(world, attacker), await isIn(world, browser)]).toEqual([false, true])
    const login = await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: email, password: PASSWORD }),
    })
    expect(login.status).toBe(401)
    const session = await world.fetch('/auth/api/session', { cookies: browser })
    expect(await session.json()).toMatchObject({ user: { email, emailVerified: true } })
    // Somebody who has proven the address before keeps all that.
    world.clock.now += 5 * MINUTE
    const other = await signInAs(world, email, { cookies: new Jar() }).catch(() => null)
    expect(other).toBeNull()
  })

  it('P27: nor does a second factor or an API key of theirs stay, whether by link or by a new password', async () => {
    const world = createWorld(CONFIG)
    for (const way of ['link', 'reset'] as const) {
      const email = someone('factor')
      const id = await addUser({ email, emailVerified: false })
      for (const sql of [
        "INSERT INTO totp (id, user_id, name, sealed_seed, last_step, created_at) VALUES ('app_' || ?1, ?1, 'theirs', 'x', 0, 0)",
        "INSERT INTO recovery_code (user_id, code_hash, created_at) VALUES (?1, 'x', 0)",
      ])
        await env.DB.prepare(sql).bind(id).run()
      if (way === 'link') {
        const { browser, code } = await ask(world, email)
        expect(locationOf(await typeCode(world, browser, code))).toBe('/members/')
        expect(await isIn(world, browser)).toBe(true)
      } else {
        await postForm(world, '/auth/forgot', { identifier: email })
        const token =
          new URL(linkIn(world.mails.at(-1) ?? { text: '' }), 'https://x').searchParams.get('token') ?? ''
        await postForm(world, '/auth/reset', { token, password: 'nine brass kettles on a shelf' })
      }
      for (const table of ['totp', 'recovery_code']) {
        const left = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE user_id = ?1`)
          .bind(id)
          .first('n')
        expect(left, `${way} ${table}`).toBe(0)
      }
    }
  })

  it('P27: a proven account keeps its password and its other sessions', async () => {
    const world = createWorld(CONFIG)
    const email = someone('kept')
    await addUser({ email })
    const before = await signInAs(world, email)
    const { browser, code } = await ask(world, email)
    await typeCode(world, browser, code)
    expect([await isIn(world, before), await isIn(world, browser)]).toEqual([true, true])
    expect(await isIn(world, await signInAs(world, email))).toBe(true)
  })
})

describe('who asks', () => {
  it('P17: sees the same for known, unknown and disabled accounts, codes and numbers included', async () => {
    const world = createWorld(CONFIG)
    const [known, disabled] = [someone('known'), someone('off')]
    await addUser({ email: known })
    const id = await addUser({ email: disabled })
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(id).run()
    const seen = []
    for (const identifier of [known, someone('nobody'), disabled, 'no such name']) {
      const { asked, browser } = await ask(world, identifier)
      const trips = [world.waitedTrips]
      const wait = await openPage(world, '/auth/link/wait', browser)
      trips.push(world.waitedTrips)
      const guess = await typeCode(world, browser, '123456')
      trips.push(world.waitedTrips)
      seen.push({
        asked: outwardOf(asked),
        wait: outwardOf(wait),
        page: (await wait.text()).replace(/class="number">\d\d</, ''),
        guess: outwardOf(guess),
        again: (await guess.text()).replace(/class="number">\d\d</, ''),
        trips,
      })
    }
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(world.mails.map(({ to }) => to)).toEqual([known])
  })

  it('goes on to no other site (P1), and comes from none (P29)', async () => {
    const world = createWorld(CONFIG)
    const email = someone('next')
    await addUser({ email })
    const { browser, code } = await ask(world, email, { next: '//evil.example/' })
    expect(locationOf(await typeCode(world, browser, code))).toBe('/')
    const foreign = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }
    expect((await postForm(world, '/auth/link', { identifier: email }, foreign)).status).toBe(403)
    expect((await postForm(world, '/auth/link/wait', { code }, foreign)).status).toBe(403)
  })

  it('is offered it only where it is switched on', async () => {
    const off = createWorld(WITH_MAIL)
    expect((await openPage(off, '/auth/link')).status).toBe(404)
    expect((await openPage(off, '/auth/link/wait')).status).toBe(404)
    expect(await (await openPage(off, '/auth/login')).text()).not.toContain('/auth/link')
    const on = createWorld(CONFIG)
    expect(await (await openPage(on, '/auth/login?next=/members/')).text()).toContain(
      '/auth/link?next=%2Fmembers%2F',
    )
  })

  it('a database that fails half way lets nobody in and loses nothing', async () => {
    const world = createWorld(CONFIG)
    const email = someone('half')
    await addUser({ email })
    const { browser, token } = await ask(world, email)
    for (const sql of ['DELETE FROM proof', 'INSERT INTO audit']) {
      world.broken.sql = sql
      expect((await use(world, browser, token)).status, sql).toBe(503)
      world.broken.sql = null
      expect(await isIn(world, browser), sql).toBe(false)
    }
    expect((await use(world, browser, token)).status).toBe(303)
  })

  it('P2: survives hostile bytes', async () => {
    const world = createWorld(CONFIG)
    const { browser } = await ask(world, someone('x'))
    for (const text of ['', '\u0000', '\ud800', '1'.repeat(5000), "' OR 1=1", '１２３４５６', '-1']) {
      expect((await typeCode(world, browser, text)).status).toBeLessThan(500)
      expect((await use(world, browser, text, { action: text, number: text })).status).toBeLessThan(500)
    }
    expect((await typeCode(world, new Jar(), '123456')).status).toBe(404)
  })
})
