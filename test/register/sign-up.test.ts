import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { randomText } from '../../src/lib/random.ts'
import { hashToken, newToken } from '../../src/session/token.ts'
import { createInvitations } from '../../src/user/invitations.ts'
import { openPage, outwardOf, postForm } from '../support/forms.ts'
import { addUser, createWorld, Jar, linkIn, NAVIGATION, WITH_MAIL, type World } from '../support/world.ts'

const OPEN = { ...WITH_MAIL, registration: { mode: 'open' } } as const
const PASSWORD = 'eleven geese on a frozen pond'
const OTHER_PASSWORD = 'a ladder leaning at the barn'
const HOUR = 3_600_000

const someone = (name: string) =>
  `${name}-${randomText(6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`
const locationOf = (response: Response) => response.headers.get('location')

async function signUp(world: World, email: string, form: Record<string, string> = {}, browser = new Jar()) {
  const sent = world.mails.length
  const asked = await postForm(
    world,
    '/auth/register',
    { email, password: PASSWORD, name: '', username: '', next: '/members/', ...form },
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

const verify = (world: World, browser: Jar, form: Record<string, string>) =>
  postForm(world, '/auth/verify', form, { cookies: browser })
const another = (code: string) => String((Number(code.replace(' ', '')) + 1) % 1_000_000).padStart(6, '0')
const isIn = async (world: World, browser: Jar) =>
  (await openPage(world, '/members/', browser)).status === 200
const login = (world: World, identifier: string, password: string) =>
  world.fetch('/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier, password }),
  })
const accountOf = (email: string) => env.DB.prepare('SELECT * FROM user WHERE email = ?1').bind(email).first()

describe('an open registration', () => {
  it('makes the account when the code of the mail is typed where it began, and signs in', async () => {
    const world = createWorld(OPEN)
    const email = someone('ivy')
    const { browser, asked, mail, code } = await signUp(world, email, {
      name: 'Ivy',
      username: email.slice(0, 9),
    })
    expect([asked.status, locationOf(asked), mail?.to]).toEqual([303, '/auth/verify', email])
    expect(await accountOf(email)).toBeNull()
    expect((await login(world, email, PASSWORD)).status).toBe(401)
    const done = await verify(world, browser, { code })
    expect([done.status, locationOf(done)]).toEqual([303, '/members/'])
    expect(await isIn(world, browser)).toBe(true)
    expect(await accountOf(email)).toMatchObject({
      name: 'Ivy',
      email_verified: 1,
      roles: '[]',
      disabled_at: null,
    })
    expect((await login(world, email, PASSWORD)).status).toBe(200)
  })

  it('makes the account with the link, in the browser where it began', async () => {
    const world = createWorld(OPEN)
    const email = someone('link')
    const { browser, link, token } = await signUp(world, email)
    const page = await openPage(world, link, browser)
    expect(await page.text()).not.toContain('type="password"')
    expect((await verify(world, browser, { token })).status).toBe(303)
    expect((await login(world, email, PASSWORD)).status).toBe(200)
  })

  it('P27: in another browser only the password that is typed there counts, whoever chose the first one', async () => {
    const world = createWorld(OPEN)
    const email = someone('hijack')
    const attacker = await signUp(world, email, { name: 'Mallory', username: `m${email.slice(7, 12)}` })
    const owner = new Jar()
    expect(await (await openPage(world, attacker.link, owner)).text()).toContain('type="password"')
    // One button, as in the attacker's own browser, is not enough here.
    expect((await verify(world, owner, { token: attacker.token })).status).toBe(400)
    const done = await verify(world, owner, { token: attacker.token, name: 'Olga', password: OTHER_PASSWORD })
    expect(done.status).toBe(303)
    expect(await isIn(world, owner)).toBe(true)
    expect((await login(world, email, PASSWORD)).status).toBe(401)
    expect((await login(world, email, OTHER_PASSWORD)).status).toBe(200)
    expect(await accountOf(email)).toMatchObject({ name: 'Olga' })
    expect((await verify(world, attacker.browser, { code: attacker.code })).status).toBe(404)
    expect(await isIn(world, attacker.browser)).toBe(false)
  })

  it('signs in both devices when the phone completes it with the password; each with a session of its own', async () => {
    const world = createWorld(OPEN)
    const email = someone('both')
    const { browser, token } = await signUp(world, email)
    const goOn = (jar: Jar) => verify(world, jar, { action: 'continue' })
    expect((await goOn(browser)).status).toBe(200)
    const phone = new Jar()
    expect((await verify(world, phone, { token, password: PASSWORD })).status).toBe(303)
    expect([await isIn(world, phone), await isIn(world, browser)]).toEqual([true, false])
    expect((await goOn(new Jar())).status).toBe(404)
    const answers = await Promise.all(Array.from({ length: 20 }, () => goOn(browser.copy())))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    const done = answers.find(({ status }) => status === 303)
    expect(done && locationOf(done)).toBe('/members/')
    if (done) expect(await isIn(world, browser.take(done))).toBe(true)
    expect((await verify(world, phone, { token, password: PASSWORD })).status).toBe(404)
    const left = await env.DB.prepare('SELECT count(*) AS n FROM proof WHERE email = ?1')
      .bind(email)
      .first('n')
    expect(left).toBe(0)
  })

  it('P27: the browser that signed up with somebody else’s address is let in by nothing that its owner does', async () => {
    const world = createWorld(OPEN)
    const email = someone('owner')
    const attacker = await signUp(world, email)
    await verify(world, new Jar(), { token: attacker.token, password: OTHER_PASSWORD })
    expect((await verify(world, attacker.browser, { action: 'continue' })).status).toBe(404)
    expect(await isIn(world, attacker.browser)).toBe(false)
  })

  it('P8: the waiting browser gets in no later than a quarter of an hour, and not to a disabled account', async () => {
    const world = createWorld(OPEN)
    for (const late of [true, false]) {
      const email = someone('late')
      const { browser, token } = await signUp(world, email)
      await verify(world, new Jar(), { token, password: PASSWORD })
      if (late) world.clock.now += 15 * 60_000
      else await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE email = ?1').bind(email).run()
      expect((await verify(world, browser, { action: 'continue' })).status).toBe(404)
    }
  })

  it('P27: a later registration takes the place of an earlier one, and neither gets the other’s password', async () => {
    const world = createWorld(OPEN)
    const email = someone('twice')
    const first = await signUp(world, email, { password: OTHER_PASSWORD })
    const second = await signUp(world, email)
    expect((await verify(world, first.browser, { code: first.code })).status).toBe(404)
    expect((await verify(world, first.browser, { token: first.token })).status).toBe(404)
    // The first browser with the second's link: it has not asked for that one.
    expect((await verify(world, first.browser, { token: second.token })).status).toBe(400)
    expect((await verify(world, second.browser, { token: second.token })).status).toBe(303)
    expect((await login(world, email, OTHER_PASSWORD)).status).toBe(401)
    expect((await login(world, email, PASSWORD)).status).toBe(200)
  })

  it('P17: whether the address is known shows in no status, header, cookie, page or round trip; its owner is told', async () => {
    const world = createWorld(OPEN)
    const [known, disabled, unknown] = [someone('known'), someone('off'), someone('new')]
    await addUser({ email: known })
    const id = await addUser({ email: disabled })
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(id).run()
    const seen = []
    for (const email of [known, disabled, unknown]) {
      const { asked, browser } = await signUp(world, email)
      const trips = [world.waitedTrips]
      const wait = await openPage(world, '/auth/verify', browser)
      trips.push(world.waitedTrips)
      const guess = await verify(world, browser, { code: '123456' })
      trips.push(world.waitedTrips)
      const text = async (response: Response) => (await response.text()).replaceAll(email, 'ADDRESS')
      seen.push({
        outward: [asked, wait, guess].map(outwardOf),
        text: [await text(wait), await text(guess)],
        trips,
      })
    }
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(world.mails.map(({ to, subject }) => [to, subject])).toEqual([
      [known, 'You have an account at Example'],
      [disabled, 'You have an account at Example'],
      [unknown, 'Your account at Example'],
    ])
    expect(world.mails[0]?.text).not.toMatch(/token=|^ {4}\d{3} \d{3}$/m)
  })

  it('P17: does not tell whether a user name is taken; a taken one is left out in the end', async () => {
    const world = createWorld(OPEN)
    const username = `u${randomText(6)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, 'x')}`
    await addUser({ email: someone('first'), username })
    const email = someone('second')
    const { browser, asked, code } = await signUp(world, email, { username })
    expect(asked.status).toBe(303)
    expect((await verify(world, browser, { code })).status).toBe(303)
    expect(await accountOf(email)).toMatchObject({ username: null })
  })

  it('P17: nor whether a rule lists it; such a name is left out as well', async () => {
    const rules = [{ path: '/vault/**', access: { users: ['keeper'] } }, ...OPEN.rules]
    const world = createWorld({ ...OPEN, rules })
    const email = someone('keeper')
    const { browser, asked, code } = await signUp(world, email, { username: 'keeper' })
    expect(asked.status).toBe(303)
    expect((await verify(world, browser, { code })).status).toBe(303)
    expect(await accountOf(email)).toMatchObject({ username: null })
  })

  it('P26: nobody chooses a user name where sites are told it', async () => {
    const world = createWorld({ ...OPEN, identity: { user: 'username' } })
    expect(await (await openPage(world, '/auth/register')).text()).not.toContain('name="username"')
    expect((await signUp(world, someone('x'), { username: 'keeper' })).asked.status).toBe(400)
  })

  it('P25: opening the link does nothing; fifty at once by link and code make one account', async () => {
    const world = createWorld({
      ...OPEN,
      throttle: { account: { attempts: 1000 }, network: { attempts: 1000 } },
    })
    const email = someone('fifty')
    const { browser, link, token, code } = await signUp(world, email)
    for (const method of ['GET', 'HEAD', 'GET'])
      expect((await world.fetch(link, { method, headers: NAVIGATION })).status).toBe(200)
    expect(await accountOf(email)).toBeNull()
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        verify(world, browser.copy(), index % 12 === 0 ? { code } : { token }),
      ),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.every(({ status }) => [303, 401, 404].includes(status))).toBe(true)
    const count = await env.DB.prepare('SELECT count(*) AS n FROM user WHERE email = ?1')
      .bind(email)
      .first('n')
    expect(count).toBe(1)
  })

  it('P16: a code survives five guesses, and is worth nothing elsewhere', async () => {
    const world = createWorld(OPEN)
    const email = someone('guess')
    const { browser, code, token } = await signUp(world, email)
    expect((await verify(world, new Jar(), { code })).status).toBe(404)
    const guesses = await Promise.all(
      Array.from({ length: 20 }, () => verify(world, browser.copy(), { code: another(code) })),
    )
    expect(guesses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5)
    expect((await verify(world, browser, { code })).status).toBe(404)
    expect((await verify(world, browser, { token })).status).toBe(303)
  })

  it('P25: a link of a day, of this purpose and this site', async () => {
    const world = createWorld(OPEN)
    const { browser, token } = await signUp(world, someone('late'))
    expect((await postForm(world, '/auth/reset', { token, password: OTHER_PASSWORD })).status).toBe(404)
    for (const wrong of [token.slice(0, -1), `${token}A`, '', token.toLowerCase()])
      expect((await verify(world, browser, { token: wrong })).status).toBe(404)
    world.clock.now += 24 * HOUR
    expect((await verify(world, browser, { token })).status).toBe(404)
  })

  it('an address that got its account in another way meanwhile is told so, and nothing is changed', async () => {
    const world = createWorld(OPEN)
    const email = someone('race')
    const { browser, token } = await signUp(world, email)
    const id = await addUser({ email, roles: ['admin'] })
    expect((await verify(world, browser, { token })).status).toBe(409)
    expect(await accountOf(email)).toMatchObject({ id, roles: '["admin"]' })
    expect(await isIn(world, browser)).toBe(false)
  })

  it('invitations work beside it', async () => {
    const world = createWorld(OPEN)
    const token = newToken()
    const email = someone('invited')
    const invitation = { email, name: null, roles: ['admin'], expiresAt: world.clock.now + HOUR }
    await createInvitations(env.DB)
      .invite(await hashToken(token), invitation, world.clock.now)
      .run()
    const answer = await world.fetch('/auth/api/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ invitation: token, password: PASSWORD }),
    })
    expect(answer.status).toBe(201)
    expect(await accountOf(email)).toMatchObject({ roles: '["admin"]' })
  })

  it('a database that fails half way makes no account and loses nothing', async () => {
    const world = createWorld(OPEN)
    const email = someone('half')
    const { browser, token } = await signUp(world, email)
    for (const sql of ['DELETE FROM proof', 'INSERT INTO user', 'INSERT INTO audit']) {
      world.broken.sql = sql
      expect((await verify(world, browser, { token })).status, sql).toBe(503)
      world.broken.sql = null
      expect(await accountOf(email), sql).toBeNull()
    }
    expect((await verify(world, browser, { token })).status).toBe(303)
  })

  it('a sender that is down breaks no page; the mail comes later', async () => {
    const world = createWorld(OPEN)
    world.broken.mail = true
    const { browser, asked } = await signUp(world, someone('down'))
    expect(asked.status).toBe(303)
    world.broken.mail = false
    world.clock.now += 120_000
    await world.scheduled('*/2 * * * *')
    const token = new URL(linkIn(world.mails[0] ?? { text: '' }), 'https://x').searchParams.get('token') ?? ''
    expect((await verify(world, browser, { token })).status).toBe(303)
  })

  it.each([
    [{ email: 'nobody' }, 'email'],
    [{ email: 'a@b@example.com' }, 'email'],
    [{ email: '"x@evil.example"@example.com' }, 'email'],
    [{ email: 'a@example.com,b@example.com' }, 'email'],
    [{ name: 'a\nb' }, 'name'],
    [{ username: 'a b' }, 'username'],
    [{ password: 'short' }, 'password'],
  ])('P18: %j is refused before anything is mailed', async (form, field) => {
    const world = createWorld(OPEN)
    const { asked } = await signUp(world, someone('field'), form)
    expect(asked.status).toBe(400)
    expect(await asked.text()).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
    expect(world.mails).toHaveLength(0)
  })

  it('the mail says nothing that the stranger has typed', async () => {
    const world = createWorld(OPEN)
    const { mail } = await signUp(world, someone('spam'), { name: 'Win now at evil dot example' })
    expect(mail?.text).not.toContain('Win now')
    expect(mail?.html).not.toContain('Win now')
  })

  it('P29: is not filled in by another site', async () => {
    const world = createWorld(OPEN)
    const foreign = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }
    const form = { email: someone('x'), password: PASSWORD }
    expect((await postForm(world, '/auth/register', form, foreign)).status).toBe(403)
    expect((await postForm(world, '/auth/verify', { token: 'x' }, foreign)).status).toBe(403)
  })

  it('is not there unless it is switched on', async () => {
    const world = createWorld(WITH_MAIL)
    expect((await openPage(world, '/auth/register')).status).toBe(404)
    expect((await signUp(world, someone('x'))).asked.status).toBe(404)
    expect(world.mails).toHaveLength(0)
    expect(await (await openPage(world, '/auth/login')).text()).not.toContain('/auth/register')
    expect(await (await openPage(createWorld(OPEN), '/auth/login')).text()).toContain('/auth/register')
  })
})

