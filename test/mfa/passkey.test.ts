import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { fromBase64Url } from '../../src/lib/encoding.ts'
import {
  type Authenticator,
  BE,
  BS,
  type CreationOptions,
  createAuthenticator,
  UP,
  UV,
} from '../support/authenticator.ts'
import { codeOfProblem, enrolApp, formPost, givePassword, post } from '../support/second-factor.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  NAVIGATION,
  SITE,
  signInAs,
  type World,
} from '../support/world.ts'

const CONFIG = {
  ...BASE_CONFIG,
  rules: [
    { path: '/strong', access: 'user', mfa: true },
    { path: '/recent', access: 'user', mfa: '1h' },
    ...BASE_CONFIG.rules,
  ],
} satisfies Config

const HOUR_MS = 3_600_000
let world: World
let email: string
let owner: Jar

beforeEach(async () => {
  world = createWorld(CONFIG)
  email = `ada-${crypto.randomUUID()}@example.com`
  await addUser({ email })
  owner = await signInAs(world, email)
})

async function options<T>(path: string, cookies: Jar): Promise<T> {
  const response = await world.fetch(path, post({}, cookies))
  cookies.take(response)
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  return (await response.json()) as T
}

async function enrol(device: Authenticator, cookies = owner, name = 'Laptop'): Promise<Response> {
  const asked = await options<CreationOptions>('/auth/api/factors/passkey/options', cookies)
  const credential = await device.create(asked)
  const response = await world.fetch('/auth/api/factors/passkey', post({ credential, name }, cookies))
  cookies.take(response)
  return response
}

type Lie = Parameters<Authenticator['get']>[1]

async function signInBy(device: Authenticator, cookies = new Jar(), lie: Lie = {}): Promise<Response> {
  const asked = await options<{ challenge: string; rpId: string }>('/auth/api/passkey/options', cookies)
  const credential = await device.get(asked, lie)
  const response = await world.fetch('/auth/api/passkey', post({ credential }, cookies))
  cookies.take(response)
  return response
}

async function sessionOf(cookies: Jar): Promise<{ authenticated: boolean; session?: object; user?: object }> {
  return await (await world.fetch('/auth/api/session', { cookies })).json()
}

describe('P8: a passkey as the only thing that is shown', () => {
  it.each([-7, -8, -257])('signs in without a name, as two factors (algorithm %i)', async (algorithm) => {
    const device = await createAuthenticator(SITE, { algorithm })
    const added = await enrol(device)
    expect(added.status).toBe(201)
    expect(((await added.json()) as { recoveryCodes: string[] }).recoveryCodes).toHaveLength(10)
    const cookies = new Jar()
    const response = await signInBy(device, cookies)
    expect(response.status).toBe(200)
    expect(await sessionOf(cookies)).toMatchObject({
      user: { email },
      session: { mfa: true, fresh: true, methods: ['swk', 'user', 'mfa'] },
    })
    expect((await world.fetch('/strong', { cookies })).status).toBe(200)
  })

  it('is asked for by the sign-in page itself, with a challenge that the form brings back', async () => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    const cookies = new Jar()
    const page = await world.fetch('/auth/login?next=/x', { cookies, headers: NAVIGATION })
    cookies.take(page)
    const html = await page.text()
    expect(html).toContain('autocomplete="username webauthn"')
    expect(page.headers.get('content-security-policy')).toContain(
      `script-src ${SITE}/auth/assets/passkey.js;`,
    )
    const asked = JSON.parse(/data-options="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '')
    const credential = JSON.stringify(await device.get(asked))
    const done = await world.fetch(
      '/auth/passkey',
      formPost({ credential, next: '/x', remember: '1' }, cookies),
    )
    expect([done.status, done.headers.get('location')]).toEqual([303, '/x'])
    expect((await world.fetch('/x', { cookies: cookies.take(done) })).status).toBe(200)
    expect(cookies.cookies.has('__Host-edgegate-remember')).toBe(true)
  })

  it('one that is bound to its device says so', async () => {
    const device = await createAuthenticator(SITE, { flags: UP | UV, counts: true })
    await enrol(device)
    const cookies = new Jar()
    expect((await signInBy(device, cookies)).status).toBe(200)
    expect(await sessionOf(cookies)).toMatchObject({ session: { methods: ['hwk', 'user', 'mfa'] } })
  })

  it('without a check of its owner it is one factor, and not enough', async () => {
    const device = await createAuthenticator(SITE, { flags: UP })
    expect((await enrol(device)).status).toBe(201)
    expect((await signInBy(device)).status).toBe(401)
  })

  it('a disabled account stays out, and the answer is that of an unknown passkey (P17)', async () => {
    const [device, stranger] = [await createAuthenticator(SITE), await createAuthenticator(SITE)]
    await enrol(device)
    const { env } = await import('cloudflare:workers')
    await env.DB.prepare('UPDATE user SET disabled_at = 1 WHERE email = ?1').bind(email).run()
    const known = await signInBy(device)
    const unknown = await signInBy(stranger, new Jar(), { userHandle: null })
    expect([known.status, unknown.status]).toEqual([401, 401])
    const body = async (response: Response) => ({ ...((await response.json()) as object), request_id: '' })
    expect(await body(known)).toEqual(await body(unknown))
  })
})

