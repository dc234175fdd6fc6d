import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  addUser,
  createWorld,
  Jar,
  NAVIGATION,
  PASSWORD,
  SITE,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

beforeAll(async () => {
  await addUser({ email: 'ada@example.com', username: 'ada', name: 'Ada' })
  const disabled = await addUser({ email: 'gone@example.com' })
  await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE id = ?1').bind(disabled).run()
})

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE, ...NAVIGATION, ...headers },
  body: new URLSearchParams(fields).toString(),
})

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

describe('the form', () => {
  it('signs in by e-mail and goes on to where the visitor wanted', async () => {
    const world = createWorld()
    const response = await world.fetch(
      '/auth/login',
      form({ identifier: ' ADA@example.com ', password: PASSWORD, next: '/members/?x=1' }),
    )
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/members/?x=1')
    const page = await world.fetch('/members/', { cookies: new Jar().take(response) })
    expect(page.status).toBe(200)
    expect(world.seen.at(-1)?.headers.get('remote-user')).toBe('ada@example.com')
  })

  it('signs in by user name', async () => {
    const response = await createWorld().fetch('/auth/login', form({ identifier: 'Ada', password: PASSWORD }))
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/')
  })

  it('keeps what was typed after a mistake, but never the password', async () => {
    const response = await createWorld().fetch(
      '/auth/login',
      form({ identifier: 'ada@example.com', password: 'wrong-and-secret', next: '/members/', remember: '1' }),
    )
    const page = await response.text()
    expect(response.status).toBe(401)
    expect(page).toContain('value="ada@example.com"')
    expect(page).toContain('value="/members/"')
    expect(page).not.toContain('wrong-and-secret')
    expect(response.headers.getSetCookie().map((line) => line.split('=')[0])).toEqual([
      '__Host-edgegate-passkey',
    ])
  })

  it('sends on whoever is signed in already, unless another account is wanted', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    const again = await world.fetch('/auth/login?next=/members/', { headers: NAVIGATION, cookies })
    expect([again.status, again.headers.get('location')]).toEqual([303, '/members/'])
    const other = await world.fetch('/auth/login?switch=1&next=/members/', { headers: NAVIGATION, cookies })
    expect(other.status).toBe(200)
  })
})

describe('P1: next', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\t//evil.example',
    'javascript:alert(1)',
    '/auth/logout',
  ])('never leads to %j', async (next) => {
    const response = await createWorld().fetch(
      '/auth/login',
      form({ identifier: 'ada', password: PASSWORD, next }),
    )
    expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
  })
})

describe('P17: who exists shows nowhere', () => {
  it('answers an unknown, a wrong and a disabled account alike', async () => {
    const world = createWorld()
    const answers = []
    for (const [identifier, password] of [
      ['nobody@example.com', PASSWORD],
      ['ada@example.com', 'not the password at all'],
      ['gone@example.com', PASSWORD],
      ['not an identifier at all \u0000', PASSWORD],
    ]) {
      const response = await world.fetch('/auth/api/login', json({ identifier, password }))
      const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>
      answers.push({
        status: response.status,
        body,
        headers: [...response.headers].filter(([name]) => name !== 'date'),
      })
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]?.body.code).toBe('wrong_credentials')
  })
})

describe('P11: sessions are never taken over', () => {
  it('gives a new token at sign-in and ends the session that was there', async () => {
    const world = createWorld()
    const before = await signInAs(world, 'ada@example.com')
    const old = before.copy()
    const after = await signInAs(world, 'ada@example.com', { cookies: before })
    expect(after.toString()).not.toBe(old.toString())
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: old })).status).toBe(302)
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies: after })).status).toBe(200)
  })

  it('does not take a session token from the client', async () => {
    const world = createWorld()
    const chosen = new Jar()
    chosen.cookies.set('__Host-edgegate', 'A'.repeat(43))
    const after = await signInAs(world, 'ada@example.com', { cookies: chosen })
    expect(after.cookies.get('__Host-edgegate')).not.toBe('A'.repeat(43))
  })

  it('stores nothing that would open a session', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com', { remember: true })
    const stored: string[] = []
    for (const { name } of (await env.SESSIONS.list()).keys)
      stored.push(name, (await env.SESSIONS.get(name)) ?? '')
    for (const table of ['user', 'session', 'remember_family', 'throttle', 'audit', 'revocation']) {
      stored.push(JSON.stringify((await env.DB.prepare(`SELECT * FROM ${table}`).all()).results))
    }
    const everything = stored.join('\n') + JSON.stringify(world.logs)
    for (const value of cookies.cookies.values()) {
      for (const part of value.split('.').filter((piece) => piece.length === 43))
        expect(everything).not.toContain(part)
    }
    expect(everything).not.toContain(PASSWORD)
  })
})

