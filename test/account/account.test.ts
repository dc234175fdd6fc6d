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
  type World,
} from '../support/world.ts'

const NEW_PASSWORD = 'green ladder under seven clouds'

beforeAll(async () => {
  await addUser({ id: 'user_ada', email: 'ada@example.com', username: 'ada', name: 'Ada' })
  await addUser({ id: 'user_eve', email: 'eve@example.com', username: 'eve' })
})

const open = async (world: World, cookies: Jar) =>
  (await world.fetch('/members/', { headers: NAVIGATION, cookies })).status
const api = (world: World, method: string, path: string, cookies: Jar, body?: object) =>
  world.fetch(path, {
    method,
    cookies,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })
const post = (world: World, path: string, cookies: Jar, form: Record<string, string>) =>
  world.fetch(path, {
    method: 'POST',
    cookies,
    headers: { ...NAVIGATION, origin: SITE, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
interface Listed {
  readonly id: string
  readonly current: boolean
}
const listed = async (world: World, cookies: Jar) =>
  ((await (await api(world, 'GET', '/auth/api/sessions', cookies)).json()) as { sessions: Listed[] }).sessions

describe("one's own sessions", () => {
  it('are listed, the one that asks first; never a token or its hash', async () => {
    const world = createWorld()
    const [first, second] = [
      await signInAs(world, 'ada@example.com'),
      await signInAs(world, 'ada@example.com'),
    ]
    await signInAs(world, 'eve@example.com')
    const response = await api(world, 'GET', '/auth/api/sessions', second)
    const text = await response.text()
    for (const token of [...first.cookies.values(), ...second.cookies.values()])
      expect(text).not.toContain(token)
    const { sessions } = JSON.parse(text) as { sessions: Listed[] }
    expect(sessions.map(({ current }) => current).slice(0, 2)).toEqual([true, false])
    expect(response.headers.get('cache-control')).toContain('no-store')
  })

  it('P12: one can be ended, and its browser remembers nothing', async () => {
    const world = createWorld()
    const own = await signInAs(world, 'ada@example.com')
    const other = await signInAs(world, 'ada@example.com', { remember: true })
    const otherId = (await listed(world, other)).find(({ current }) => current)?.id ?? ''
    expect((await api(world, 'DELETE', `/auth/api/sessions/${otherId}`, own)).status).toBe(204)
    expect([await open(world, other), await open(world, own)]).toEqual([302, 200])
    expect((await listed(world, own)).map(({ id }) => id)).not.toContain(otherId)
    expect((await api(world, 'DELETE', `/auth/api/sessions/${otherId}`, own)).status).toBe(404)
  })

  it("P27: nobody ends somebody else's, nor the one at hand this way", async () => {
    const world = createWorld()
    const [ada, eve] = [await signInAs(world, 'ada@example.com'), await signInAs(world, 'eve@example.com')]
    const adas = (await listed(world, ada)).find(({ current }) => current)?.id
    for (const [cookies, id] of [
      [eve, adas],
      [ada, adas],
      [eve, '..%2f..%2fadmin'],
      [eve, "' OR 1=1 --"],
    ] as const) {
      expect(
        (await api(world, 'DELETE', `/auth/api/sessions/${encodeURIComponent(id ?? '')}`, cookies)).status,
      ).toBe(404)
    }
    expect([await open(world, ada), await open(world, eve)]).toEqual([200, 200])
  })

  it('P12: all others can be ended at once', async () => {
    const world = createWorld()
    const own = await signInAs(world, 'ada@example.com', { remember: true })
    const others = [
      await signInAs(world, 'ada@example.com', { remember: true }),
      await signInAs(world, 'ada@example.com'),
    ]
    expect((await api(world, 'DELETE', '/auth/api/sessions', own)).status).toBe(204)
    for (const other of others) expect(await open(world, other)).toBe(302)
    expect(await open(world, own)).toBe(200)
    own.cookies.delete('__Host-edgegate')
    expect(await open(world, own)).toBe(200)
  })

  it.each(['/auth/api/sessions', '/auth/api/account'])('%s is 401 for strangers and guests', async (path) => {
    const world = createWorld()
    const guest = new Jar().take(await api(world, 'POST', '/auth/api/guest', new Jar()))
    for (const cookies of [new Jar(), guest]) {
      const response = await api(world, 'GET', path, cookies)
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="app.example"',
      ])
    }
  })
})

describe('a changed password', () => {
  it('P12: ends every other session and everything that browsers remember; this one goes on under a new token', async () => {
    await addUser({ id: 'user_pat', email: 'pat@example.com' })
    const world = createWorld()
    const own = await signInAs(world, 'pat@example.com', { remember: true })
    const before = own.copy()
    const other = await signInAs(world, 'pat@example.com', { remember: true })
    const changed = await api(world, 'POST', '/auth/api/account/password', own, {
      current: PASSWORD,
      password: NEW_PASSWORD,
    })
    expect(changed.status).toBe(200)
    own.take(changed)
    expect([await open(world, own), await open(world, other), await open(world, before)]).toEqual([
      200, 302, 302,
    ])
    expect(own.cookies.has('__Host-edgegate-remember')).toBe(false)
    await expect(signInAs(world, 'pat@example.com')).rejects.toThrow('401')
    const again = await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: 'pat@example.com', password: NEW_PASSWORD }),
    })
    expect(again.status).toBe(200)
    const { results } = await env.DB.prepare(
      `SELECT detail FROM audit WHERE event = 'user.password_changed' AND user_id = 'user_pat'`,
    ).all()
    expect(results).toEqual([{ detail: '{"by":"owner"}' }])
  })

  it.each([
    [{ current: 'not the right one at all', password: NEW_PASSWORD }, 401, 'wrong_credentials'],
    [{ current: PASSWORD, password: 'short' }, 400, 'password_refused'],
    [{ current: PASSWORD, password: 'eve@example.com eve' }, 400, 'password_refused'],
    [{ current: PASSWORD, password: 'a'.repeat(1100) }, 400, 'password_refused'],
    [{ current: PASSWORD, password: `${NEW_PASSWORD}\ud800` }, 400, 'password_refused'],
    [{ current: PASSWORD }, 400, 'invalid_request'],
    [{ current: PASSWORD, password: NEW_PASSWORD, role: 'admin' }, 400, 'invalid_request'],
  ])('%j is refused and changes nothing', async (body, status, code) => {
    const world = createWorld()
    const cookies = await signInAs(world, 'eve@example.com')
    const response = await api(world, 'POST', '/auth/api/account/password', cookies, body)
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code])
    await signInAs(world, 'eve@example.com')
    expect(await open(world, cookies)).toBe(200)
  })

  it('P16: guesses at the current one count with the sign-ins', async () => {
    await addUser({ id: 'user_gus', email: 'gus@example.com' })
    const world = createWorld()
    const cookies = await signInAs(world, 'gus@example.com')
    cookies.cookies.delete('__Host-edgegate-device')
    const guess = () =>
      api(world, 'POST', '/auth/api/account/password', cookies, {
        current: 'wrong guess number one',
        password: NEW_PASSWORD,
      })
    const statuses: number[] = []
    for (let i = 0; i < 7; i++) statuses.push((await guess()).status)
    expect(statuses).toContain(429)
    await expect(signInAs(world, 'gus@example.com')).rejects.toThrow('429')
  })

  it('P29: is not done for another site', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'eve@example.com')
    const response = await world.fetch('/auth/account/password', {
      method: 'POST',
      cookies,
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ current: PASSWORD, password: NEW_PASSWORD }).toString(),
    })
    expect(response.status).toBe(403)
    await signInAs(world, 'eve@example.com')
  })
})

