import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createUsers } from '../../src/user/users.ts'
import { codeOf, enrolApp } from '../support/second-factor.ts'
import { addUser, BASE_CONFIG, createWorld, signInAs, WITH_MAIL } from '../support/world.ts'
import {
  ADA,
  approve,
  begin,
  choicesIn,
  device,
  finish,
  HANDOFF,
  SESSION,
  type Shown,
  signedIn,
} from './support.ts'

let ada = ''
beforeAll(async () => {
  ada = await addUser({ email: ADA, name: 'Ada' })
  await addUser({ email: 'bob@example.com' })
})
beforeEach(async () => {
  await env.DB.batch([env.DB.prepare('DELETE FROM handoff'), env.DB.prepare('DELETE FROM throttle')])
})

const rows = () => env.DB.prepare('SELECT count(*) AS count FROM handoff').first<number>('count')
const events = async (event: string) =>
  (await env.DB.prepare('SELECT detail FROM audit WHERE event = ?1').bind(event).all<{ detail: string }>())
    .results

describe('a sign-in that another device approves', () => {
  it('opens a session of its own where it began, and leads where it was going', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    const login = await waiting.get('/auth/login?next=%2Fmembers%2Fx')
    expect(login.html).toContain('href="/auth/handoff?next=%2Fmembers%2Fx"')
    expect((await waiting.get('/auth/handoff?next=%2Fmembers%2Fx')).html).toContain('Show a code')
    const shown = await begin(waiting)
    expect(shown.code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)

    const asked = await phone.get(`/auth/handoff?code=${shown.code}`)
    expect(asked.status).toBe(200)
    for (const said of [
      'Firefox on Linux',
      'Utrecht, Netherlands',
      'the network of this device',
      'trick you',
    ])
      expect(asked.html).toContain(said)
    expect(choicesIn(asked.html)).toHaveLength(3)
    expect(choicesIn(asked.html)).toContain(shown.number)
    expect((await waiting.get('/auth/handoff')).html).toContain('Waiting for your other device')
    expect(await approve(phone, shown)).toBe('/auth/handoff?done=approved')

    expect((await waiting.get('/auth/handoff?next=%2Fmembers%2Fx')).html).toContain(
      'has approved this sign-in',
    )
    expect(await waiting.session()).toMatchObject({ authenticated: false })
    const finished = await finish(waiting)
    expect(finished.location).toBe('/members/x')
    const [there, here] = [await phone.session(), await waiting.session()]
    expect(here).toMatchObject({
      authenticated: true,
      user: { email: ADA },
      session: { methods: ['handoff'] },
    })
    expect(here.session?.id).not.toBe(there.session?.id)
    expect(waiting.jar.cookies.has(HANDOFF)).toBe(false)
    expect(await rows()).toBe(0)
    expect(await events('handoff.approved')).toHaveLength(1)

    await phone.post({}, '/auth/logout')
    world.clock.now += 60_000
    expect(await phone.session()).toMatchObject({ authenticated: false })
    expect(await waiting.session()).toMatchObject({ authenticated: true })
  })

  it('P8: is not fresh where it began until the password is given there, and remembers only if that was asked', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    for (const remember of [true, false]) {
      const waiting = device(world)
      const shown = await begin(waiting, remember ? { remember: '1' } : {})
      await approve(phone, shown)
      await finish(waiting)
      expect(await waiting.session()).toMatchObject({ session: { fresh: false, mfa: false } })
      expect(waiting.jar.cookies.has('__Host-edgegate-remember')).toBe(remember)
      const fresh = await waiting.get('/fresh/x')
      expect(fresh.location).toBe('/auth/reauth?next=%2Ffresh%2Fx')
      expect((await waiting.get(fresh.location)).html).toContain('Another device has signed you in')
      // A session that was handed over hands nothing over.
      const third = device(world)
      const { code } = await begin(third)
      expect((await waiting.get(`/auth/handoff?code=${code}`)).location).toContain('/auth/reauth?next=')
      expect((await waiting.post({ action: 'decide', code, number: '00' })).location).toContain(
        '/auth/reauth',
      )
    }
  })

  it('P8: is one factor: an account with a second one is asked for it where the sign-in began', async () => {
    const world = createWorld()
    await addUser({ email: 'two@example.com' })
    const phone = await signedIn(world, 'two@example.com')
    const { seed } = await enrolApp(world, await signInAs(world, 'two@example.com'))
    world.clock.now += 30_000
    await phone.api('mfa', { way: 'totp', code: codeOf(seed, world.clock.now) })
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    expect((await finish(waiting)).location).toBe('/auth/mfa')
    expect(await waiting.session()).toMatchObject({ authenticated: false })
    world.clock.now += 30_000
    const given = await waiting.api('mfa', { way: 'totp', code: codeOf(seed, world.clock.now) })
    expect(given.status).toBe(200)
    expect(await waiting.session()).toMatchObject({ session: { mfa: true } })
    expect((await waiting.session()).session?.methods).toContain('handoff')
  })

  it('P8: is approved with the second factor only, by an account that has one', async () => {
    const world = createWorld()
    await addUser({ email: 'late@example.com' })
    const phone = await signedIn(world, 'late@example.com')
    const { seed } = await enrolApp(world, await signInAs(world, 'late@example.com'))
    world.clock.now += 30_000
    const { code, number } = await begin(device(world))
    const asked = await phone.get(`/auth/handoff?code=${code}`)
    expect(asked.location).toMatch(/^\/auth\/mfa\?next=/)
    expect((await phone.post({ action: 'decide', code, number })).location).toMatch(/^\/auth\/mfa/)
    expect((await phone.api('handoff/decide', { code, number })).status).toBe(401)
    await phone.api('mfa', { way: 'totp', code: codeOf(seed, world.clock.now) })
    expect((await phone.get(`/auth/handoff?code=${code}`)).status).toBe(200)
  })

  it('tells the owner by mail, and in the history of the account', async () => {
    const world = createWorld(WITH_MAIL)
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    const before = world.mails.length
    await finish(waiting)
    expect(world.mails.slice(before).map(({ to }) => to)).toEqual([ADA])
    expect((await phone.get('/auth/account/history')).html).toContain('Approved a sign-in on another device')
  })

  it('asks whoever scans the code without a session to sign in first, and comes back to it', async () => {
    const world = createWorld()
    const { code } = await begin(device(world))
    const scanned = await device(world).get(`/auth/handoff?code=${code}`)
    expect(scanned.location).toBe(`/auth/login?next=%2Fauth%2Fhandoff%3Fcode%3D${code}`)
    expect((await device(world).get(scanned.location)).html).toContain(`value="/auth/handoff?code=${code}"`)
  })

  it('takes the code as people type it', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    expect((await phone.get('/auth/handoff')).html).toContain('Enter the code')
    const { code } = await begin(device(world))
    for (const typed of [code.toLowerCase(), code.replace('-', ''), ` ${code.replace('-', ' – ')} `])
      expect((await phone.get(`/auth/handoff?code=${encodeURIComponent(typed)}`)).status).toBe(200)
  })

  it('loads the waiting page anew without scripts, and lets only its own script run', async () => {
    const world = createWorld()
    const waiting = device(world)
    await begin(waiting)
    const { html, headers } = await waiting.get('/auth/handoff')
    expect(html).toContain('<noscript><meta http-equiv="refresh" content="4"/></noscript>')
    const policy = headers.get('content-security-policy')
    expect(policy).toContain('script-src https://app.example/auth/assets/handoff.js;')
    expect(policy).toContain('connect-src https://app.example/auth/api/handoff;')
    const script = await waiting.get('/auth/assets/handoff.js')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    const api = await waiting.api('handoff')
    expect(api.body).toEqual({ state: 'waiting' })
  })

  it('does all of it as an API', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    expect((await waiting.api('handoff')).body).toEqual({ state: 'none' })
    const begun = await waiting.api('handoff', { remember: true })
    expect(begun.status).toBe(201)
    expect(begun.body.url).toBe(`https://app.example/auth/handoff?code=${begun.body.code}`)
    expect((await waiting.api('handoff/finish', {})).body.code).toBe('handoff_not_approved')
    const { code, number } = begun.body
    const looked = await phone.api('handoff/look', { code })
    expect(looked.body).toMatchObject({ client: { agent: 'Firefox on Linux', country: 'NL' } })
    expect(looked.body.choices).toContain(number)
    expect((await phone.api('handoff/decide', { code, number })).body).toEqual({ state: 'approved' })
    expect((await waiting.api('handoff')).body).toEqual({ state: 'approved' })
    const finished = await waiting.api('handoff/finish', {})
    expect(finished).toMatchObject({ status: 200, body: { user: { email: ADA } } })
    expect((await phone.api('handoff/decide', { code, number })).body.code).toBe('handoff_unknown')
  })

  it('is nowhere when it is switched off', async () => {
    const world = createWorld({ ...BASE_CONFIG, handoff: false })
    const phone = await signedIn(world)
    expect((await device(world).get('/auth/login')).html).not.toContain('/auth/handoff')
    expect((await phone.get('/auth/handoff')).status).toBe(404)
    expect((await device(world).post({ action: 'begin' })).status).toBe(404)
    expect((await device(world).get('/auth/assets/handoff.js')).status).toBe(404)
    for (const path of ['handoff', 'handoff/finish', 'handoff/look', 'handoff/decide'])
      expect((await phone.api(path, {})).status).toBe(404)
  })
})