describe('P25: a challenge is answered once, by whom it was made for', () => {
  it('of fifty that answer one at once, one gets a session', async () => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    const cookies = new Jar()
    const asked = await options<{ challenge: string; rpId: string }>('/auth/api/passkey/options', cookies)
    const credential = await device.get(asked)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        world.fetch('/auth/api/passkey', post({ credential }, cookies.copy())),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('another browser’s, an old one, or one made for something else is nothing', async () => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    const cookies = new Jar()
    const asked = await options<{ challenge: string; rpId: string }>('/auth/api/passkey/options', cookies)
    const send = async (challenge: string, jar: Jar) =>
      (
        await world.fetch(
          '/auth/api/passkey',
          post({ credential: await device.get({ ...asked, challenge }) }, jar),
        )
      ).status
    expect(await send(asked.challenge, new Jar())).toBe(401)
    const other = new Jar()
    await options('/auth/api/passkey/options', other)
    expect(await send(asked.challenge, other)).toBe(401)
    const enrolling = await options<CreationOptions>('/auth/api/factors/passkey/options', owner)
    expect(await send(enrolling.challenge, cookies)).toBe(401)
    for (const forged of [
      '',
      'A',
      asked.challenge.slice(1),
      `${asked.challenge}A`,
      asked.challenge.replace(/^../, 'zz'),
    ])
      expect(await send(forged, cookies)).toBe(401)
    world.clock.now += 600_000
    expect(await send(asked.challenge, cookies)).toBe(401)
  })

  it('a challenge of one sign-in that waits is nothing to another', async () => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    const [mine, other] = [new Jar(), new Jar()]
    await givePassword(world, email, mine)
    await givePassword(world, email, other)
    const asked = await options<{ challenge: string; rpId: string }>('/auth/api/mfa/passkey-options', mine)
    const body = { way: 'passkey', credential: await device.get(asked) }
    expect((await world.fetch('/auth/api/mfa', post(body, other))).status).toBe(401)
    expect((await world.fetch('/auth/api/mfa', post(body, mine))).status).toBe(200)
  })
})