describe('what one is called', () => {
  it('P13: reaches the site with the next request, and other sessions', async () => {
    await addUser({ id: 'user_bob', email: 'bob@example.com' })
    const world = createWorld()
    const [own, other] = [await signInAs(world, 'bob@example.com'), await signInAs(world, 'bob@example.com')]
    await open(world, own)
    expect(
      (await api(world, 'POST', '/auth/api/account', own, { name: ' Bob  Ross ', username: 'Bobby' })).status,
    ).toBe(204)
    for (const cookies of [own, other]) {
      await open(world, cookies)
      expect(world.seen.at(-1)?.headers.get('remote-name')).toBe('Bob  Ross')
    }
    expect((await signInAs(world, 'bobby')).cookies.size).toBeGreaterThan(0)
  })

  it.each([
    [{ username: 'ada' }, 409, 'username_taken'],
    [{ username: 'ADA' }, 409, 'username_taken'],
    [{ username: 'a b' }, 400, 'invalid_request'],
    [{ name: 'x\r\nRemote-User: root' }, 400, 'invalid_request'],
    [{ roles: ['admin'] }, 400, 'invalid_request'],
    [{ email: 'root@example.com' }, 400, 'invalid_request'],
  ])('%j is refused and changes nothing', async (body, status, code) => {
    const world = createWorld()
    const cookies = await signInAs(world, 'eve@example.com')
    const response = await api(world, 'POST', '/auth/api/account', cookies, body)
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code])
    const row = await env.DB.prepare(
      `SELECT username, name, roles, email FROM user WHERE id = 'user_eve'`,
    ).first()
    expect(row).toEqual({ username: 'eve', name: null, roles: '[]', email: 'eve@example.com' })
  })
})

