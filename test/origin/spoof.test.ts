import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRESET_HEADERS } from '../../src/origin/presets.ts'
import { foldName } from '../../src/origin/protected-names.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  type Jar,
  NAVIGATION,
  SITE,
  signInAs,
  type World,
} from '../support/world.ts'
import { HARMLESS_NAMES, HOSTILE_NAMES, spellingOf } from './names.ts'

const CLIENT = 'written-by-the-client'
const ADA = {
  'remote-user': 'ada@site.example',
  'remote-email': 'ada@site.example',
  'remote-name': 'Ada',
  'remote-groups': 'staff',
  'remote-sub': 'user_ada',
} as const
/** Set by the gateway for everybody, with a value that the platform knows. */
const PLATFORM = [
  'x-forwarded-for',
  'x-real-ip',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-request-id',
  'upgrade',
]
const WATCHED = [
  ...new Set([...PRESET_HEADERS, ...Object.values(HOSTILE_NAMES).flat(), 'X-Auth-Assertion'].map(foldName)),
]

async function worldWithAda(): Promise<{ world: World; ada: Jar }> {
  const world = createWorld({
    ...BASE_CONFIG,
    rules: [...BASE_CONFIG.rules, { path: '/flight/**', access: 'user', preflight: 'pass' }],
  })
  await addUser({ id: 'user_ada', email: 'ada@site.example', name: 'Ada', roles: ['staff'] })
  return { world, ada: await signInAs(world, 'ada@site.example') }
}

/** The last request that reached the origin: by folded name all values that a client may have had a hand in. */
function received(world: World): ReadonlyMap<string, readonly string[]> {
  const read = new Map<string, string[]>()
  for (const [name, value] of world.seen.at(-1)?.headers ?? []) {
    read.set(foldName(name), [...(read.get(foldName(name)) ?? []), value])
  }
  return read
}

function expectOnly(world: World, identity: Readonly<Record<string, string>>): void {
  const read = received(world)
  for (const name of WATCHED) {
    const values = read.get(name) ?? []
    expect(values.join('|'), name).not.toContain(CLIENT)
    expect(values.length, name).toBeLessThanOrEqual(1)
    if (PLATFORM.includes(name) || (name === 'x-auth-assertion' && 'remote-user' in identity)) continue
    expect(values, name).toEqual(identity[name] === undefined ? [] : [identity[name]])
  }
}

const hostile = fc
  .constantFrom(...Object.values(HOSTILE_NAMES).flat())
  .filter((name) => !/^(?:Host|Transfer-Encoding|Upgrade)$/i.test(name))
  .chain(spellingOf)
  .map((name) => [name, CLIENT] as [string, string])
const connection = fc
  .array(
    fc.constantFrom('Remote-User', 'remote_user', 'X-AUTH-ASSERTION', 'x-forwarded-for\t', 'close', ''),
    { minLength: 1 },
  )
  .map((names) => ['Connection', names.join(', ')] as [string, string])
const lies = fc.array(fc.oneof({ arbitrary: hostile, weight: 5 }, { arbitrary: connection, weight: 1 }), {
  minLength: 1,
  maxLength: 10,
})

