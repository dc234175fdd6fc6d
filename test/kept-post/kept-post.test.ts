import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { codeOf, enrolApp } from '../support/second-factor.ts'
import { addUser, BASE_CONFIG, createWorld, Jar, signInAs, type World } from '../support/world.ts'
import { FORM, open, send, sendingForm, sendKept, submitPassword, TEXT } from './support.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const KEPT = '__Host-edgegate-kept'
const HALF_A_DAY = 43_200_000
const PATH = '/members/guestbook?book=1&x=%26'

beforeAll(async () => {
  await addUser({ email: ADA })
  await addUser({ email: BOB })
})
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM kept_post').run()
})

const kept = () => env.DB.prepare('SELECT count(*) AS count FROM kept_post').first<number>('count')

/** Somebody whose session has ended of idling sends a form: where they are sent, and with which cookies. */
async function sendAfterIdling(world: World, email = ADA) {
  const jar = await signInAs(world, email)
  world.clock.now += HALF_A_DAY + 1000
  const response = await send(world, jar, PATH)
  return { jar, response, location: response.headers.get('location') ?? '' }
}

/** … and signs in again: the page that shows the form. */
async function comeBack(world: World, email = ADA) {
  const { jar, location } = await sendAfterIdling(world, email)
  const page = await submitPassword(world, jar, location, email)
  const shown = await open(world, jar, page)
  return { jar, page, shown, html: await shown.text() }
}