describe('P29: another site cannot sign anybody in', () => {
  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: SITE, 'sec-fetch-site': 'cross-site' }],
    [{ origin: SITE, 'sec-fetch-site': 'same-site' }],
    [{ origin: `${SITE}.evil.example` }],
    [{ origin: 'http://app.example' }],
  ])('form and API refuse %j', async (headers) => {
    const world = createWorld()
    const page = await world.fetch('/auth/login', form({ identifier: 'ada', password: PASSWORD }, headers))
    const api = await world.fetch('/auth/api/login', json({ identifier: 'ada', password: PASSWORD }, headers))
    expect([page.status, api.status]).toEqual([403, 403])
    expect([...page.headers.getSetCookie(), ...api.headers.getSetCookie()]).toEqual([])
  })

  it('a form post that says nothing of where it comes from is refused, a program is not', async () => {
    const world = createWorld()
    const bare = { identifier: 'ada', password: PASSWORD }
    const page = await world.fetch('/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(bare).toString(),
    })
    expect(page.status).toBe(403)
    expect((await world.fetch('/auth/api/login', json(bare))).status).toBe(200)
  })
})

describe('P2: any body is answered below 500, stores nothing and has a code', () => {
  const deep = '['.repeat(10_000)
  it.each([
    ['application/json', '', 400],
    ['application/json', '{"identifier":"a" "password":"x"}', 400],
    ['application/json', '{"identifier":NaN}', 400],
    ['application/json', '[]', 400],
    ['application/json', 'null', 400],
    ['application/json', '\u0000', 400],
    ['application/json', '{"identifier":{"$ne":null},"password":"x"}', 400],
    ['application/json', '{"identifier":"a","password":{"length":20}}', 400],
    ['application/json', '{"identifier":"a","password":"b","roles":["admin"]}', 400],
    ['application/json', `{"identifier":"a","password":"b","x":${deep}0`, 400],
    ['application/json', `{"identifier":"a","password":"${'a'.repeat(100_000)}"}`, 413],
    ['application/json', JSON.stringify({ identifier: 'a', password: 'b'.repeat(5000) }), 400],
    ['application/json; charset=utf-8', '{"identifier":"a","password":"b"}', 401],
    ['text/plain', '{"identifier":"a","password":"b"}', 415],
    ['application/jsonx', '{}', 415],
    ['image/png', '{}', 415],
  ])('API: %s %j', async (type, body, status) => {
    const world = createWorld()
    const before = await counts()
    const response = await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(((await response.json()) as { code: string }).code).toMatch(/^[a-z_]+$/)
    if (status !== 401) expect(await counts()).toEqual(before)
  })

  it.each([
    ['identifier=%ff%fe&password=x'],
    ['identifier=a&identifier=b&password=x'],
    ['identifier%5B%5D=a'],
    ['%zz=1'],
    [''],
  ])('form: %j', async (body) => {
    const response = await createWorld().fetch('/auth/login', { ...form({}), body })
    expect(response.status).toBe(400)
  })

  async function counts() {
    const { results } = await env.DB.prepare(
      'SELECT (SELECT count(*) FROM audit) AS audit, (SELECT count(*) FROM throttle) AS throttle',
    ).all()
    return [results, (await env.SESSIONS.list()).keys.length]
  }
})

describe('operation counts (DESIGN budgets)', () => {
  // The first sign-in of a deployment makes its keys.
  beforeAll(async () => void (await signInAs(createWorld(), 'ada@example.com')))

  it('a sign-in without mail: four statements in two round trips and two KV writes', async () => {
    const world = createWorld()
    await signInAs(world, 'ada@example.com')
    expect([world.d1, world.kv.writes]).toEqual([{ statements: 4, trips: 2 }, 2])
  })

  it('with mail, from a known device: four statements in two round trips and two KV writes, none after the answer', async () => {
    const world = createWorld(WITH_MAIL)
    const { device } = await firstSignIn(world)
    world.resetCounts()
    await signInAs(world, 'ada@example.com', { cookies: device })
    expect([world.d1, world.waitedTrips, world.kv.writes]).toEqual([{ statements: 4, trips: 2 }, 2, 2])
  })

  it('with mail, first from a device: six statements in two round trips, and one each to claim and to remove the mail that is sent', async () => {
    const world = createWorld(WITH_MAIL)
    await firstSignIn(world)
    expect(world.mails).toHaveLength(1)
    expect([world.d1, world.kv.writes]).toEqual([{ statements: 8, trips: 4 }, 2])
  })

  /** A browser that the account has not seen, and its device cookie. */
  async function firstSignIn(world: World) {
    await env.DB.prepare('DELETE FROM notice').run()
    const jar = await signInAs(world, 'ada@example.com')
    const device = new Jar()
    for (const [name, value] of jar.cookies) if (name.includes('device')) device.cookies.set(name, value)
    expect(device.cookies.size).toBe(1)
    return { device }
  }
})

it('P14: with the database away nobody signs in, and the answer says try again', async () => {
  const world = createWorld()
  world.broken.d1 = true
  const response = await world.fetch('/auth/api/login', json({ identifier: 'ada', password: PASSWORD }))
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(response.headers.getSetCookie()).toEqual([])
})
