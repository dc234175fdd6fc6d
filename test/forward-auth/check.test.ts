import { beforeAll, describe, expect, it } from 'vitest'
import { addUser, createWorld, Jar, NAVIGATION, PASSWORD, SITE, signInAs } from '../support/world.ts'
import { ask, CONFIG, createProxiedWorld, HOST, PROOF, passOn, signInThrough } from './support.ts'

const ADA = 'ada@check.example'
const ROOT = 'root@check.example'
const IDENTITY = [
  'remote-user',
  'remote-email',
  'remote-name',
  'remote-groups',
  'remote-sub',
  'x-auth-assertion',
]

beforeAll(async () => {
  await addUser({ email: ADA, name: 'Ada Lovelace', roles: ['staff'] })
  await addUser({ email: ROOT, roles: ['admin'] })
})

const isAllowed = (response: Response) =>
  response.ok && response.headers.get('x-edgegate-decision') === 'allow'

describe('who may ask', () => {
  it('P4: without proof what the headers say counts for nothing', async () => {
    const world = createWorld({ ...CONFIG, origin: { service: 'ORIGIN' } }, { EDGEGATE_CHECK_SECRET: PROOF })
    for (const proof of [
      null,
      '',
      'x',
      `${PROOF}x`,
      PROOF.slice(1),
      PROOF.toUpperCase(),
      `${PROOF}, ${PROOF}`,
    ]) {
      const response = await ask(world, '', { target: '/public/x', proof })
      expect(isAllowed(response)).toBe(false)
      expect(response.status).toBe(421)
      const onSite = await world.fetch(`https://${HOST}/auth/check`, {
        headers: {
          ...(proof === null ? {} : { 'x-edgegate-check': proof }),
          'x-forwarded-method': 'GET',
          'x-forwarded-host': HOST,
          'x-forwarded-uri': '/public/x',
        },
      })
      expect(onSite.status).toBe(403)
      expect(await onSite.json()).toMatchObject({ code: 'caller_not_proven' })
      expect(onSite.headers.get('x-edgegate-decision')).toBeNull()
    }
    expect(world.seen).toEqual([])
  })

  it('P14: nobody may ask where no secret is set, not even with an empty one', async () => {
    const world = createWorld(CONFIG)
    for (const proof of [null, '', 'undefined', PROOF]) {
      const response = await ask(world, '', { target: '/public/x', proof })
      expect(response.status).toBe(421)
    }
  })

  it('takes the secret that is being rotated out as well', async () => {
    const next = 'another-check-secret-that-is-long-enough-55e1'
    const world = createProxiedWorld(CONFIG, { EDGEGATE_CHECK_SECRET: `${next},${PROOF}` })
    for (const proof of [next, PROOF])
      expect(isAllowed(await ask(world, '', { target: '/public/x', proof }))).toBe(true)
  })

  it.each([
    ['short', 'is too short'],
    ['change-me-change-me-change-me-change-me', 'is a placeholder'],
    ['test-secret-of-more-than-thirty-two-bytes-0123456789', 'must not be EDGEGATE_SECRET'],
  ])('refuses to run with %s as the secret', async (secret, message) => {
    const world = createProxiedWorld(CONFIG, { EDGEGATE_CHECK_SECRET: secret })
    expect((await ask(world, '', { proof: secret })).status).toBe(500)
    expect(JSON.stringify(world.logs)).toContain(message)
    expect(JSON.stringify(world.logs)).not.toContain(`"${secret}"`)
  })

  it('P22: neither secret nor cookie is written to the log', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    await ask(world, '', { target: '/admin/x', cookies: jar })
    await ask(world, '', { target: '/admin/x', host: 'nobody.example' })
    const lines = JSON.stringify(world.logs)
    expect(lines).not.toContain(PROOF)
    for (const value of jar.cookies.values()) expect(lines).not.toContain(value)
  })
})

