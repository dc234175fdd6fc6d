import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { openPage, outwardOf, postForm } from '../support/forms.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  linkIn,
  NAVIGATION,
  PASSWORD,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const NEW_PASSWORD = 'nine brass kettles on a shelf'
const HOUR = 3_600_000

const someone = (name: string) =>
  `${name}-${randomText(6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}@example.com`

/** Asks for a link and returns it, with the token alone. */
async function askFor(world: World, identifier: string) {
  const before = world.mails.length
  await postForm(world, '/auth/forgot', { identifier })
  const mail = world.mails.at(-1)
  if (world.mails.length !== before + 1 || !mail) throw new Error('no mail came')
  const link = linkIn(mail)
  return { mail, link, token: new URL(link, 'https://x').searchParams.get('token') ?? '' }
}

const reset = (world: World, token: string, password = NEW_PASSWORD) =>
  postForm(world, '/auth/reset', { token, password })
const locationOf = (response: Response) => response.headers.get('location')
const login = (world: World, identifier: string, password: string) =>
  world.fetch('/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier, password }),
  })

describe('a forgotten password', () => {
  it('is set anew with a mailed link; everything that was open ends, and nobody is signed in by it', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('ruth')
    await addUser({ email, username: `u${email.slice(5, 11)}` })
    const [here, elsewhere] = [await signInAs(world, email), await signInAs(world, email, { remember: true })]
    const { link, token, mail } = await askFor(world, email)
    expect([mail.to, link.startsWith('/auth/reset?token=')]).toEqual([email, true])
    const page = await openPage(world, link)
    expect(page.status).toBe(200)
    const done = await reset(world, token)
    expect([done.status, locationOf(done)]).toEqual([303, '/auth/login?news=password_reset'])
    expect(done.headers.getSetCookie()).toEqual([])
    for (const cookies of [here, elsewhere])
      expect((await openPage(world, '/members/', cookies)).status).toBe(302)
    expect((await login(world, email, PASSWORD)).status).toBe(401)
    expect((await login(world, email, NEW_PASSWORD)).status).toBe(200)
    expect(world.mails.map(({ subject }) => subject)).toContain('Your password for Example was changed')
  })

  it('P18: is mailed to the address the account has, however it was asked for', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('casey')
    await addUser({ email })
    const { mail } = await askFor(world, `  ${email.toUpperCase()} `)
    expect(mail.to).toBe(email)
    for (const attempt of [
      `${email},attacker@evil.example`,
      `"x@evil.example"@example.com`,
      `${email}\r\nBcc: a@evil.example`,
    ]) {
      const sent = world.mails.length
      await postForm(world, '/auth/forgot', { identifier: attempt })
      expect(world.mails).toHaveLength(sent)
    }
  })

  it('P17: the answer, its headers, cookies and round trips are the same for known, unknown and disabled accounts', async () => {
    const world = createWorld(WITH_MAIL)
    const [known, disabled] = [someone('known'), someone('off')]
    await addUser({ email: known })
    const id = await addUser({ email: disabled })
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(id).run()
    const answers = []
    for (const identifier of [known, someone('nobody'), disabled, 'not a name, at all']) {
      const response = await postForm(world, '/auth/forgot', { identifier })
      answers.push({
        outward: outwardOf(response),
        body: await response.text(),
        trips: world.waitedTrips,
      })
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(world.mails.map(({ to }) => to)).toEqual([known])
  })

  it('P25: looking uses nothing up, whoever looks; using does, once, and fifty at once are one', async () => {
    const world = createWorld({ ...WITH_MAIL, throttle: { network: { attempts: 1000 } } })
    const email = someone('fifty')
    const id = await addUser({ email })
    const { link, token } = await askFor(world, email)
    for (const method of ['GET', 'HEAD', 'GET'])
      expect((await world.fetch(link, { method, headers: NAVIGATION })).status).toBe(200)
    // A scanner that presses buttons by GET.
    await openPage(world, `/auth/reset?token=${token}&password=${encodeURIComponent(NEW_PASSWORD)}`)
    expect((await login(world, email, PASSWORD)).status).toBe(200)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => reset(world, token, `${NEW_PASSWORD} ${index}`)),
    )
    const winners = answers.filter((answer) => answer.status === 303)
    expect(winners).toHaveLength(1)
    expect(answers.every(({ status }) => [303, 404, 503].includes(status))).toBe(true)
    const rows = await env.DB.prepare(
      "SELECT count(*) AS n FROM audit WHERE user_id = ?1 AND event = 'user.password_changed'",
    )
      .bind(id)
      .first('n')
    expect(rows).toBe(1)
    expect((await reset(world, token)).status).toBe(404)
    expect((await openPage(world, link)).status).toBe(404)
  })

  it('P25: a link is of one account, one purpose and one hour, and the newest only', async () => {
    const world = createWorld(WITH_MAIL)
    const [email, other] = [someone('one'), someone('two')]
    await addUser({ email })
    await addUser({ email: other })
    const first = await askFor(world, email)
    const second = await askFor(world, email)
    const foreign = await askFor(world, other)
    expect((await reset(world, first.token)).status).toBe(404)
    expect((await openPage(world, `/auth/verify?token=${second.token}`)).status).toBe(404)
    expect((await reset(world, foreign.token)).status).toBe(303)
    expect((await login(world, email, PASSWORD)).status).toBe(200)
    for (const wrong of [
      second.token.slice(0, -1),
      `${second.token}A`,
      '',
      'x'.repeat(43),
      second.token.toLowerCase(),
    ])
      expect((await reset(world, wrong)).status).not.toBe(303)
    world.clock.now += HOUR
    expect((await reset(world, second.token)).status).toBe(404)
  })

  it('P25: a link dies with what it was made for: the account disabled, its address or password changed', async () => {
    const world = createWorld(WITH_MAIL)
    for (const change of [
      'UPDATE user SET disabled_at = 1 WHERE id = ?1',
      "UPDATE user SET email = 'moved-' || email WHERE id = ?1",
      'DELETE FROM user WHERE id = ?1',
    ]) {
      const email = someone('gone')
      const id = await addUser({ email })
      const { token } = await askFor(world, email)
      await env.DB.prepare(change).bind(id).run()
      expect((await reset(world, token)).status, change).toBe(404)
    }
    const email = someone('owner')
    await addUser({ email })
    const { token } = await askFor(world, email)
    const cookies = await signInAs(world, email)
    await postForm(
      world,
      '/auth/account/password',
      { current: PASSWORD, password: NEW_PASSWORD },
      { cookies },
    )
    expect((await reset(world, token, `${NEW_PASSWORD} again`)).status).toBe(404)
  })

  it('a weak password is refused, and the link stays good', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('weak')
    await addUser({ email })
    const { token } = await askFor(world, email)
    const refused = await reset(world, token, 'short')
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('at least 15 characters')
    expect((await reset(world, token)).status).toBe(303)
  })

  it('a database that fails half way leaves the password, the sessions and the link as they were', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('half')
    await addUser({ email })
    const cookies = await signInAs(world, email)
    const { token } = await askFor(world, email)
    for (const sql of ['DELETE FROM proof', 'UPDATE user SET password_hash', 'INSERT INTO audit']) {
      world.broken.sql = sql
      expect((await reset(world, token)).status, sql).toBe(503)
    }
    world.broken.sql = null
    expect((await openPage(world, '/members/', cookies)).status).toBe(200)
    expect((await login(world, email, PASSWORD)).status).toBe(200)
    expect((await reset(world, token)).status).toBe(303)
  })

  it('a sender that is down breaks no page; the mail comes later', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('down')
    await addUser({ email })
    world.broken.mail = true
    expect((await postForm(world, '/auth/forgot', { identifier: email })).status).toBe(303)
    expect(world.mails).toHaveLength(0)
    world.broken.mail = false
    world.clock.now += 120_000
    await world.scheduled('*/2 * * * *')
    const token = new URL(linkIn(world.mails[0] ?? { text: '' }), 'https://x').searchParams.get('token') ?? ''
    expect((await reset(world, token)).status).toBe(303)
  })

  it('P16: an address gets few mails whoever asks and however it is spelled, and the last link holds', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('flood')
    await addUser({
      email,
      username: `flood${randomText(4)
        .replaceAll(/[^A-Za-z0-9]/g, 'x')
        .toLowerCase()}`,
    })
    const username = await env.DB.prepare('SELECT username FROM user WHERE email = ?1')
      .bind(email)
      .first<string>('username')
    for (let asked = 0; asked < 12; asked++) {
      const response = await postForm(
        world,
        '/auth/forgot',
        { identifier: asked % 2 === 0 ? email : (username ?? '') },
        { headers: { 'cf-connecting-ip': `192.0.2.${asked}` }, cf: { country: 'DE' } },
      )
      expect(response.status).toBe(303)
    }
    expect(world.mails).toHaveLength(4)
    const token = new URL(linkIn(world.mails[3] ?? { text: '' }), 'https://x').searchParams.get('token') ?? ''
    expect((await reset(world, token)).status).toBe(303)
  })

  it('P16: a network asks for so many mails and no more', async () => {
    const world = createWorld(WITH_MAIL)
    const from = { headers: { 'cf-connecting-ip': '198.51.100.7' }, cf: { country: 'DE' } }
    const statuses = []
    for (let asked = 0; asked < 32; asked++)
      statuses.push((await postForm(world, '/auth/forgot', { identifier: someone('list') }, from)).status)
    expect(statuses.slice(0, 30).every((status) => status === 303)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
  })

  it('P7: the link has the configured address, and its page keeps it to itself', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('host')
    await addUser({ email })
    await postForm(
      world,
      '/auth/forgot',
      { identifier: email },
      { headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' } },
    )
    expect(world.mails[0]?.text).toContain('https://app.example/auth/reset?token=')
    expect(world.mails[0]?.text).not.toContain('evil')
    const page = await openPage(world, linkIn(world.mails[0] ?? { text: '' }))
    expect(page.headers.get('referrer-policy')).toBe('strict-origin')
    expect(page.headers.get('cache-control')).toContain('no-store')
  })

  it('P29: P1: is asked for and set by our own pages only', async () => {
    const world = createWorld(WITH_MAIL)
    const foreign = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }
    expect((await postForm(world, '/auth/forgot', { identifier: someone('x') }, foreign)).status).toBe(403)
    expect((await postForm(world, '/auth/reset', { token: 'x', password: 'y' }, foreign)).status).toBe(403)
  })

  it('is not offered where no mail is configured', async () => {
    const world = createWorld(BASE_CONFIG)
    expect((await openPage(world, '/auth/forgot')).status).toBe(404)
    expect((await postForm(world, '/auth/reset', { token: 'x', password: 'y' })).status).toBe(404)
    expect(await (await openPage(world, '/auth/login')).text()).not.toContain('/auth/forgot')
    expect(await (await openPage(createWorld(WITH_MAIL), '/auth/login')).text()).toContain('/auth/forgot')
  })

  it('P2: survives hostile bytes', async () => {
    const world = createWorld(WITH_MAIL)
    for (const identifier of ['', '\u0000', '\ud800', 'a'.repeat(5000), "' OR 1=1 --", '@', '😀@😀.example'])
      expect((await postForm(world, '/auth/forgot', { identifier })).status).toBeLessThan(500)
    for (const token of ['\u0000', '../../x', "'; DROP TABLE proof", 'é'.repeat(43)])
      expect((await openPage(world, `/auth/reset?token=${encodeURIComponent(token)}`)).status).toBe(404)
  })

  it('keeps no token that anybody could use', async () => {
    const world = createWorld(WITH_MAIL)
    const email = someone('hash')
    await addUser({ email })
    const { token } = await askFor(world, email)
    const { results } = await env.DB.prepare('SELECT * FROM proof WHERE email = ?1').bind(email).all()
    expect(results).toHaveLength(1)
    expect(JSON.stringify(results)).not.toContain(token)
    expect(JSON.stringify(world.logs)).not.toContain(token)
  })
})

it('the cleaning job removes what is too old', async () => {
  const world = createWorld(WITH_MAIL)
  const email = someone('old')
  await addUser({ email })
  await askFor(world, email)
  world.clock.now += HOUR
  await world.scheduled()
  expect(
    await env.DB.prepare('SELECT count(*) AS n FROM proof WHERE email = ?1').bind(email).first('n'),
  ).toBe(0)
})
