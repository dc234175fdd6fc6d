import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT_SECTIONS } from '../../src/ui/account-sections.ts'
import { addUser, createWorld, Jar, NAVIGATION, PASSWORD, SITE, signInAs } from '../support/world.ts'
import { parseTags, type Tag } from '../ui/sample-pages.ts'
import { api, type Listed, listed, open, post } from './support.ts'

const NEW_PASSWORD = 'green ladder under seven clouds'

beforeAll(async () => {
  await addUser({ id: 'user_ada', email: 'ada@example.com', username: 'ada', name: 'Ada' })
  await addUser({ id: 'user_eve', email: 'eve@example.com', username: 'eve' })
})

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
    const world = createWorld()
    for (const [path, method] of [
      ['/auth/account', 'GET'],
      ['/auth/account/sessions?done=ended', 'GET'],
      ['/auth/account/password', 'POST'],
    ] as const) {
      const response =
        method === 'GET'
          ? await world.fetch(path, { headers: NAVIGATION })
          : await post(world, path, new Jar(), {})
      expect([response.status, response.headers.get('location')]).toEqual([
        303,
        `/auth/login?next=${encodeURIComponent(path)}`,
      ])
    }
  })

  it('lead to each other, and say which one is open', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    const first = await parseTags(
      await (await world.fetch('/auth/account', { headers: NAVIGATION, cookies })).text(),
    )
    const paths = ACCOUNT_SECTIONS.map(({ path }) => `/auth${path}`)
    expect(hrefsOf(first).filter((href) => paths.includes(href))).toEqual(paths)
    for (const path of paths) {
      const response = await world.fetch(path, { headers: NAVIGATION, cookies })
      const tags = await parseTags(await response.text())
      const current = tags.filter(({ attributes }) => attributes['aria-current'] === 'page')
      expect([path, response.status, hrefsOf(current)]).toEqual([path, 200, [path]])
    }
  })

  it('show sessions and history, and do what their forms say without a script', async () => {
    const world = createWorld()
    const own = await signInAs(world, 'ada@example.com', { headers: { 'user-agent': 'Firefox/140 Linux' } })
    const other = await signInAs(world, 'ada@example.com')
    const read = async (path: string) =>
      await (await world.fetch(path, { headers: NAVIGATION, cookies: own })).text()
    expect(await read('/auth/account/history')).toContain('Signed in')
    const page = await read('/auth/account/sessions')
    expect(page).toContain('Firefox on Linux')
    const otherId = (await listed(world, other)).find(({ current }) => current)?.id ?? ''
    expect(page).toContain(`value="${otherId}"`)
    const ended = await post(world, '/auth/account/sessions', own, { action: 'end', session: otherId })
    expect([ended.status, ended.headers.get('location')]).toEqual([303, '/auth/account/sessions?done=ended'])
    expect(await open(world, other)).toBe(302)
    expect(await read('/auth/account/sessions?done=ended')).toContain('That session has been ended.')
  })

  it('what was typed survives an error, but no password does', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'eve@example.com')
    const names = await post(world, '/auth/account', cookies, { name: 'Eve <b>', username: 'ada' })
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

  it.each(['/auth/account/data.json', '/auth/api/account/data'])(
    '%s has all that is kept, and no secret',
    async (path) => {
      const world = createWorld()
      const cookies = await signInAs(world, 'ada@example.com')
      const response = await world.fetch(path, { headers: NAVIGATION, cookies })
      expect(response.headers.get('content-disposition')).toBe('attachment; filename="account.json"')
      const text = await response.text()
      expect(text).not.toMatch(/argon2|passwordHash|token/i)
      expect(JSON.parse(text)).toMatchObject({
        account: { email: 'ada@example.com', hasPassword: true },
        sessions: expect.arrayContaining([expect.objectContaining({ current: true })]),
        events: expect.arrayContaining([expect.objectContaining({ event: 'session.started' })]),
      })
    },
  )

  it.each([{ action: 'nothing' }, {}])('an unknown form (%j) is 400', async (form) => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    expect((await post(world, '/auth/account/sessions', cookies, form)).status).toBe(400)
  })
})

describe('what is asked of the session', () => {
  it('to take the data along, that it is fresh: pages confirm the password first, programs get the challenge of RFC 9470', async () => {
    const world = createWorld()
    const cookies = await signInAs(world, 'ada@example.com')
    world.clock.now += 16 * 60_000
    for (const [path, to] of [
      ['/auth/account/data.json', '/auth/account/data'],
      ['/auth/account/data', '/auth/reauth?next=%2Fauth%2Faccount%2Fdata'],
    ] as const) {
      const page = await world.fetch(path, { headers: NAVIGATION, cookies })
      expect([page.status, page.headers.get('location')]).toEqual([303, to])
    }
    const answer = await api(world, 'GET', '/auth/api/account/data', cookies)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="app.example", error="insufficient_user_authentication", max_age=900',
    ])
    expect(await answer.json()).toMatchObject({
      code: 'insufficient_user_authentication',
      login_url: `${SITE}/auth/reauth`,
    })
    const confirmed = await post(world, '/auth/reauth', cookies, {
      password: PASSWORD,
      next: '/auth/account/data',
    })
    expect(confirmed.headers.get('location')).toBe('/auth/account/data')
    const page = await world.fetch('/auth/account/data', {
      headers: NAVIGATION,
      cookies: cookies.take(confirmed),
    })
    expect(page.status).toBe(200)
  })

  it('P12: that it stands now, whatever this isolate has not heard of yet', async () => {
    const [here, elsewhere] = [createWorld(), createWorld()]
    const [victim, owner] = [
      await signInAs(here, 'ada@example.com'),
      await signInAs(elsewhere, 'ada@example.com'),
    ]
    expect(await open(here, victim)).toBe(200)
    const ids = (await listed(elsewhere, owner)).filter(({ current }) => !current)
    expect((await api(elsewhere, 'DELETE', '/auth/api/sessions', owner)).status).toBe(204)
    expect(ids.length).toBeGreaterThan(0)
    // The isolate that knew the session still serves pages on it for some seconds; it changes nothing for it.
    expect(await open(here, victim)).toBe(200)
    const attempts = await Promise.all([
      api(here, 'POST', '/auth/api/account', victim, { name: 'Mallory' }),
      api(here, 'DELETE', '/auth/api/sessions', victim),
      api(here, 'GET', '/auth/api/account/data', victim),
      api(here, 'GET', '/auth/api/sessions', victim),
    ])
    expect(attempts.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(await open(elsewhere, owner)).toBe(200)
  })
})

function hrefsOf(tags: readonly Tag[]): readonly string[] {
  return tags.map(({ attributes }) => attributes.href ?? '')
}