describe('what is decided', () => {
  it('lets an anonymous visitor onto a public path, and says nothing of anybody', async () => {
    const response = await ask(createProxiedWorld(), '', { target: '/public/x?a=b' })
    expect(response.status).toBe(200)
    expect(isAllowed(response)).toBe(true)
    for (const name of IDENTITY) expect(response.headers.get(name), name).toBe('')
    expect(response.headers.get('cache-control')).toContain('no-store')
  })

  it('sends an anonymous navigation to the login page, with the way back', async () => {
    const response = await ask(createProxiedWorld(), '', { target: '/wiki/a?b=c', headers: NAVIGATION })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/auth/login?next=%2Fwiki%2Fa%3Fb%3Dc')
    expect(isAllowed(response)).toBe(false)
  })

  it('tells who sent a form that it is lost: the body stays with the proxy, and an empty one is not kept', async () => {
    const world = createProxiedWorld()
    const response = await ask(world, '', {
      target: '/wiki/save',
      method: 'POST',
      headers: {
        ...NAVIGATION,
        origin: `https://${HOST}`,
        referer: `https://${HOST}/wiki/edit`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
    expect(response.headers.get('location')).toBe('/auth/login?next=%2Fwiki%2Fedit&post=lost')
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('answers a script with 401 and the address of the login page on its own host', async () => {
    const response = await ask(createProxiedWorld(), '', { target: '/api/x' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(`Bearer realm="${HOST}"`)
    expect(await response.json()).toMatchObject({
      code: 'not_authenticated',
      login_url: `https://${HOST}/auth/login`,
    })
  })

  it('names who is signed in, with an assertion for the site', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    const response = await ask(world, '', { target: '/wiki', cookies: jar })
    expect(isAllowed(response)).toBe(true)
    expect(response.headers.get('remote-user')).toBe(ADA)
    expect(response.headers.get('remote-groups')).toBe('staff')
    const [, body = ''] = (response.headers.get('x-auth-assertion') ?? '').split('.')
    expect(JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/')))).toMatchObject({
      iss: `https://${HOST}`,
      aud: `https://${HOST}`,
      email: ADA,
    })
  })

  it('refuses who lacks the role, and lets in who has it', async () => {
    const world = createProxiedWorld()
    const ada = await signInThrough(world, new Jar(), ADA, PASSWORD)
    const root = await signInThrough(world, new Jar(), ROOT, PASSWORD)
    const refused = await ask(world, '', { target: '/admin/x', cookies: ada })
    expect(refused.status).toBe(403)
    for (const name of IDENTITY) expect(refused.headers.get(name), name).toBeNull()
    expect(isAllowed(await ask(world, '', { target: '/admin/x', cookies: root }))).toBe(true)
  })

  it('asks for a recent sign-in where the rule does', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    expect(isAllowed(await ask(world, '', { target: '/fresh/x', cookies: jar }))).toBe(true)
    world.clock.now += 16 * 60_000
    const response = await ask(world, '', { target: '/fresh/x', cookies: jar, headers: NAVIGATION })
    expect(response.headers.get('location')).toBe('/auth/reauth?next=%2Ffresh%2Fx')
  })

  it('decides by the method the visitor used, not by the one the proxy asks with', async () => {
    const world = createProxiedWorld({
      ...CONFIG,
      rules: [{ path: '/**', access: 'public', methods: ['GET'] }],
    })
    expect(isAllowed(await ask(world, '', { target: '/x' }))).toBe(true)
    expect(isAllowed(await ask(world, '', { target: '/x', method: 'POST' }))).toBe(false)
  })

  it.each(['get', 'CONNECT', 'TRACE', 'TRACK', 'GE T', '', 'GET,POST', 'X'.repeat(40)])(
    'P2: the method %j is refused, not tripped over',
    async (method) => {
      const response = await ask(createProxiedWorld(), '', { target: '/public/x', method })
      expect(response.status).toBe(400)
    },
  )

  it('P3: only a host of this configuration has an answer, however it is written', async () => {
    const world = createProxiedWorld()
    for (const host of [HOST, HOST.toUpperCase(), `${HOST}.`, `${HOST}:443`])
      expect(isAllowed(await ask(world, '', { target: '/public/x', host })), host).toBe(true)
    for (const host of [
      'evil.example',
      `${HOST}:8443`,
      `${HOST}/public?`,
      `${HOST}#`,
      `evil@${HOST}`,
      `${HOST}\\`,
      `${HOST}, ${HOST}`,
      `x.${HOST}`,
      `${HOST}%2f`,
      '[::1',
    ]) {
      const response = await ask(world, '', { target: '/public/x', host })
      expect(isAllowed(response), host).toBe(false)
      expect(response.status, host).toBe(421)
    }
  })

  it('P7: a site of https is not answered for plain http', async () => {
    const world = createProxiedWorld()
    const script = await ask(world, '', { target: '/public/x', scheme: 'http' })
    expect(script.status).toBe(403)
    expect(await script.json()).toMatchObject({ code: 'https_required' })
    const page = await ask(world, '', { target: '/public/x', scheme: 'http', headers: NAVIGATION })
    expect([page.status, page.headers.get('location')]).toEqual([308, `https://${HOST}/public/x`])
  })

  it('P14: while storage is away nobody passes', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    const other = createProxiedWorld(CONFIG, {}, { clock: world.clock })
    other.broken.kv = true
    other.broken.d1 = true
    const response = await ask(other, '', { target: '/wiki', cookies: jar })
    expect(response.status).toBe(503)
    expect(response.headers.get('x-edgegate-decision')).toBeNull()
  })

  it('P14: a hook that answers a refusal with 200 lets nobody pass', async () => {
    const world = createProxiedWorld({
      ...CONFIG,
      hooks: {
        onDenied: () => new Response('please sign in', { headers: { 'x-edgegate-decision': 'deny' } }),
      },
    })
    for (const dialect of ['', '/caddy', '/traefik']) {
      const response = await ask(world, dialect, { target: '/wiki' })
      expect(response.status).toBe(403)
      expect(await response.text()).toBe('please sign in')
    }
  })

  it('P12: who has signed out is nobody here too', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    const before = jar.copy()
    await passOn(world, '/auth/api/logout', { method: 'POST', cookies: jar })
    expect(isAllowed(await ask(world, '', { target: '/wiki', cookies: before }))).toBe(false)
  })
})

describe('what goes back', () => {
  it('P5: every name that the site may be told is there, empty where there is nothing to say', async () => {
    const world = createProxiedWorld({
      ...CONFIG,
      identity: { headers: ['remote-user', 'webauth', { 'X-Team': 'groups' }] },
    })
    const jar = await signInThrough(world, new Jar(), ROOT, PASSWORD)
    const response = await ask(world, '', { target: '/wiki', cookies: jar })
    const { headers } = response
    expect(headers.get('x-webauth-user')).toBe(ROOT)
    expect(headers.get('x-team')).toBe('admin')
    // Root has no name.
    for (const name of ['remote-name', 'x-webauth-name', 'x-webauth-fullname'])
      expect(headers.get(name), name).toBe('')
  })

  it('P19: hands back the visitor’s cookies without ours, so that the site never sees a session', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    jar.cookies.set('theme', 'dark')
    jar.cookies.set('cart', '1')
    const { headers } = await ask(world, '', {
      target: '/wiki',
      cookies: jar,
      headers: { authorization: 'Basic c2l0ZTpvd24=' },
    })
    expect(headers.get('cookie')).toBe('theme=dark; cart=1')
    expect(headers.get('authorization')).toBe('Basic c2l0ZTpvd24=')
  })

  it('P19: what the hook has used up is taken away', async () => {
    const world = createProxiedWorld({
      ...CONFIG,
      hooks: {
        identify: (request) =>
          request.headers.get('authorization') === 'Bearer ours'
            ? { id: 'robot', kind: 'service', usedAuthorization: true }
            : null,
      },
    })
    const { headers } = await ask(world, '', { target: '/wiki', headers: { authorization: 'Bearer ours' } })
    expect(headers.get('remote-sub')).toBe('robot')
    expect(headers.get('authorization')).toBe('')
  })

  it('P19: an access token says who it is, and the site never sees it, whatever the rule', async () => {
    const world = createProxiedWorld()
    const granted = await passOn(world, '/auth/api/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: ADA, password: PASSWORD }),
    })
    const { access_token } = (await granted.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}` }
    const page = await ask(world, '', { target: '/wiki', headers })
    expect([page.headers.get('remote-user'), page.headers.get('authorization')]).toEqual([ADA, ''])
    const open = await ask(world, '', { target: '/public/x', headers })
    expect([open.headers.get('remote-user'), open.headers.get('authorization')]).toEqual(['', ''])
    const wrong = await ask(world, '', {
      target: '/wiki',
      headers: { authorization: `Bearer ${access_token}x` },
    })
    expect(wrong.status).toBe(401)
  })

  it('P4: the hook sees the visitor’s request, and none of what the proxy adds', async () => {
    const seen: { url: string; method: string; names: string[] }[] = []
    const world = createProxiedWorld({
      ...CONFIG,
      hooks: {
        identify: ({ url, method, headers }) => {
          seen.push({ url, method, names: [...headers.keys()] })
          return null
        },
      },
    })
    await ask(world, '', { target: '/wiki?a=1', method: 'DELETE', headers: { 'x-thing': 'a' } })
    expect(seen).toMatchObject([{ url: `https://${HOST}/wiki?a=1`, method: 'DELETE' }])
    expect(seen[0]?.names).toContain('x-thing')
    expect(seen[0]?.names.filter((name) => /^x-(edgegate|forwarded|original)/.test(name))).toEqual([])
  })

  it('a session that remember-me restores is handed back, each cookie by itself', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD, true)
    jar.cookies.delete('__Host-edgegate')
    const response = await ask(world, '', { target: '/wiki', cookies: jar, headers: NAVIGATION })
    expect(isAllowed(response)).toBe(true)
    const set = response.headers.getSetCookie()
    expect(set.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-edgegate', '__Host-edgegate-remember'])
    expect([1, 2, 3].map((n) => response.headers.get(`x-edgegate-set-cookie-${n}`))).toEqual([...set, ''])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('P19: a visitor who is refused gets each cookie as a cookie, where no script can read it', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD, true)
    jar.cookies.delete('__Host-edgegate')
    const response = await ask(world, '', { target: '/admin/x', cookies: jar, headers: NAVIGATION })
    expect([response.status, response.headers.getSetCookie().length]).toEqual([403, 2])
    const names = [...response.headers.keys()].filter((name) => name.startsWith('x-edgegate'))
    expect(names).toEqual([])
  })

  it('a guest gets the session that the rule gives', async () => {
    const response = await ask(createProxiedWorld(), '', { target: '/cart/1', headers: NAVIGATION })
    expect(isAllowed(response)).toBe(true)
    expect(response.headers.get('remote-sub')).toMatch(/^guest_/)
    expect(response.headers.get('x-edgegate-set-cookie-1')).toContain('__Host-edgegate=')
  })

  it('works for a site that the gateway forwards as well', async () => {
    const world = createWorld(undefined, { EDGEGATE_CHECK_SECRET: PROOF })
    const jar = await signInAs(world, ADA)
    const response = await ask(world, '', { target: '/x', host: new URL(SITE).host, cookies: jar })
    expect(response.headers.get('remote-user')).toBe(ADA)
    expect(world.seen).toEqual([])
  })

  it('P4: session protection compares the visitor’s network as the proxy tells it, not the proxy’s', async () => {
    const world = createProxiedWorld({ ...CONFIG, session: { protection: 'strong' } })
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    expect(isAllowed(await ask(world, '', { target: '/x', cookies: jar }))).toBe(true)
    const chain = { target: '/x', cookies: jar, ip: '198.51.100.1, 203.0.113.7' }
    expect(isAllowed(await ask(world, '', chain))).toBe(true)
    const elsewhere = await ask(world, '', { target: '/x', cookies: jar, ip: '203.0.113.7, 198.51.100.1' })
    expect(isAllowed(elsewhere)).toBe(false)
  })
})