describe('P25: once, and in order', () => {
  it('fifty claims of one approval make one session', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    const before = (await events('session.started')).length
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => finish(device(world, waiting.jar.copy()))),
    )
    expect(answers.filter(({ location }) => location === '/members/x')).toHaveLength(1)
    expect(answers.filter(({ location }) => location.includes('over=over'))).toHaveLength(49)
    expect((await events('session.started')).length - before).toBe(1)
    expect((await waiting.get('/auth/handoff?over=over')).html).toContain('has been used')
  })

  it('fifty decisions at once are one, whichever comes first', async () => {
    // Fifty looks at a code would be throttled otherwise.
    const many = { attempts: 1000 }
    const world = createWorld({ ...BASE_CONFIG, throttle: { account: many, network: many } })
    const phone = await signedIn(world)
    const waiting = device(world)
    const shown = await begin(waiting)
    const before = (await events('handoff.approved')).length + (await events('handoff.refused')).length
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const copy = device(world, phone.jar.copy())
        const { code, number } = shown
        return index % 2 === 0
          ? copy.post({ action: 'decide', code, number })
          : copy.post({ action: 'refuse', code })
      }),
    )
    const outcomes = answers.map(({ location }) => location.split('=')[1])
    expect(outcomes.filter((outcome) => outcome !== 'spent')).toHaveLength(1)
    expect(
      (await events('handoff.approved')).length + (await events('handoff.refused')).length - before,
    ).toBe(1)
  })

  it.each([
    ['before anybody approved', async () => undefined, 'over'],
    ['after it was refused', (phone, { code }) => phone.post({ action: 'refuse', code }), 'over'],
    ['after the wrong number', (phone, shown) => approve(phone, { ...shown, number: 'xx' }), 'over'],
  ] as const satisfies readonly [
    string,
    (phone: Awaited<ReturnType<typeof signedIn>>, shown: Shown) => Promise<unknown>,
    string,
  ][])('nobody goes on %s', async (_when, happens, over) => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await happens(phone, await begin(waiting))
    expect((await finish(waiting)).location).toContain(`over=${over}`)
    expect(await waiting.session()).toMatchObject({ authenticated: false })
  })

  it('a wrong number refuses it for good: the right one comes too late', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    const shown = await begin(waiting)
    const wrong = choicesIn((await phone.get(`/auth/handoff?code=${shown.code}`)).html).find(
      (number) => number !== shown.number,
    )
    expect(await approve(phone, { ...shown, number: wrong ?? '' })).toBe('/auth/handoff?done=wrong')
    expect(await approve(phone, shown)).toBe('/auth/handoff?done=spent')
    expect((await waiting.get('/auth/handoff')).html).toContain('Not approved')
    expect((await waiting.post({ action: 'cancel' })).location).toContain('/auth/handoff')
    expect((await waiting.get('/auth/handoff')).html).toContain('Show a code')
  })

  it('ten minutes end it on both sides, before any clean-up', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const [early, late] = [device(world), device(world)]
    const [approved, waiting] = [await begin(early), await begin(late)]
    await approve(phone, approved)
    world.clock.now += 600_000
    expect((await late.get('/auth/handoff')).html).toContain('too old')
    expect((await late.api('handoff')).body).toEqual({ state: 'none' })
    expect((await finish(early)).location).toContain('over=over')
    expect((await phone.get(`/auth/handoff?code=${waiting.code}`)).status).toBe(404)
    expect(await approve(phone, waiting)).toBe('/auth/handoff?done=spent')
    await world.scheduled()
    expect(await rows()).toBe(0)
  })

  it('the code alone, or another browser’s cookie, gets nothing', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    const thief = device(world)
    expect((await finish(thief)).location).toContain('over=over')
    await begin(thief)
    expect((await finish(thief)).location).toContain('over=over')
    thief.jar.cookies.set(HANDOFF, 'A'.repeat(43))
    expect((await finish(thief)).location).toContain('over=over')
    expect((await finish(waiting)).location).toBe('/members/x')
  })
})

