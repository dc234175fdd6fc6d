import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  NAVIGATION,
  PASSWORD,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const WITH_TURNSTILE = { ...WITH_MAIL, turnstile: { siteKey: '0x4AAA' } }
const SECRET = { TURNSTILE_SECRET: 'the-secret\n' }
const TOKENS: Readonly<Record<string, object>> = {
  'good-login': { success: true, hostname: 'app.example', action: 'login' },
  'good-register': { success: true, hostname: 'app.example', action: 'register' },
  'good-forgot': { success: true, hostname: 'app.example', action: 'forgot' },
  used: { success: false, 'error-codes': ['timeout-or-duplicate'] },
}

let asked: Record<string, string>[] = []
let email: string

beforeEach(async () => {
  asked = []
  email = `${randomText(8).toLowerCase().replaceAll(/[_-]/g, '0')}@app.example`
  await addUser({ email })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    expect(url).toBe('https://challenges.cloudflare.com/turnstile/v0/siteverify')
    const body = JSON.parse(String(init?.body)) as Record<string, string>
    asked.push(body)
    return Response.json(TOKENS[body.response ?? ''] ?? { success: false, 'error-codes': ['internal-error'] })
  })
})
afterEach(() => void vi.restoreAllMocks())

const FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  ...NAVIGATION,
  origin: 'https://app.example',
}

function post(world: World, path: string, fields: Record<string, string>): Promise<Response> {
  return world.fetch(path, {
    method: 'POST',
    headers: { ...FORM, 'cf-connecting-ip': '192.0.2.7' },
    body: new URLSearchParams(fields).toString(),
    cf: { asn: 1 },
  } as RequestInit)
}
const signIn = (world: World, token: string | null) =>
  post(world, '/auth/login', {
    identifier: email,
    password: PASSWORD,
    ...(token === null ? {} : { 'cf-turnstile-response': token }),
  })

/** The hosts that a policy lets in besides our own. */
const foreign = (policy: string) =>
  policy.match(/https?:\/\/[^\s;]+/g)?.filter((source) => !source.startsWith('https://app.example/')) ?? []

describe('the sign-in page', () => {
  it('shows the widget, and lets its scripts in and nobody else’s', async () => {
    const page = await createWorld(WITH_TURNSTILE, SECRET as never).fetch('/auth/login', {
      headers: NAVIGATION,
    })
    const html = await page.text()
    expect(html).toContain('data-sitekey="0x4AAA" data-action="login" data-language="en"')
    expect(html).toContain(
      '<script src="https://challenges.cloudflare.com/turnstile/v0/api.js" async="" defer="">',
    )
    expect(html).toMatch(/<noscript>.*needs JavaScript.*<\/noscript>/)
    const policy = page.headers.get('content-security-policy')?.split('; ') ?? []
    const scripts = policy.find((directive) => directive.startsWith('script-src ')) ?? ''
    expect(foreign(scripts)).toEqual(['https://challenges.cloudflare.com'])
    expect(policy).toContain('frame-src https://challenges.cloudflare.com')
    expect(policy).toContain("default-src 'none'")
  })

  it('has no script of another host and lets none in where nobody asked for it', async () => {
    for (const config of [
      BASE_CONFIG,
      { ...BASE_CONFIG, turnstile: { siteKey: 'x', on: ['register'] as 'register'[] } },
    ]) {
      const page = await createWorld(config, SECRET as never).fetch('/auth/login', { headers: NAVIGATION })
      const policy = page.headers.get('content-security-policy') ?? ''
      expect(foreign(policy)).toEqual([])
      expect(policy).not.toContain('frame-src')
      expect(await page.text()).not.toMatch(/turnstile|challenges\.cloudflare/)
    }
  })

  it('takes who passed, and tells Cloudflare the address', async () => {
    const world = createWorld(WITH_TURNSTILE, SECRET as never)
    expect((await signIn(world, 'good-login')).status).toBe(303)
    expect(asked).toEqual([{ secret: 'the-secret', response: 'good-login', remoteip: '192.0.2.7' }])
  })

  it.each([
    ['without an answer of the widget', null, 403, 'was not passed'],
    ['with one of another form', 'good-forgot', 403, 'was not passed'],
    ['with a used one', 'used', 403, 'was not passed'],
    ['while the service is away', 'anything', 503, 'possible at the moment'],
  ])('P14: does not look at a password %s', async (_how, token, status, words) => {
    const world = createWorld(WITH_TURNSTILE, SECRET as never)
    world.resetCounts()
    const page = await signIn(world, token)
    expect(page.status).toBe(status)
    expect(page.headers.getSetCookie().join()).not.toMatch(/edgegate=|-remember=|-device=/)
    expect(world.d1.statements).toBe(0)
    const html = await page.text()
    expect(html).toContain(words)
    expect(html).toContain(`value="${email}"`)
    expect(html).toContain('cf-turnstile')
  })

  it('P17: knows an account as little as any before the check is passed', async () => {
    const world = createWorld(WITH_TURNSTILE, SECRET as never)
    const strange = await post(world, '/auth/login', { identifier: 'nobody@app.example', password: 'x' })
    const known = await post(world, '/auth/login', { identifier: email, password: 'x' })
    expect(strange.status).toBe(known.status)
    // The challenge for a passkey is another each time.
    const anonymous = (html: string) => html.replaceAll(/[\w.-]+@app\.example|[\w-]{40,}/g, '')
    expect(anonymous(await strange.text())).toBe(anonymous(await known.text()))
  })
})