describe('a form that meets a session which has ended', () => {
  it('is kept, and its sender told so at the login page', async () => {
    const world = createWorld()
    const { jar, response, location } = await sendAfterIdling(world)
    expect(response.status).toBe(302)
    expect(location).toMatch(/^\/auth\/login\?next=%2Fauth%2Fresume%3Fpost%3D[A-Za-z0-9_-]{22}$/)
    const [cookie] = response.headers.getSetCookie().filter((line) => line.startsWith(KEPT))
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/)
    expect(await (await open(world, jar, location)).text()).toContain('has been kept for you')
    expect(world.seen).toEqual([])
  })

  it('is shown after the login, line ends and accents as they are, without what looks like a password', async () => {
    const { shown, html } = await comeBack(createWorld())
    expect(shown.status).toBe(200)
    expect(html).toContain('/members/guestbook?book=1&amp;x=%26')
    expect(html).toContain('Café')
    expect(html).toContain('Two\nlines')
    expect(html).not.toContain('hunter2')
    expect(html).toContain('not shown')
  })

  it('reaches the site to the byte, with the identity, client and cookies of now, once its sender says so', async () => {
    const world = createWorld()
    const { jar, html } = await comeBack(world)
    world.respond = () =>
      new Response('signed', {
        status: 201,
        headers: { 'set-cookie': 'a=1; Path=/members', 'x-made': 'yes' },
      })
    jar.cookies.set('site', 'new')
    const answer = await sendKept(world, jar, sendingForm(html), { 'user-agent': 'Now/1' })
    expect(answer.status).toBe(201)
    expect(await answer.text()).toBe('signed')
    expect(answer.headers.get('x-made')).toBe('yes')
    expect(answer.headers.getSetCookie()).toContain('a=1; Path=/members')
    expect(world.seen).toHaveLength(1)
    const [got] = world.seen
    expect(got).toMatchObject({ method: 'POST', url: `https://app.example${PATH}`, body: TEXT })
    expect(Object.fromEntries(got?.headers ?? [])).toMatchObject({
      'content-type': FORM['content-type'],
      'remote-user': ADA,
      referer: FORM.referer,
      'user-agent': 'Now/1',
      cookie: 'site=new',
    })
    expect(await kept()).toBe(0)
  })

  it('is not sent by looking at it, nor lost', async () => {
    const world = createWorld()
    const { jar, page, html } = await comeBack(world)
    for (let time = 0; time < 3; time++) expect((await open(world, jar, page)).status).toBe(200)
    expect(world.seen).toEqual([])
    expect((await sendKept(world, jar, sendingForm(html))).status).toBe(200)
  })

  it('is thrown away on request, and the visitor goes back to the page with the form', async () => {
    const world = createWorld()
    const { jar, page, html } = await comeBack(world)
    const body = `post=${sendingForm(html).id}`
    const discarded = await send(world, jar, '/auth/resume', { body })
    expect(discarded.headers.get('location')).toBe('/members/write?draft=1')
    expect((await open(world, jar, page)).status).toBe(410)
    expect((await sendKept(world, jar, sendingForm(html))).headers.get('location')).toBe(page)
    expect(world.seen).toEqual([])
  })

  it('P25: is sent once by fifty clicks at the same time', async () => {
    const world = createWorld()
    const { jar, page, html } = await comeBack(world)
    const form = sendingForm(html)
    const answers = await Promise.all(Array.from({ length: 50 }, () => sendKept(world, jar.copy(), form)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ headers }) => headers.get('location') === page)).toHaveLength(49)
    expect(world.seen).toHaveLength(1)
  })

  it('P25: is gone ten minutes after it was sent, before any clean-up, and the page says so', async () => {
    const world = createWorld()
    const { jar, page, html } = await comeBack(world)
    world.clock.now += 600_000
    const shown = await open(world, jar, page)
    expect(shown.status).toBe(410)
    expect(await shown.text()).toContain('no longer here')
    expect((await sendKept(world, jar, sendingForm(html))).status).toBe(303)
    expect(world.seen).toEqual([])
    await world.scheduled()
    expect(await kept()).toBe(0)
  })

  it('P25: is nothing to another browser, with the address alone or with a cookie of its own', async () => {
    const world = createWorld()
    const { page, html } = await comeBack(world)
    const other = await signInAs(world, ADA)
    expect((await open(world, other, page)).status).toBe(410)
    other.cookies.set(KEPT, 'A'.repeat(43))
    expect((await open(world, other, page)).status).toBe(410)
    expect((await sendKept(world, other, sendingForm(html))).status).toBe(303)
    expect(world.seen).toEqual([])
  })

  it('P26: is neither shown to nor sent by another account than the one whose session it was', async () => {
    const world = createWorld()
    const { jar, location } = await sendAfterIdling(world)
    const page = await submitPassword(world, jar, location, BOB)
    const shown = await open(world, jar, page)
    const html = await shown.text()
    expect(shown.status).toBe(403)
    expect(html).toContain('another account')
    expect(html).not.toContain('Café')
    const id = page.split('=')[1] ?? ''
    expect((await sendKept(world, jar, { path: PATH, id })).headers.get('location')).toBe(page)
    expect(world.seen).toEqual([])

    const switching = /href="(\/auth\/login[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect((await open(world, jar, switching)).status).toBe(200)
    expect(await submitPassword(world, jar, switching, ADA)).toBe(page)
    expect((await sendKept(world, jar, { path: PATH, id })).status).toBe(200)
  })

  it('goes nowhere but to the address it was meant for', async () => {
    const world = createWorld()
    const { jar, page, html } = await comeBack(world)
    const { id } = sendingForm(html)
    for (const path of ['/members/guestbook', '/members/guestbook?book=2', '/members/other?book=1&x=%26'])
      expect((await sendKept(world, jar, { path, id })).headers.get('location')).toBe(page)
    expect(world.seen).toEqual([])
    // The site's own forms of that type are not ours.
    expect((await sendKept(world, jar, { path: '/members/x', id: 'a' })).status).toBe(200)
    expect(world.seen[0]?.body).toBe('edgegate-post=a\r\n')
  })

  it('P29: is not sent by a form of another site', async () => {
    const world = createWorld()
    const { jar, html } = await comeBack(world)
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    await sendKept(world, jar, sendingForm(html), foreign)
    // It passed as the text that it is: a signed-in visitor's post, as the site would get it anyway.
    expect(world.seen.map(({ body }) => body)).not.toContain(TEXT)
    expect(await kept()).toBe(1)
  })

  it('is kept once more where the session has ended again before it was sent', async () => {
    const world = createWorld()
    const { jar, page, html } = await comeBack(world)
    const nobody = jar.copy()
    nobody.cookies.delete('__Host-edgegate')
    const refused = await sendKept(world, nobody, sendingForm(html))
    expect(refused.headers.get('location')).toBe(`/auth/login?next=${encodeURIComponent(page)}`)
    const again = await submitPassword(world, nobody, refused.headers.get('location') ?? '', ADA)
    expect(again).toBe(page)
    expect((await sendKept(world, nobody, sendingForm(html))).status).toBe(200)
    expect(world.seen.map(({ body }) => body)).toEqual([TEXT])
  })

  it('stays while the site is away, and is then sent once', async () => {
    const world = createWorld()
    const { jar, html } = await comeBack(world)
    world.respond = () => Promise.reject(new Error('connection refused'))
    expect((await sendKept(world, jar, sendingForm(html))).status).toBe(502)
    world.respond = () => new Response('page')
    expect((await sendKept(world, jar, sendingForm(html))).status).toBe(200)
    expect((await sendKept(world, jar, sendingForm(html))).status).toBe(303)
  })

  it('keeps several forms of one browser apart', async () => {
    const world = createWorld()
    const { jar, location } = await sendAfterIdling(world)
    const second = await send(world, jar, '/members/other', { body: 'a=second' })
    const page = await submitPassword(world, jar, location, ADA)
    const other = new URLSearchParams(second.headers.get('location')?.split('?')[1]).get('next') ?? ''
    expect(other).not.toBe(page)
    for (const shown of [other, page])
      await sendKept(world, jar, sendingForm(await (await open(world, jar, shown)).text()))
    expect(world.seen.map(({ body }) => body)).toEqual(['a=second', TEXT])
  })

  it('is nobody’s any more once its browser has signed out', async () => {
    const world = createWorld()
    const { jar, page } = await comeBack(world)
    await send(world, jar, '/auth/logout', { body: '' })
    await signInAs(world, ADA, { cookies: jar })
    expect((await open(world, jar, page)).status).toBe(410)
  })

  it('that nobody is known to have sent is kept for whoever signs in next in this browser', async () => {
    const world = createWorld()
    const jar = new Jar()
    const { headers } = await send(world, jar, PATH)
    const page = await submitPassword(world, jar, headers.get('location') ?? '', BOB)
    await sendKept(world, jar, sendingForm(await (await open(world, jar, page)).text()))
    expect(world.seen[0]?.headers.get('remote-user')).toBe(BOB)
  })
})