describe('a visitor who writes headers', () => {
  it('P4 P5 P6: is nobody on a public path, signed in or not', async () => {
    const { world, ada } = await worldWithAda()
    await fc.assert(
      fc.asyncProperty(lies, fc.boolean(), async (headers, signedIn) => {
        const response = await world.fetch('/public/x', { headers, ...(signedIn ? { cookies: ada } : {}) })
        expect(response.status).toBe(200)
        expectOnly(world, {})
      }),
      { numRuns: 60 },
    )
  })

  it('P4 P5 P6: is who the session says, and nobody else', async () => {
    const { world, ada } = await worldWithAda()
    await fc.assert(
      fc.asyncProperty(lies, async (headers) => {
        const response = await world.fetch('/app', { headers, cookies: ada })
        expect(response.status).toBe(200)
        expectOnly(world, ADA)
        expect(received(world).get('x-auth-assertion')?.[0]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      }),
      { numRuns: 60 },
    )
  })

  it('P5: is nobody on an optional path without a session', async () => {
    const world = createWorld()
    const headers = Object.values(HOSTILE_NAMES)
      .flat()
      .filter((name) => name !== 'Upgrade')
      .map((name) => [name, CLIENT] as [string, string])
    await world.fetch('/optional/x', { headers })
    expectOnly(world, {})
  })

  it('P5: is nobody in a preflight that passes', async () => {
    const { world } = await worldWithAda()
    const headers = [
      ['origin', 'https://other.example'],
      ['access-control-request-method', 'PUT'],
      ['Remote_User', CLIENT],
      ['X-Auth-Assertion', CLIENT],
      ['X-Forwarded-For', CLIENT],
    ] as [string, string][]
    const response = await world.fetch('/flight/x', { method: 'OPTIONS', headers })
    expect(response.status).toBe(200)
    expectOnly(world, {})
    expect(received(world).get('access-control-request-method')).toEqual(['PUT'])
  })

  it('P5 P6: is who the session says when a WebSocket opens', async () => {
    const { world, ada } = await worldWithAda()
    world.respond = () => new Response(null, { status: 101, webSocket: new WebSocketPair()[0] })
    const headers = [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade, Remote-User, X-Auth-Assertion'],
      ['Sec-WebSocket-Protocol', 'chat'],
      ['origin', SITE],
      ['REMOTE_USER', CLIENT],
      ['Remote-User', CLIENT],
    ] as [string, string][]
    const response = await world.fetch('/socket', { headers, cookies: ada })
    expect(response.status).toBe(101)
    expect(response.webSocket).not.toBeNull()
    expectOnly(world, ADA)
    expect(received(world).get('upgrade')).toEqual(['websocket'])
    expect(received(world).get('sec-websocket-protocol')).toEqual(['chat'])
  })

  it('P4: does not choose the address that the origin is told', async () => {
    const { world, ada } = await worldWithAda()
    const headers = { 'CF-Connecting-IP': '192.0.2.7', 'X-Forwarded-For': CLIENT, x_real_ip: CLIENT }
    const edge = { cf: { asn: 64_500 } } as RequestInit
    await world.fetch('/app', { headers, cookies: ada, ...edge })
    expect(received(world).get('x-forwarded-for')).toEqual(['192.0.2.7'])
    expect(received(world).get('x-real-ip')).toEqual(['192.0.2.7'])
    expect(received(world).get('x-forwarded-proto')).toEqual(['https'])
    expect(received(world).get('x-forwarded-host')).toEqual(['app.example'])
    // Where no edge vouches for it, CF-Connecting-IP is just another lie.
    await world.fetch('/app', { headers, cookies: ada })
    expect([received(world).has('x-forwarded-for'), received(world).has('x-real-ip')]).toEqual([false, false])
  })

  it('P4 P7: does not choose the path or the method that the rules look at', async () => {
    const { world } = await worldWithAda()
    const names = [
      'X-Original-URL',
      'X-Rewrite-URL',
      'X-Forwarded-Uri',
      'X-Original-Uri',
      'X-Forwarded-Path',
      'X-Matched-Path',
    ]
    const headers = Object.fromEntries(names.map((name) => [name, '/public/x']))
    const response = await world.fetch('/admin/x', {
      headers: {
        ...headers,
        ...NAVIGATION,
        'X-HTTP-Method-Override': 'OPTIONS',
        'X-Forwarded-Host': 'evil.example',
      },
    })
    expect([response.status, response.headers.get('location')]).toEqual([
      302,
      '/auth/login?next=%2Fadmin%2Fx',
    ])
    expect(world.seen).toHaveLength(0)
  })

  it('P19: keeps the session to the gateway and the own cookies of the site in place', async () => {
    const { world, ada } = await worldWithAda()
    const token = ada.cookies.get('__Host-edgegate') ?? ''
    const cookie = `theme=dark; __Host-edgegate=${token}; __HOST-EDGEGATE=${token}; "__Host-edgegate"=${token}; lang=en`
    for (const path of ['/app', '/public/x', '/optional/x']) {
      await world.fetch(path, { headers: { cookie } })
      expect(received(world).get('cookie'), path).toEqual(['theme=dark; lang=en'])
      expect([...(world.seen.at(-1)?.headers ?? [])].flat().join('\n'), path).not.toContain(token)
    }
  })

  it('lets through what sites need', async () => {
    const { world, ada } = await worldWithAda()
    const names = Object.values(HARMLESS_NAMES)
      .flat()
      // Set by what carries the request, here and there.
      .filter(
        (name) =>
          !/^(?:Host|Cookie|Content-Length|Accept-Encoding|Sec-WebSocket-.*|Access-Control-Request-.*|Origin|Sec-Fetch-.*|Authorization|Expect|Date)$/i.test(
            name,
          ),
      )
    await world.fetch('/app', {
      headers: names.map((name) => [name, `value of ${name}`] as [string, string]),
      cookies: ada,
    })
    const sent = world.seen.at(-1)?.headers
    expect(names.filter((name) => sent?.get(name) !== `value of ${name}`)).toEqual([])
  })
})
