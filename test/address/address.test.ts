import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { openPage, outwardOf, postForm } from '../support/forms.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  linkIn,
  NAVIGATION,
  PASSWORD,
  type SentMail,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const DAY = 86_400_000
const OTHER_PASSWORD = 'twelve copper owls in a row'

const someone = (name: string) =>
  `${name}-${randomText(6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`
const locationOf = (response: Response) => response.headers.get('location')
const tokenIn = (mail: SentMail | undefined) =>
  new URL(linkIn(mail ?? { text: '' }), 'https://x').searchParams.get('token') ?? ''
const mailTo = (world: World, email: string) => world.mails.filter(({ to }) => to === email).at(-1)

/** An account whose owner is signed in. */
async function owner(world: World, said: { emailVerified?: boolean } = {}) {
  const email = someone('old')
  const id = await addUser({ email, ...said })
  return { email, id, cookies: await signInAs(world, email) }
}

async function askFor(world: World, cookies: Jar, email: string) {
  const asked = await postForm(world, '/auth/account/email', { email }, { cookies })
  const mail = mailTo(world, email)
  return { asked, token: mail?.text.includes('token=') ? tokenIn(mail) : '' }
}

const confirm = (world: World, cookies: Jar, token: string, form: Record<string, string> = {}) =>
  postForm(world, '/auth/verify', { token, ...form }, { cookies })
const undo = (world: World, token: string) => postForm(world, '/auth/email-undo', { token })
const emailOf = (id: string) => env.DB.prepare('SELECT email FROM user WHERE id = ?1').bind(id).first('email')
const isIn = async (world: World, cookies: Jar) =>
  (await openPage(world, '/members/', cookies)).status === 200
const login = async (world: World, identifier: string, password: string) =>
  (
    await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier, password }),
    })
  ).status