describe('P9: what is not signed for here and now is refused', () => {
  const flip = (signature: Uint8Array) => {
    const copy = new Uint8Array(signature)
    copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1
    return copy
  }
  const lies: [string, Lie][] = [
    ['another page', { origin: 'https://evil.example' }],
    ['another page that looks like it', { origin: `${SITE}.evil.example` }],
    ['a frame of another site', { crossOrigin: true }],
    ['another domain', { rpId: 'evil.example' }],
    ['the making of a passkey', { type: 'webauthn.create' }],
    ['nobody there', { flags: UV | BE | BS }],
    ['a copy of what cannot be copied', { flags: UP | UV | BS }],
    ['another kind of passkey', { flags: UP | UV }],
    ['another account', { userHandle: 'dXNlcl94' }],
    ['a changed signature', { spoil: flip }],
    ['no signature', { spoil: () => new Uint8Array([0x30, 0x00]) }],
    ['a longer signature', { spoil: (signature) => new Uint8Array([...signature, 0]) }],
    ['zeros', { spoil: () => new Uint8Array([0x30, 6, 2, 1, 0, 2, 1, 0]) }],
  ]
  it.each(lies)('%s', async (_name, lie) => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    expect((await signInBy(device, new Jar(), lie)).status).toBe(401)
    expect((await signInBy(device)).status).toBe(200)
  })

  it('a counter that does not move on: the passkey was copied', async () => {
    const device = await createAuthenticator(SITE, { flags: UP | UV, counts: true })
    await enrol(device)
    expect((await signInBy(device)).status).toBe(200)
    expect((await signInBy(device, new Jar(), { counter: 1 })).status).toBe(401)
    expect((await signInBy(device, new Jar(), { counter: 0 })).status).toBe(401)
    expect((await signInBy(device)).status).toBe(200)
  })

  it.each<[string, Lie]>([
    ['another page', { origin: 'https://evil.example' }],
    ['another domain', { rpId: 'evil.example' }],
    ['the use of one', { type: 'webauthn.get' }],
    ['nobody there', { flags: UV }],
    ['another id', { credentialId: 'AAAA' }],
  ])('a new one made for %s is not added', async (_name, lie) => {
    const device = await createAuthenticator(SITE)
    const asked = await options<CreationOptions>('/auth/api/factors/passkey/options', owner)
    const credential = await device.create(asked, lie)
    const response = await world.fetch('/auth/api/factors/passkey', post({ credential, name: 'x' }, owner))
    expect(await codeOfProblem(response)).toBe('wrong_second_factor')
  })

  it('agrees with another implementation', async () => {
    const device = await createAuthenticator(SITE)
    const asked = await options<CreationOptions>('/auth/api/factors/passkey/options', owner)
    const made = (await device.create(asked)) as { response: { publicKey: string } }
    const spki = fromBase64Url(made.response.publicKey) ?? new Uint8Array()
    const [x, y] = [spki.slice(-64, -32), spki.slice(-32)]
    // COSE (RFC 9053 section 7.1): kty EC2, alg ES256, crv P-256, x, y.
    const cose = new Uint8Array([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32, ...x, 0x22, 0x58, 32, ...y])
    const challenge = 'c29tZXRoaW5n'
    const verify = async (lie: Lie) =>
      await verifyAuthenticationResponse({
        response: (await device.get({ challenge, rpId: 'app.example' }, lie)) as never,
        expectedChallenge: challenge,
        expectedOrigin: SITE,
        expectedRPID: 'app.example',
        credential: { id: device.id, publicKey: cose, counter: 0 },
      }).then(
        ({ verified }) => verified,
        () => false,
      )
    expect(await verify({})).toBe(true)
    expect(await verify({ origin: 'https://evil.example' })).toBe(false)
    expect(await verify({ spoil: flip })).toBe(false)
  })
})

describe('as a second factor', () => {
  it('finishes what the password began, also without a check of its owner', async () => {
    const device = await createAuthenticator(SITE, { flags: UP, counts: true })
    await enrol(device)
    const cookies = new Jar()
    const first = await givePassword(world, email, cookies)
    expect(await first.json()).toMatchObject({ ways: ['passkey', 'recovery'] })
    const asked = await options<{ challenge: string; rpId: string; allowCredentials: { id: string }[] }>(
      '/auth/api/mfa/passkey-options',
      cookies,
    )
    expect(asked.allowCredentials.map(({ id }) => id)).toEqual([device.id])
    const body = { way: 'passkey', credential: await device.get(asked) }
    const done = await world.fetch('/auth/api/mfa', post(body, cookies))
    cookies.take(done)
    expect(await sessionOf(cookies)).toMatchObject({ session: { methods: ['pwd', 'hwk', 'user', 'mfa'] } })
  })

  it('P8: somebody else’s is none', async () => {
    const [device, evil] = [await createAuthenticator(SITE), await createAuthenticator(SITE)]
    await enrol(device)
    const other = `eve-${crypto.randomUUID()}@example.com`
    await addUser({ email: other })
    await enrol(evil, await signInAs(world, other))
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const asked = await options<{ challenge: string; rpId: string }>('/auth/api/mfa/passkey-options', cookies)
    const body = { way: 'passkey', credential: await evil.get(asked) }
    expect(await codeOfProblem(await world.fetch('/auth/api/mfa', post(body, cookies)))).toBe(
      'wrong_second_factor',
    )
  })

  it('step-up by one makes the session fresh as well', async () => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    world.clock.now += 2 * HOUR_MS
    expect((await world.fetch('/recent', { cookies: owner })).status).toBe(401)
    const asked = await options<{ challenge: string; rpId: string }>('/auth/api/mfa/passkey-options', owner)
    const body = { way: 'passkey', credential: await device.get(asked) }
    owner.take(await world.fetch('/auth/api/mfa', post(body, owner)))
    expect((await world.fetch('/recent', { cookies: owner })).status).toBe(200)
    expect((await world.fetch('/fresh/x', { cookies: owner })).status).toBe(200)
  })

  it('the page asks for it, and offers the other ways', async () => {
    await enrol(await createAuthenticator(SITE))
    await enrolApp(world, owner)
    const cookies = new Jar()
    await givePassword(world, email, cookies)
    const page = await (await world.fetch('/auth/mfa', { cookies, headers: NAVIGATION })).text()
    expect(page).toContain('data-passkey="get"')
    for (const way of ['totp', 'recovery']) expect(page).toContain(`/auth/mfa?way=${way}`)
    const refused = await world.fetch('/auth/mfa', formPost({ way: 'passkey', credential: '{}' }, cookies))
    expect(refused.status).toBe(400)
  })
})