it('a form for a path that asks for a recent sign-in survives the confirmation of the password', async () => {
  const world = createWorld()
  const jar = await signInAs(world, ADA)
  world.clock.now += 1_200_000
  const refused = await send(world, jar, '/fresh/wire', { body: 'amount=5' })
  const confirm = refused.headers.get('location') ?? ''
  expect(confirm).toMatch(/^\/auth\/reauth\?next=%2Fauth%2Fresume%3Fpost%3D/)
  expect(await (await open(world, jar, confirm)).text()).toContain('has been kept for you')
  const page = await submitPassword(world, jar, confirm, ADA)
  const form = sendingForm(await (await open(world, jar, page)).text())
  // Too late again: nothing is lost on the second way round either.
  world.clock.now += 500_000
  const other = await signInAs(world, ADA)
  other.cookies.set(KEPT, jar.cookies.get(KEPT) ?? '')
  expect((await sendKept(world, other, form)).status).toBe(200)
  expect(world.seen.map(({ body }) => body)).toEqual(['amount=5'])
})

it('a session that became stale while the form was shown leads to the confirmation, and back to the form', async () => {
  const world = createWorld({ ...BASE_CONFIG, rules: [{ path: '/fresh/**', access: 'user', fresh: '1m' }] })
  const jar = new Jar()
  const refused = await send(world, jar, '/fresh/wire', { body: 'amount=5' })
  const page = await submitPassword(world, jar, refused.headers.get('location') ?? '', ADA)
  const form = sendingForm(await (await open(world, jar, page)).text())
  world.clock.now += 61_000
  const stale = await sendKept(world, jar, form)
  expect(stale.headers.get('location')).toBe(`/auth/reauth?next=${encodeURIComponent(page)}`)
  expect(await submitPassword(world, jar, stale.headers.get('location') ?? '', ADA)).toBe(page)
  expect((await sendKept(world, jar, form)).status).toBe(200)
  expect(world.seen.map(({ body }) => body)).toEqual(['amount=5'])
})

it('a form for a path that asks for a second factor survives that as well', async () => {
  const world = createWorld({ ...BASE_CONFIG, rules: [{ path: '/wire/**', access: 'user', mfa: '10m' }] })
  await addUser({ email: 'two@example.com' })
  const phone = await signInAs(world, 'two@example.com')
  const { seed } = await enrolApp(world, phone)
  world.clock.now += 3_600_000
  const stale = await send(world, phone, '/wire/x', { body: 'amount=4' })
  expect(stale.headers.get('location')).toMatch(/^\/auth\/mfa\?next=%2Fauth%2Fresume/)
  expect(await (await open(world, phone, stale.headers.get('location') ?? '')).text()).toContain(
    'has been kept for you',
  )
  const jar = new Jar()
  const refused = await send(world, jar, '/wire/x', { body: 'amount=5' })
  const login = refused.headers.get('location') ?? ''
  expect(await submitPassword(world, jar, login, 'two@example.com')).toBe('/auth/mfa')
  world.clock.now += 30_000
  const code = codeOf(seed, world.clock.now)
  const proved = await send(world, jar, '/auth/mfa', { body: `way=totp&code=${code}` })
  const page = proved.headers.get('location') ?? ''
  expect(page).toBe(new URLSearchParams(login.split('?')[1]).get('next'))
  const form = sendingForm(await (await open(world, jar, page)).text())
  expect((await sendKept(world, jar, form)).status).toBe(200)
  expect(world.seen.map(({ body }) => body)).toEqual(['amount=5'])
})