describe('a guest who signs up', () => {
  const guestId = async (world: World, browser: Jar) => {
    await openPage(world, '/cart/', browser)
    return world.seen.at(-1)?.headers.get('remote-sub')
  }
  const idOf = (email: string) =>
    env.DB.prepare('SELECT id FROM user WHERE email = ?1').bind(email).first('id')

  it('keeps the id, by code, and by link on another device with the password', async () => {
    const world = createWorld(OPEN)
    const [here, there] = [someone('here'), someone('there')]
    const [laptop, other] = [new Jar(), new Jar()]
    const ids = [await guestId(world, laptop), await guestId(world, other)]
    const byCode = await signUp(world, here, {}, laptop)
    await verify(world, laptop, { code: byCode.code })
    const byLink = await signUp(world, there, {}, other)
    await verify(world, new Jar(), { token: byLink.token, password: PASSWORD })
    expect([await idOf(here), await idOf(there)]).toEqual(ids)
  })

  it('P27: with somebody else’s address leaves no id of theirs in the account that its owner makes', async () => {
    const world = createWorld(OPEN)
    const email = someone('cart')
    const attacker = new Jar()
    const id = await guestId(world, attacker)
    const { token } = await signUp(world, email, { username: `c${email.slice(5, 10)}` }, attacker)
    await verify(world, new Jar(), { token, password: OTHER_PASSWORD })
    expect(await idOf(email)).not.toBe(id)
    expect(await accountOf(email)).toMatchObject({ username: null })
  })
})