describe('the pages', () => {
  it('send strangers to sign in and back', async () => {
    const response = await createWorld().fetch('/auth/account', { headers: NAVIGATION })
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      '/auth/login?next=%2Fauth%2Faccount',
    ])
  })

  it('show sessions and history, and do what their forms say without a script', async () => {
    const world = createWorld()
    const own = await signInAs(world, 'ada@example.com', { headers: { 'user-agent': 'Firefox/140 Linux' } })
    const other = await signInAs(world, 'ada@example.com')
    const page = await (await world.fetch('/auth/account', { headers: NAVIGATION, cookies: own })).text()
    expect(page).toContain('Firefox on Linux')
    expect(page).toContain('Signed in')
    const otherId = (await listed(world, other)).find(({ current }) => current)?.id ?? ''
    expect(page).toContain(`value="${otherId}"`)
    const ended = await post(world, '/auth/account', own, { action: 'end', session: otherId })
    expect([ended.status, ended.headers.get('location')]).toEqual([303, '/auth/account?done=ended'])
    expect(await open(world, other)).toBe(302)
    const done = await world.fetch('/auth/account?done=ended', { headers: NAVIGATION, cookies: own })
    expect(await done.text()).toContain('That session has been ended.')
  })

  it('what was typed survives an error, but no password does', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'eve@example.com')
    const names = await post(world, '/auth/account', cookies, {
      action: 'profile',
      name: 'Eve <b>',
      username: 'ada',
    })
    expect(names.status).toBe(409)
    expect(await names.text()).toContain('value="Eve &lt;b&gt;"')
    const weak = await post(world, '/auth/account/password', cookies, {
      current: PASSWORD,
      password: 'tooshort1',
    })
    const text = await weak.text()
    expect([weak.status, text.includes('tooshort1'), text.includes(PASSWORD)]).toEqual([400, false, false])
    expect(text).toContain('Use at least 15 characters.')
  })

  it('give all that is kept, and no secret', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    const response = await world.fetch('/auth/account/data', { headers: NAVIGATION, cookies })
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="account.json"')
    const text = await response.text()
    expect(text).not.toMatch(/argon2|passwordHash|token/i)
    expect(JSON.parse(text)).toMatchObject({
      account: { email: 'ada@example.com', hasPassword: true },
      sessions: expect.arrayContaining([expect.objectContaining({ current: true })]),
      events: expect.arrayContaining([expect.objectContaining({ event: 'session.started' })]),
    })
  })

  it.each([{ action: 'nothing' }, {}])('an unknown form (%j) is 400', async (form) => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    expect((await post(world, '/auth/account', cookies, form)).status).toBe(400)
  })
})