describe('P13: an approval holds as long as what gave it', () => {
  it.each([
    ['the account is disabled', () => createUsers(env.DB).setDisabled(ada, 'test', 1, 1).run()],
    ['the approving device signs out', (phone) => phone.post({}, '/auth/logout')],
    [
      'all other sessions are ended from elsewhere',
      async (_phone, world) => {
        const other = await signedIn(world)
        await other.post({ action: 'end_others' }, '/auth/account/sessions')
      },
    ],
  ] as const satisfies readonly [
    string,
    (phone: Awaited<ReturnType<typeof signedIn>>, world: ReturnType<typeof createWorld>) => Promise<unknown>,
  ][])('not when %s', async (_what, happens) => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    await happens(phone, world)
    const { location } = await finish(waiting)
    await createUsers(env.DB).setDisabled(ada, null, null, 1).run()
    expect(location).toContain('over=withdrawn')
    expect((await waiting.get(location)).html).toContain('doesn’t hold any more')
    expect(await waiting.session()).toMatchObject({ authenticated: false })
    expect((await finish(waiting)).location).toContain('over=over')
  })

  it('but a confirmed password on the approving device changes nothing', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    await phone.post({ password: 'tall purple window sings quietly', next: '/' }, '/auth/reauth')
    expect((await finish(waiting)).location).toBe('/members/x')
  })

  it('an account that is removed takes what it approved along', async () => {
    const world = createWorld()
    const id = await addUser({ email: 'gone@example.com' })
    const phone = await signedIn(world, 'gone@example.com')
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    await createUsers(env.DB).remove(id).run()
    expect(await rows()).toBe(0)
    expect((await finish(waiting)).location).toContain('over=over')
  })
})

