import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  linkIn,
  PASSWORD,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const CF = { city: 'Lisbon', country: 'PT', timezone: 'Europe/Lisbon', asn: 1 }
const HEADERS = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'cf-connecting-ip': '192.0.2.7',
}

let world: World
let email: string
let id: string

beforeEach(async () => {
  world = createWorld(WITH_MAIL)
  email = `${randomText(8).toLowerCase().replaceAll(/[_-]/g, '0')}@app.example`
  id = await addUser({ email })
})

const subjects = () => world.mails.map(({ subject }) => subject)

async function changePassword(jar: Jar, headers: Record<string, string> = {}): Promise<void> {
  const response = await world.fetch('/auth/api/account/password', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ current: PASSWORD, password: 'nine quiet herons over water' }),
    cookies: jar,
  })
  expect(response.status).toBe(200)
  jar.take(response)
}

describe('a sign-in', () => {
  it('from a browser that is new to the account is told to its owner, once', async () => {
    const jar = await signInAs(world, email, { headers: HEADERS, cf: CF })
    expect(world.mails).toHaveLength(1)
    const [mail] = world.mails
    expect(mail).toMatchObject({
      to: email,
      from: { name: 'Example', email: 'no-reply@app.example' },
      subject: 'New sign-in to Example',
    })
    expect(mail?.text).toContain(`Account: ${email}`)
    expect(mail?.text).toContain('Where: Lisbon, Portugal')
    expect(mail?.text).toContain('Browser: Firefox on Linux')
    expect(mail?.text).toMatch(/When: November 23, 2026 at 12:00 \S+$/m)
    expect(mail && linkIn(mail)).toBe('/auth/account')
    await signInAs(world, email, { cookies: jar })
    expect(world.mails).toHaveLength(1)
  })

  it('is told in the language of the request', async () => {
    await signInAs(world, email, { headers: { ...HEADERS, 'accept-language': 'de' }, cf: CF })
    expect(subjects()).toEqual(['Neue Anmeldung bei Example'])
    expect(world.mails[0]?.text).toContain('Wo: Lisbon, Portugal')
    expect(world.mails[0]?.text).toContain('Wann: 23. November 2026')
    expect(world.mails[0]?.html).toContain('<html lang="de"')
  })

  it('of one of several accounts of a browser is not news', async () => {
    const other = `other-${email}`
    await addUser({ email: other })
    const jar = await signInAs(world, email)
    await signInAs(world, other, { cookies: jar })
    expect(world.mails.map(({ to }) => to)).toEqual([email, other])
    await signInAs(world, email, { cookies: jar })
    await signInAs(world, other, { cookies: jar })
    expect(world.mails).toHaveLength(2)
  })

  it('is news when the cookie of the browser is forged, or somebody else’s', async () => {
    const other = await addUser({ email: `other-${email}` })
    const theirs = (await signInAs(world, `other-${email}`)).cookies.get('__Host-edgegate-device') ?? ''
    const own = (await signInAs(world, email)).cookies.get('__Host-edgegate-device') ?? ''
    const forged = [theirs, theirs.replace(other, id), `${own}x`, own.slice(1), `${own.slice(0, -4)}AAAA`]
    for (const [at, value] of forged.entries()) {
      world.mails.length = 0
      world.clock.now += 86_400_001
      const thief = new Jar()
      thief.cookies.set('__Host-edgegate-device', value)
      await signInAs(world, email, { cookies: thief })
      expect(world.mails, String(at)).toHaveLength(1)
    }
  })

  it('is news again after a year', async () => {
    const jar = await signInAs(world, email)
    world.clock.now += 366 * 86_400_000
    await signInAs(world, email, { cookies: jar })
    expect(world.mails).toHaveLength(2)
  })

  it('costs a known browser nothing', async () => {
    const jar = await signInAs(world, email)
    world.resetCounts()
    await signInAs(world, email, { cookies: jar })
    const known = { ...world.d1 }
    const quiet = createWorld(BASE_CONFIG)
    const quietJar = await signInAs(quiet, email)
    quiet.resetCounts()
    await signInAs(quiet, email, { cookies: quietJar })
    expect(known).toEqual(quiet.d1)
  })

  it('tells nobody whose address is not proven', async () => {
    await addUser({ email: `unproven-${email}`, emailVerified: false })
    await signInAs(world, `unproven-${email}`)
    expect(world.mails).toEqual([])
  })

  it('is not news to who has just made the account', async () => {
    await env.DB.prepare('UPDATE user SET created_at = ?2 WHERE id = ?1')
      .bind(id, world.clock.now - 60_000)
      .run()
    await signInAs(world, email)
    expect(world.mails).toEqual([])
  })

  it('goes on when an address in the database is spelled as none should be', async () => {
    await env.DB.prepare('UPDATE user SET email = ?2, username = ?3 WHERE id = ?1')
      .bind(id, `Ada, ${email}`, 'ada.l')
      .run()
    await signInAs(world, 'ada.l')
    expect(world.mails).toEqual([])
  })

  it('without a mail configured is no different', async () => {
    const quiet = createWorld(BASE_CONFIG)
    await signInAs(quiet, email)
    expect(quiet.mails).toEqual([])
    const { results } = await env.DB.prepare('SELECT * FROM mail WHERE user_id = ?1').bind(id).all()
    expect(results).toEqual([])
  })

  it('does not flood an owner: five of a kind a day, then silence', async () => {
    for (let n = 0; n < 8; n++) await signInAs(world, email)
    expect(world.mails).toHaveLength(5)
    await changePassword(await signInAs(world, email))
    expect(subjects().at(-1)).toBe('Your password for Example was changed')
    expect(world.mails).toHaveLength(6)
    await env.DB.prepare(
      'UPDATE user SET password_hash = (SELECT password_hash FROM user WHERE id = ?2) WHERE id = ?1',
    )
      .bind(id, await addUser({ email: `again-${email}` }))
      .run()
    world.clock.now += 86_400_001
    await signInAs(world, email)
    expect(world.mails).toHaveLength(7)
  })

  it('works, and is told later, while the mail service is down', async () => {
    world.broken.mail = true
    await signInAs(world, email)
    expect(world.mails).toEqual([])
    await world.scheduled('*/5 * * * *')
    world.broken.mail = false
    world.clock.now += 60_000
    await world.scheduled('*/5 * * * *')
    await world.scheduled('*/5 * * * *')
    expect(subjects()).toEqual(['New sign-in to Example'])
    expect(world.logs.filter(({ event }) => event === 'mail.outbox_worked')).toMatchObject([
      { level: 'warn', done: { sent: 0 }, waiting: 1, waitingSince: '2026-11-23T12:00:00.000Z' },
      { level: 'info', done: { sent: 1, postponed: 0, givenUp: 0, expired: 0 }, waiting: 0 },
    ])
  })

  it('P7: is told with links to the site, whatever host the request named', async () => {
    await signInAs(world, email, {
      headers: { ...HEADERS, 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
    })
    expect(world.mails[0]?.text).toContain('https://app.example/auth/account')
    expect(JSON.stringify(world.mails)).not.toContain('evil')
  })
})

it('a changed password is told to the owner', async () => {
  const jar = await signInAs(world, email)
  await changePassword(jar)
  expect(subjects()).toEqual(['New sign-in to Example', 'Your password for Example was changed'])
})

it('a copied "keep me signed in" is told to the owner', async () => {
  const jar = await signInAs(world, email, { remember: true })
  jar.cookies.delete('__Host-edgegate')
  const thief = jar.copy()
  expect((await world.fetch('/page', { cookies: thief })).status).toBe(200)
  world.clock.now += 60_000
  await world.fetch('/page', { cookies: jar })
  expect(subjects()).toEqual(['New sign-in to Example', 'A copied sign-in was used at Example'])
})

it('P22: no address and no link is in a log line of a mail', async () => {
  await signInAs(world, email)
  const lines = JSON.stringify(world.logs.filter(({ event }) => event.startsWith('mail.')))
  expect(lines).toContain('notice_new_device')
  expect(lines).not.toContain('@')
  expect(lines).not.toContain('http')
})

it('the daily job forgets notices of yesterday and is idempotent', async () => {
  await signInAs(world, email)
  world.clock.now += 86_400_001
  await world.scheduled()
  await world.scheduled()
  const removed = world.logs.filter(({ event }) => event === 'clean_up.done').map((line) => line.removed)
  expect(removed).toMatchObject([{ notices: expect.any(Number) }, { notices: 0, mails: 0 }])
  expect((removed[0] as { notices: number }).notices).toBeGreaterThan(0)
})