describe('email domains', () => {
  const config: Config = { ...OPEN, registration: { mode: 'open', emailDomains: ['acme.example'] } }
  it.each([
    ['grace@acme.example', 303],
    ['GRACE@ACME.EXAMPLE', 303],
    ['grace@sub.acme.example', 400],
    ['grace@acme.example.evil.example', 400],
    ['grace@evilacme.example', 400],
    ['acme.example@evil.example', 400],
  ])('P18: %s answers %i', async (email, status) => {
    expect((await signUp(createWorld(config), email)).asked.status).toBe(status)
  })
})

describe('approval', () => {
  const config = { ...OPEN, registration: { mode: 'open', approval: true } } as const

  it('P8: an account that waits signs nobody in, by no way, until it is approved', async () => {
    const world = createWorld({ ...config, login: { link: true } })
    const email = someone('wait')
    const { browser, token } = await signUp(world, email)
    const done = await verify(world, browser, { token })
    expect([done.status, (await done.text()).includes('approve')]).toEqual([200, true])
    expect(await isIn(world, browser)).toBe(false)
    expect((await login(world, email, PASSWORD)).status).toBe(401)
    const mails = world.mails.length
    await postForm(world, '/auth/forgot', { identifier: email })
    await postForm(world, '/auth/link', { identifier: email })
    expect(world.mails).toHaveLength(mails)
    await env.DB.prepare('UPDATE user SET disabled_at = NULL, disabled_reason = NULL WHERE email = ?1')
      .bind(email)
      .run()
    expect((await login(world, email, PASSWORD)).status).toBe(200)
  })
})