describe('a change of address', () => {
  it('happens when the new address is proven, and is told to the old one', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world)
    const next = someone('new')
    const { asked, token } = await askFor(world, cookies, ` ${next.toUpperCase()} `).then(
      async ({ asked }) => ({
        asked,
        token: tokenIn(mailTo(world, next)),
      }),
    )
    expect([asked.status, locationOf(asked)]).toEqual([303, '/auth/account/email?done=sent'])
    expect(await emailOf(id)).toBe(email)
    expect((await confirm(world, cookies, token)).status).toBe(200)
    expect(await emailOf(id)).toBe(next)
    expect(await login(world, email, PASSWORD)).toBe(401)
    expect(await login(world, next, PASSWORD)).toBe(200)
    expect(mailTo(world, email)).toMatchObject({ subject: expect.stringContaining('was changed') })
    expect(mailTo(world, email)?.text).toContain(next)
    await openPage(world, '/members/', cookies)
    expect(world.seen.at(-1)?.headers.get('remote-email')).toBe(next)
  })

  it('needs a fresh sign-in', async () => {
    const world = createWorld(WITH_MAIL)
    const { cookies } = await owner(world)
    world.clock.now += 3_600_000
    const next = someone('new')
    const shown = await openPage(world, '/auth/account/email', cookies)
    expect(locationOf(shown)).toBe('/auth/reauth?next=%2Fauth%2Faccount%2Femail')
    expect((await askFor(world, cookies, next)).asked.status).toBe(303)
    expect(mailTo(world, next)).toBeUndefined()
    const api = await world.fetch('/auth/api/account/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: next }),
      cookies,
    })
    expect([api.status, ((await api.json()) as { code: string }).code]).toEqual([
      401,
      'insufficient_user_authentication',
    ])
  })

  it('P27: opened by whoever has the mailbox, elsewhere, does nothing without the password', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world)
    const next = someone('mistyped')
    const { token } = await askFor(world, cookies, next)
    const stranger = new Jar()
    const page = await openPage(world, linkIn(mailTo(world, next) ?? { text: '' }), stranger)
    expect(await page.text()).toContain('type="password"')
    expect((await confirm(world, stranger, token)).status).toBe(401)
    expect((await confirm(world, stranger, token, { password: 'wrong wrong wrong wrong' })).status).toBe(401)
    expect(await emailOf(id)).toBe(email)
    expect((await confirm(world, stranger, token, { password: PASSWORD })).status).toBe(200)
    expect([await emailOf(id), await isIn(world, stranger)]).toEqual([next, false])
  })

  it('P16: guesses at that password count with the sign-ins', async () => {
    const world = createWorld(WITH_MAIL)
    const { id, cookies } = await owner(world)
    const next = someone('guess')
    const { token } = await askFor(world, cookies, next)
    const statuses = []
    for (let guess = 0; guess < 8; guess++)
      statuses.push((await confirm(world, new Jar(), token, { password: `wrong ${guess}` })).status)
    expect(statuses.at(-1)).toBe(429)
    const attempts = await env.DB.prepare('SELECT attempts FROM throttle WHERE key = ?1')
      .bind(`account:${id}`)
      .first<number>('attempts')
    expect(attempts).toBeGreaterThanOrEqual(5)
  })

  it('P26: another user’s link changes nothing of one’s own', async () => {
    const world = createWorld(WITH_MAIL)
    const [ann, ben] = [await owner(world), await owner(world)]
    const { token } = await askFor(world, ann.cookies, someone('ann'))
    expect((await confirm(world, ben.cookies, token)).status).toBe(401)
    expect([await emailOf(ann.id), await emailOf(ben.id)]).toEqual([ann.email, ben.email])
  })

  it('P25: opening does nothing; fifty at once change once; a newer, late or used link is none', async () => {
    const world = createWorld({ ...WITH_MAIL, throttle: { network: { attempts: 1000 } } })
    const { email, id, cookies } = await owner(world)
    const [first, second] = [someone('first'), someone('second')]
    const older = await askFor(world, cookies, first)
    const { token } = await askFor(world, cookies, second)
    expect((await confirm(world, cookies, older.token)).status).toBe(404)
    const link = linkIn(mailTo(world, second) ?? { text: '' })
    for (const method of ['GET', 'HEAD'])
      expect((await world.fetch(link, { method, headers: NAVIGATION, cookies })).status).toBe(200)
    expect(await emailOf(id)).toBe(email)
    const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(world, cookies.copy(), token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(
      world.mails.filter((mail) => mail.to === email && mail.subject.includes('was changed')),
    ).toHaveLength(1)
    const late = await askFor(world, cookies, someone('late'))
    world.clock.now += DAY
    expect((await confirm(world, cookies, late.token)).status).toBe(404)
  })

  it('P25: dies with a password or an address that changed meanwhile', async () => {
    const world = createWorld(WITH_MAIL)
    const one = await owner(world)
    const { token } = await askFor(world, one.cookies, someone('a'))
    await postForm(
      world,
      '/auth/account/password',
      { current: PASSWORD, password: OTHER_PASSWORD },
      { cookies: one.cookies },
    )
    expect((await confirm(world, one.cookies, token)).status).toBe(404)
    const two = await owner(world)
    const asked = await askFor(world, two.cookies, someone('b'))
    await env.DB.prepare("UPDATE user SET email = 'x-' || email WHERE id = ?1").bind(two.id).run()
    expect((await confirm(world, two.cookies, asked.token)).status).toBe(404)
  })

  it('P17: an address that somebody else has is answered like one that is free; they are told', async () => {
    const world = createWorld(WITH_MAIL)
    const { id, email, cookies } = await owner(world)
    const [taken, free] = [someone('taken'), someone('free')]
    await addUser({ email: taken })
    const answers = []
    for (const next of [taken, free]) {
      const { asked } = await askFor(world, cookies, next)
      answers.push({ outward: outwardOf(asked), trips: world.waitedTrips })
    }
    expect(answers[0]).toEqual(answers[1])
    expect(mailTo(world, taken)?.text).not.toContain('token=')
    expect(mailTo(world, taken)?.text).toContain('Nothing has been changed')
    expect(await emailOf(id)).toBe(email)
  })

  it('an address that somebody else got meanwhile stays theirs', async () => {
    const world = createWorld(WITH_MAIL)
    const { id, email, cookies } = await owner(world)
    const next = someone('race')
    const { token } = await askFor(world, cookies, next)
    await addUser({ email: next })
    expect((await confirm(world, cookies, token)).status).toBe(409)
    expect(await emailOf(id)).toBe(email)
  })

  it.each(['nobody', 'a@b@example.com', '"x@evil.example"@example.com', 'a@example.com,b@example.com', ''])(
    'P18: %j is refused before anything is mailed',
    async (next) => {
      const world = createWorld(WITH_MAIL)
      const { cookies } = await owner(world)
      const sent = world.mails.length
      expect((await askFor(world, cookies, next)).asked.status).toBe(400)
      expect(world.mails).toHaveLength(sent)
    },
  )

  it('a database that fails half way changes nothing and loses nothing', async () => {
    const world = createWorld(WITH_MAIL)
    const { id, email, cookies } = await owner(world)
    const next = someone('half')
    const { token } = await askFor(world, cookies, next)
    for (const sql of [
      'DELETE FROM proof',
      'UPDATE user SET email',
      'INSERT INTO proof',
      'INSERT INTO mail',
    ]) {
      world.broken.sql = sql
      expect((await confirm(world, cookies, token)).status, sql).toBe(503)
      world.broken.sql = null
      expect(await emailOf(id), sql).toBe(email)
    }
    expect((await confirm(world, cookies, token)).status).toBe(200)
  })

  it('is not offered without mail', async () => {
    const world = createWorld(BASE_CONFIG)
    const { cookies } = await owner(world)
    const page = await openPage(world, '/auth/account/email', cookies)
    expect([page.status, (await page.text()).includes('name="email"')]).toEqual([200, false])
    expect((await askFor(world, cookies, someone('x'))).asked.status).toBe(404)
  })
})