describe('several of them', () => {
  it('are listed by name, and each is taken off alone', async () => {
    const [laptop, phone] = [await createAuthenticator(SITE), await createAuthenticator(SITE)]
    await enrol(laptop, owner, 'Laptop')
    expect(await (await enrol(phone, owner, 'Phone')).json()).toEqual({})
    const list = async () =>
      (
        (await (await world.fetch('/auth/api/factors', { cookies: owner })).json()) as {
          factors: { id: string; name: string }[]
        }
      ).factors
    const [first] = (await list()).filter(({ name }) => name === 'Laptop')
    const gone = await world.fetch(`/auth/api/factors/${first?.id}`, { method: 'DELETE', cookies: owner })
    expect(gone.status).toBe(204)
    expect((await list()).map(({ name }) => name)).toEqual(['Phone'])
    expect((await signInBy(laptop)).status).toBe(401)
    expect((await signInBy(phone)).status).toBe(200)
  })

  it('one passkey is one account’s: it is not added to another', async () => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    const other = `eve-${crypto.randomUUID()}@example.com`
    await addUser({ email: other })
    expect((await enrol(device, await signInAs(world, other))).status).toBe(401)
  })

  it('the browser is told which this device has already', async () => {
    const device = await createAuthenticator(SITE)
    await enrol(device)
    const asked = await options<CreationOptions & { excludeCredentials: { id: string }[] }>(
      '/auth/api/factors/passkey/options',
      owner,
    )
    expect(asked.excludeCredentials.map(({ id }) => id)).toEqual([device.id])
  })
})

describe('P2: whatever is sent as a passkey is answered below 500', () => {
  it.each([
    {},
    { credential: null },
    { credential: { id: 'A', type: 'public-key', response: {} } },
    {
      credential: {
        id: 'AAAA',
        type: 'public-key',
        response: { clientDataJSON: 'bnVsbA', authenticatorData: 'AAAA', signature: 'AAAA' },
      },
    },
    {
      credential: {
        id: 'A'.repeat(5000),
        type: 'public-key',
        response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
      },
    },
  ])('%j', async (body) => {
    const cookies = new Jar()
    await options('/auth/api/passkey/options', cookies)
    expect([400, 401]).toContain((await world.fetch('/auth/api/passkey', post(body, cookies))).status)
    const credential = JSON.stringify('credential' in body ? body.credential : '')
    const page = await world.fetch('/auth/passkey', formPost({ credential }, cookies))
    expect(page.headers.get('location')).toContain('/auth/login?news=passkey_refused')
  })
})

describe('several sites', () => {
  const site = (url: string) => ({ site: { name: 'Example', url }, origin: { service: 'ORIGIN' } })
  const several = {
    sites: [site('https://app.example'), site('https://shop.example')],
    mfa: { passkeyDomain: 'app.example' },
  } satisfies Config

  it('share passkeys of one domain, which names the others', async () => {
    const shared = createWorld(several, {}, { clock: world.clock })
    const told = await shared.fetch('https://app.example/.well-known/webauthn')
    expect(await told.json()).toEqual({ origins: ['https://shop.example'] })
    expect(told.headers.get('content-type')).toBe('application/json')
    expect((await shared.fetch('https://shop.example/.well-known/webauthn')).status).toBe(401)
    const asked = await shared.fetch('https://shop.example/auth/api/passkey/options', post({}, new Jar()))
    expect(await asked.json()).toMatchObject({ rpId: 'app.example' })
  })

  it('P14: without one each has its own, and nothing is public', async () => {
    const { mfa, ...apart } = several
    const separate = createWorld(apart)
    expect((await separate.fetch('https://app.example/.well-known/webauthn')).status).toBe(401)
    const asked = await separate.fetch('https://shop.example/auth/api/passkey/options', post({}, new Jar()))
    expect(await asked.json()).toMatchObject({ rpId: 'shop.example' })
  })

  it('a domain that is none of theirs is refused', async () => {
    const wrong = createWorld({ ...several, mfa: { passkeyDomain: 'acme.example' } })
    expect((await wrong.fetch('/')).status).toBe(500)
  })
})