describe('the API', () => {
  const call = (world: World, path: string, body: object, cookies?: Jar) =>
    world.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(cookies ? { cookies } : {}),
    })

  it('signs up and proves the address in two calls', async () => {
    const world = createWorld(OPEN)
    const email = someone('api')
    const browser = new Jar()
    const asked = await call(world, '/auth/api/register', { email, password: PASSWORD, next: '/x' })
    browser.take(asked)
    expect([asked.status, await asked.json()]).toEqual([202, { verification: 'sent' }])
    const code = /^ {4}(\d{3} \d{3})$/m.exec(world.mails[0]?.text ?? '')?.[1] ?? ''
    const wrong = await call(world, '/auth/api/verify', { code: another(code) }, browser)
    expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([401, 'wrong_code'])
    const done = await call(world, '/auth/api/verify', { code }, browser)
    expect([done.status, await done.json()]).toMatchObject([201, { user: { email, emailVerified: true } }])
    const again = await call(world, '/auth/api/verify', { code }, browser)
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([404, 'link_spent'])
  })

  it('P26: takes no roles, no id and no proof of the address', async () => {
    const world = createWorld(OPEN)
    for (const extra of [{ roles: ['admin'] }, { id: 'user_1' }, { emailVerified: true }]) {
      const answer = await call(world, '/auth/api/register', {
        email: someone('x'),
        password: PASSWORD,
        ...extra,
      })
      expect(answer.status).toBe(400)
    }
    expect((await call(world, '/auth/api/verify', { code: '1', userId: 'user_1' })).status).toBe(400)
    expect((await call(world, '/auth/api/verify', [])).status).toBe(400)
  })
})