describe('undoing it', () => {
  async function changed(world: World) {
    const account = await owner(world)
    const next = someone('thief')
    const { token } = await askFor(world, account.cookies, next)
    await confirm(world, account.cookies, token)
    return { ...account, next, undoToken: tokenIn(mailTo(world, account.email)) }
  }

  it('gives the old address back, ends everything, and leads to a new password', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, next, cookies, undoToken } = await changed(world)
    const thief = await signInAs(world, next, { remember: true })
    const page = await openPage(world, `/auth/email-undo?token=${undoToken}`)
    expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'strict-origin'])
    expect(await emailOf(id)).toBe(next)
    const done = await undo(world, undoToken)
    const to = locationOf(done) ?? ''
    expect([done.status, to.startsWith('/auth/reset?token=')]).toEqual([303, true])
    expect(await emailOf(id)).toBe(email)
    expect([await isIn(world, cookies), await isIn(world, thief)]).toEqual([false, false])
    expect([await login(world, email, PASSWORD), await login(world, next, PASSWORD)]).toEqual([401, 401])
    const token = new URL(to, 'https://x').searchParams.get('token') ?? ''
    expect((await postForm(world, '/auth/reset', { token, password: OTHER_PASSWORD })).status).toBe(303)
    expect(await login(world, email, OTHER_PASSWORD)).toBe(200)
    expect((await undo(world, undoToken)).status).toBe(404)
  })

  it('P27: takes away the keys and the factors that a thief has just added, and no older factor', async () => {
    const world = createWorld(WITH_MAIL)
    const account = await owner(world)
    const passkey = (name: string, createdAt: number) =>
      env.DB.prepare(
        `INSERT INTO passkey (id, user_id, name, credential_id, rp_id, algorithm, public_key, counter, transports,
           may_sync, is_synced, created_at)
         VALUES (?1, ?2, ?3, ?1, 'app.example', -7, 'x', 0, '[]', 0, 0, ?4)`,
      ).bind(`key_${randomText(9)}`, account.id, name, createdAt)
    const { token } = await askFor(world, account.cookies, someone('thief'))
    await confirm(world, account.cookies, token)
    await env.DB.batch([
      passkey('old', world.clock.now - 10 * DAY),
      passkey('before', world.clock.now - 60_000),
      passkey('after', world.clock.now + 1),
      env.DB.prepare(
        `INSERT INTO api_key (id, key_hash, user_id, site, name, hint, created_at)
         VALUES (?1, ?1, ?2, 'app.example', 'thief', 'x', ?3)`,
      ).bind(`key-${account.id}`, account.id, world.clock.now),
    ])
    expect((await undo(world, tokenIn(mailTo(world, account.email)))).status).toBe(303)
    const left = await env.DB.prepare('SELECT name FROM passkey WHERE user_id = ?1').bind(account.id).all()
    expect(left.results).toEqual([{ name: 'old' }])
    expect(
      await env.DB.prepare('SELECT id FROM api_key WHERE user_id = ?1').bind(account.id).first(),
    ).toBeNull()
  })

  it('works for as long as configured, and no longer', async () => {
    const world = createWorld({ ...WITH_MAIL, account: { emailUndo: '2d' } })
    const { undoToken } = await changed(world)
    world.clock.now += 2 * DAY
    expect((await undo(world, undoToken)).status).toBe(404)
  })

  it('P25: a thief who changes the address again takes nobody’s way back, and gets none', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, next, cookies, undoToken } = await changed(world)
    world.clock.now += 60_000
    const third = someone('third')
    const { token } = await askFor(world, cookies, third)
    await confirm(world, cookies, token)
    expect(await emailOf(id)).toBe(third)
    const thiefs = tokenIn(mailTo(world, next))
    expect((await undo(world, undoToken)).status).toBe(303)
    expect(await emailOf(id)).toBe(email)
    expect((await undo(world, thiefs)).status).toBe(404)
    expect(await emailOf(id)).toBe(email)
  })

  it('P25: fifty at once undo once; a database that fails half way undoes nothing', async () => {
    const world = createWorld({ ...WITH_MAIL, throttle: { network: { attempts: 1000 } } })
    const { id, next, undoToken } = await changed(world)
    for (const sql of ['UPDATE user SET password_hash', 'INSERT INTO proof', 'INSERT INTO audit']) {
      world.broken.sql = sql
      expect((await undo(world, undoToken)).status, sql).toBe(503)
      world.broken.sql = null
      expect(await emailOf(id)).toBe(next)
    }
    const answers = await Promise.all(Array.from({ length: 50 }, () => undo(world, undoToken)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  it('an old address that is somebody else’s by now stays theirs', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, next, undoToken } = await changed(world)
    await addUser({ email })
    expect((await undo(world, undoToken)).status).toBe(409)
    expect(await emailOf(id)).toBe(next)
  })
})

describe('an address that was never proven', () => {
  it('is proven by its owner, who keeps password and sessions', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world, { emailVerified: false })
    expect(await (await openPage(world, '/auth/account/email', cookies)).text()).toContain(
      'Confirm this address',
    )
    await postForm(world, '/auth/account/email', { action: 'prove' }, { cookies })
    const token = tokenIn(mailTo(world, email))
    expect((await confirm(world, new Jar(), token)).status).toBe(401)
    expect((await confirm(world, cookies, token)).status).toBe(200)
    const verified = await env.DB.prepare('SELECT email_verified FROM user WHERE id = ?1')
      .bind(id)
      .first('email_verified')
    expect([verified, await isIn(world, cookies)]).toEqual([1, true])
    expect((await confirm(world, cookies, token)).status).toBe(404)
  })

  it('gets no mail and no way back when it is changed: it may be a stranger’s', async () => {
    const world = createWorld(WITH_MAIL)
    const { email, id, cookies } = await owner(world, { emailVerified: false })
    const next = someone('mine')
    const { token } = await askFor(world, cookies, next)
    expect((await confirm(world, cookies, token)).status).toBe(200)
    expect([await emailOf(id), mailTo(world, email)]).toEqual([next, undefined])
  })
})