describe('hostile use', () => {
  it('P16: guesses at codes are counted with those at the password', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const { code } = await begin(device(world))
    const statuses: number[] = []
    for (let guess = 0; guess < 7; guess++)
      statuses.push((await phone.get('/auth/handoff?code=BBBB-BBBB')).status)
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429, 429])
    const throttled = await phone.get(`/auth/handoff?code=${code}`)
    expect(throttled.status).toBe(429)
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await phone.api('handoff/decide', { code, number: '00' })).status).toBe(429)
    world.clock.now += 300_000
    for (let look = 0; look < 10; look++)
      expect((await phone.get(`/auth/handoff?code=${code}`)).status).toBe(200)
  })

  it('P29: a link of another site neither asks the question nor spends attempts', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const { code } = await begin(device(world))
    for (const site of ['cross-site', 'same-site']) {
      const { status, html } = await phone.get(`/auth/handoff?code=${code}`, { 'sec-fetch-site': site })
      expect(status).toBe(200)
      expect(html).toContain(`value="${code}"`)
      expect(choicesIn(html)).toEqual([])
      for (let time = 0; time < 9; time++)
        await phone.get('/auth/handoff?code=BBBB-BBBB', { 'sec-fetch-site': site })
    }
    expect((await phone.get(`/auth/handoff?code=${code}`, { 'sec-fetch-site': 'none' })).status).toBe(200)
    expect(choicesIn((await phone.get(`/auth/handoff?code=${code}`)).html)).toHaveLength(3)
  })

  it('ends with a sign-out in the browser that waits', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    await waiting.post({}, '/auth/logout')
    expect((await finish(waiting)).location).toContain('over=over')
  })

  it('P23: strangers cannot fill the table', async () => {
    const world = createWorld()
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => device(world).post({ action: 'begin' })),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(20)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10)
    const elsewhere = device(world, undefined, { ip: '192.0.2.77' })
    expect((await elsewhere.post({ action: 'begin' })).status).toBe(303)
    // One browser that begins again and again waits once.
    for (let time = 0; time < 30; time++) await elsewhere.post({ action: 'begin' })
    expect(await rows()).toBe(21)
  })

  it('P11: neither the code, the cookie nor a token stands in the database or the log', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    const shown = await begin(waiting)
    const cookie = waiting.jar.cookies.get(HANDOFF) ?? '-'
    await approve(phone, shown)
    const kept = JSON.stringify([(await env.DB.prepare('SELECT * FROM handoff').all()).results, world.logs])
    for (const secret of [
      shown.code,
      shown.code.replace('-', ''),
      cookie,
      phone.jar.cookies.get(SESSION) ?? '-',
    ])
      expect(kept).not.toContain(secret)
  })

  it('P29: no other site begins, decides or finishes anything', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    for (const path of ['/auth/handoff', '/auth/api/handoff', '/auth/api/handoff/decide']) {
      const response = await world.fetch(path, {
        method: 'POST',
        headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
        body: 'action=begin',
        cookies: phone.jar,
      })
      expect(response.status).toBe(403)
    }
    expect(await rows()).toBe(0)
  })

  it('P26: the account is the one that is signed in, whatever the form says', async () => {
    const world = createWorld()
    const bob = await signedIn(world, 'bob@example.com')
    const waiting = device(world)
    const { code, number } = await begin(waiting)
    await bob.post({ action: 'decide', code, number, user: ada, userId: ada, email: ADA })
    await finish(waiting)
    expect(await waiting.session()).toMatchObject({ user: { email: 'bob@example.com' } })
  })

  it('P1: leads to no other site', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    expect((await finish(waiting, '//evil.example')).location).toBe('/')
  })

  it('P2: takes no nonsense', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    for (const code of ['', '-', '\u0000', '%00', 'ÄÖÜ', 'B'.repeat(5000), 'BBBBBBB0', '\u{1F4A9}'])
      expect((await phone.get(`/auth/handoff?code=${encodeURIComponent(code)}`)).status).toBe(404)
    expect((await phone.post({ action: 'nonsense' })).status).toBe(400)
    expect((await phone.post({})).status).toBe(400)
    expect((await phone.api('handoff/decide', { code: 'BBBBBBBB' })).status).toBe(400)
    expect((await phone.api('handoff/decide', { code: 1, number: 2 })).status).toBe(400)
    expect((await phone.get('/auth/handoff?done=nonsense')).status).toBe(200)
  })

  it('P14: while the database is down nobody gets in, and nothing is used up', async () => {
    const world = createWorld()
    const phone = await signedIn(world)
    const waiting = device(world)
    await approve(phone, await begin(waiting))
    world.broken.d1 = true
    expect((await finish(waiting)).status).toBe(503)
    world.broken.d1 = false
    expect((await finish(waiting)).location).toBe('/members/x')
  })
})

it('P15: a code of one site is nothing on another', async () => {
  const site = (name: string) => ({
    site: { name, url: `https://${name}.example` },
    origin: { service: 'ORIGIN' },
    rules: [],
  })
  const world = createWorld({ sites: [site('app'), site('shop')] })
  const phone = await signedIn(world)
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://shop.example' },
    body: '{}',
  }
  const begun = await world.fetch('https://shop.example/auth/api/handoff', init)
  const { code } = (await begun.json()) as { code: string }
  expect((await phone.get(`/auth/handoff?code=${code}`)).status).toBe(404)
})