describe('the sign-in API', () => {
  const api = (world: World, more: object) =>
    world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: email, password: PASSWORD, ...more }),
    })

  it('asks for the same', async () => {
    const world = createWorld(WITH_TURNSTILE, SECRET as never)
    for (const [more, status, code] of [
      [{}, 403, 'human_check_failed'],
      [{ 'cf-turnstile-response': 'used' }, 403, 'human_check_failed'],
      [{ 'cf-turnstile-response': 'x' }, 503, 'human_check_unavailable'],
    ] as const) {
      const answer = await api(world, more)
      expect(answer.status).toBe(status)
      expect(await answer.json()).toMatchObject({ code })
    }
    expect((await api(world, { 'cf-turnstile-response': 'good-login' })).status).toBe(200)
  })

  it('asks nobody where it is off', async () => {
    expect((await api(createWorld(BASE_CONFIG), {})).status).toBe(200)
    expect(asked).toEqual([])
  })
})

it('a forgotten password asks for it, and mails nobody before', async () => {
  const world = createWorld(WITH_TURNSTILE, SECRET as never)
  const page = await world.fetch('/auth/forgot', { headers: NAVIGATION })
  expect(await page.text()).toContain('data-action="forgot"')
  for (const token of ['used', 'good-login', '']) {
    const refused = await post(world, '/auth/forgot', { identifier: email, 'cf-turnstile-response': token })
    expect(refused.status).toBe(403)
  }
  expect(world.mails).toEqual([])
  const taken = await post(world, '/auth/forgot', {
    identifier: email,
    'cf-turnstile-response': 'good-forgot',
  })
  expect(taken.status).toBe(303)
  expect(world.mails).toHaveLength(1)
})

it.each([
  ['/auth/register', 'register', { email: 'new@reader.example', password: 'nine quiet herons over water' }],
  ['/auth/link', 'login', { identifier: 'EMAIL' }],
] as const)('%s asks for it, and mails nobody before', async (path, form, fields) => {
  const world = createWorld(
    { ...WITH_TURNSTILE, registration: { mode: 'open' }, login: { link: true } } as never,
    SECRET as never,
  )
  const page = await world.fetch(path, { headers: NAVIGATION })
  expect(await page.text()).toContain(`data-action="${form}"`)
  expect(page.headers.get('content-security-policy')).toContain(
    'script-src https://challenges.cloudflare.com',
  )
  const send = (token: string) =>
    post(world, path, {
      ...fields,
      ...('identifier' in fields ? { identifier: email } : {}),
      'cf-turnstile-response': token,
    })
  for (const token of ['used', 'good-forgot', '']) expect((await send(token)).status).toBe(403)
  expect(world.mails).toEqual([])
  expect((await send(`good-${form}`)).status).toBe(303)
  expect(world.mails).toHaveLength(1)
})

it('P14: without the secret nothing is served', async () => {
  const world = createWorld(WITH_TURNSTILE)
  expect((await world.fetch('/public/x')).status).toBe(500)
  expect(JSON.stringify(world.logs)).toContain('TURNSTILE_SECRET')
})

it('is off in development, where there may be no internet, unless a service is named', async () => {
  const DEV = 'http://localhost:8787'
  const page = async (more: object) =>
    (
      await createWorld(WITH_TURNSTILE, { EDGEGATE_DEV: DEV, ...SECRET, ...more }).fetch(`${DEV}/auth/login`)
    ).text()
  expect(await page({})).not.toContain('turnstile')
  expect(await page({ EDGEGATE_TURNSTILE: 'http://127.0.0.1:9' })).toContain(
    'http://127.0.0.1:9/turnstile/v0/api.js',
  )
})

it('its address cannot be changed outside development', async () => {
  const world = createWorld(WITH_TURNSTILE, {
    ...SECRET,
    EDGEGATE_TURNSTILE: 'https://evil.example',
  } as never)
  expect(await (await world.fetch('/auth/login')).text()).toContain('https://challenges.cloudflare.com/')
})
