import { beforeAll, describe, expect, it } from 'vitest'
import type { Hooks, SessionData } from '../../src/hooks/hooks.ts'
import { addUser, BASE_CONFIG, createWorld, NAVIGATION, signInAs } from '../support/world.ts'

beforeAll(async () => {
  await addUser({ email: 'ada@example.com' })
})

const worldWith = (hooks: Hooks) => createWorld({ ...BASE_CONFIG, hooks })
const claimsOf = (token: string | null | undefined) =>
  JSON.parse(atob((token ?? '').split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')) as Record<
    string,
    unknown
  >

describe('identify', () => {
  const identify: Hooks['identify'] = (request) => {
    const key = request.headers.get('x-api-key')
    if (key === null) return null
    return key === 'good' ? { id: 'robot', kind: 'service', roles: ['admin'] } : { refused: 'unknown key' }
  }

  it('lets in whom it knows, and the origin hears who it is', async () => {
    const world = worldWith({ identify })
    const response = await world.fetch('/admin/x', { headers: { 'x-api-key': 'good' } })
    expect(response.status).toBe(200)
    expect(world.seen[0]?.headers.get('remote-user')).toBe('robot')
    expect(claimsOf(world.seen[0]?.headers.get('x-auth-assertion'))).toMatchObject({
      sub: 'robot',
      kind: 'service',
      fresh: false,
    })
  })

  it('a bad credential is 401 even with a good cookie, on optional paths as well', async () => {
    const world = worldWith({ identify })
    const cookies = await signInAs(world, 'ada@example.com')
    world.seen.length = 0
    for (const path of ['/members/', '/optional/']) {
      const response = await world.fetch(path, { headers: { ...NAVIGATION, 'x-api-key': 'bad' }, cookies })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('invalid_token')
    }
    expect(world.seen).toEqual([])
  })

  it('null leaves it to the session', async () => {
    const world = worldWith({ identify })
    const cookies = await signInAs(world, 'ada@example.com')
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies })).status).toBe(200)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('boom'))],
    ['answers nonsense', () => ({ id: '' })],
    ['answers undefined', () => undefined as never],
    ['answers roles as text', () => ({ id: 'x', roles: 'notadminatall' })],
    ['answers a kind that is none', () => ({ id: 'x', kind: 'guest' })],
    ['answers an address that is a number', () => ({ id: 'x', email: 5 })],
  ])('P14: one that %s is a fault: 503, never anonymous', async (_name, hook) => {
    const world = worldWith({ identify: hook as never })
    for (const path of ['/members/', '/optional/']) expect((await world.fetch(path)).status).toBe(503)
    expect(world.seen).toEqual([])
  })

  it('is asked once per request, and not at all on public paths', async () => {
    let calls = 0
    const world = worldWith({
      identify() {
        calls++
        return null
      },
    })
    await world.fetch('/public/x')
    await world.fetch('/members/')
    expect(calls).toBe(1)
  })
})

describe('events', () => {
  it('onLogin and onLogout are called once each', async () => {
    const events: string[] = []
    const world = worldWith({
      onLogin: ({ identity, method }) => void events.push(`in ${identity.email} ${method}`),
      onLogout: ({ identity, everywhere }) => void events.push(`out ${identity.email} ${everywhere}`),
    })
    const cookies = await signInAs(world, 'ada@example.com', { remember: true })
    const reopened = cookies.copy()
    reopened.cookies.delete('__Host-edgegate')
    const restored = reopened
      .copy()
      .take(await world.fetch('/members/', { headers: NAVIGATION, cookies: reopened }))
    await world.fetch('/auth/api/logout', { method: 'POST', cookies: restored })
    await world.fetch('/auth/api/logout', { method: 'POST', cookies: restored })
    expect(events).toEqual([
      'in ada@example.com pwd',
      'in ada@example.com remember',
      'out ada@example.com false',
    ])
  })

  it('a listener that throws changes nothing', async () => {
    const boom = () => {
      throw new Error('boom')
    }
    const world = worldWith({ onLogin: boom, onLogout: boom, onDenied: boom, claims: boom })
    const cookies = await signInAs(world, 'ada@example.com')
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies })).status).toBe(200)
    expect((await world.fetch('/admin/', { headers: NAVIGATION, cookies })).status).toBe(403)
    expect((await world.fetch('/auth/api/logout', { method: 'POST', cookies })).status).toBe(204)
    const failed = world.logs.filter(({ event }) => event === 'hook.failed').map(({ hook }) => hook)
    expect(new Set(failed)).toEqual(new Set(['onLogin', 'onLogout', 'onDenied', 'claims']))
  })

  it('onDenied hears why, once, and may answer itself', async () => {
    const reasons: string[] = []
    const world = worldWith({
      onDenied: ({ reason, identity }) => {
        reasons.push(`${reason} ${identity?.email ?? 'nobody'}`)
        return reason === 'forbidden' ? new Response('own words', { status: 403 }) : undefined
      },
    })
    const cookies = await signInAs(world, 'ada@example.com')
    expect((await world.fetch('/members/', { headers: NAVIGATION })).status).toBe(302)
    expect(await (await world.fetch('/admin/', { headers: NAVIGATION, cookies })).text()).toBe('own words')
    expect(reasons).toEqual(['not_authenticated nobody', 'forbidden ada@example.com'])
    expect(world.seen).toEqual([])
  })
})

describe('what hooks are given', () => {
  it('P19: a credential that the identify hook has used up stays here, every other one goes on', async () => {
    const world = worldWith({
      identify: (request) =>
        request.headers.get('authorization') === 'Bearer ours'
          ? { id: 'robot', usedAuthorization: true }
          : null,
    })
    await world.fetch('/members/', { headers: { authorization: 'Bearer ours' } })
    await world.fetch('/optional/', { headers: { authorization: 'Basic dTpw' } })
    expect(world.seen.map(({ headers }) => headers.get('authorization'))).toEqual([null, 'Basic dTpw'])
  })

  it('P13: cannot be changed for the next request: identities and data are shared in memory, and frozen', async () => {
    const world = worldWith({
      async onLogin({ context }) {
        await context.session.setData({ cart: { items: ['a'] } })
      },
      claims(identity, context) {
        ;(identity.roles as string[]).push('admin')
        ;(context.session.data as { cart: { items: string[] } }).cart.items.push('b')
        return {}
      },
    })
    const cookies = await signInAs(world, 'ada@example.com')
    for (let i = 0; i < 2; i++) {
      await world.fetch('/members/', { headers: NAVIGATION, cookies })
      world.clock.now += 31_000
    }
    expect((await world.fetch('/admin/', { headers: NAVIGATION, cookies })).status).toBe(403)
    expect(world.seen.at(-1)?.headers.get('remote-groups') ?? '').toBe('')
    expect(world.logs.filter(({ event }) => event === 'hook.failed').length).toBe(2)
  })
})

describe('an answer of onDenied that cannot be sent', () => {
  it.each<[string, () => Promise<Response>]>([
    [
      'its body is being read',
      async () => {
        const response = new Response('own words')
        response.body?.getReader()
        return response
      },
    ],
    [
      'its body has been read',
      async () => {
        const response = new Response('own words')
        await response.text()
        return response
      },
    ],
    [
      'its body has been read in part and let go',
      async () => {
        const response = new Response('own words')
        const reader = response.body?.getReader()
        await reader?.read()
        reader?.releaseLock()
        return response
      },
    ],
    ['it is an error', async () => Response.error()],
  ])('is replaced by our own, with a line in the log: %s', async (_why, answer) => {
    const world = worldWith({ onDenied: answer })
    const response = await world.fetch('/members/', { headers: NAVIGATION })
    expect([response.status, await response.text()]).toEqual([302, ''])
    expect(world.logs.filter(({ event }) => event === 'hook.failed')).toMatchObject([{ hook: 'onDenied' }])
  })
})

describe('claims and session data', () => {
  it('claims reach the origin in the assertion and cannot take a reserved name', async () => {
    const world = worldWith({ claims: () => ({ team: 'blue', sub: 'root', roles: ['admin'] }) })
    const cookies = await signInAs(world, 'ada@example.com')
    await world.fetch('/members/', { headers: NAVIGATION, cookies })
    const claims = claimsOf(world.seen.at(-1)?.headers.get('x-auth-assertion'))
    expect(claims).toMatchObject({ team: 'blue', roles: [] })
    expect(claims.sub).not.toBe('root')
  })

  it('hooks keep data in the session, and by id in another of the same user', async () => {
    const ids: string[] = []
    let other: SessionData | null = null
    const world = worldWith({
      async onLogin({ context }) {
        ids.push(context.sessionId ?? '')
        await context.session.setData({ visits: ids.length })
        if (ids.length === 2) {
          await context.session.writeOther(ids[0] ?? '', { told: 'you signed in elsewhere' })
          other = await context.session.readOther(ids[0] ?? '')
          expect(await context.session.writeOther('nobody-elses', {})).toBe(false)
        }
      },
      claims: (_identity, context) => ({ data: context.session.data }),
    })
    const first = await signInAs(world, 'ada@example.com')
    const second = await signInAs(world, 'ada@example.com')
    expect(other).toEqual({ told: 'you signed in elsewhere' })
    // An isolate that holds the other session looks again after a minute.
    world.clock.now += 60_000
    for (const [cookies, data] of [
      [first, { told: 'you signed in elsewhere' }],
      [second, { visits: 2 }],
    ] as const) {
      await world.fetch('/members/', { headers: NAVIGATION, cookies })
      expect(claimsOf(world.seen.at(-1)?.headers.get('x-auth-assertion')).data).toEqual(data)
    }
  })

  it('refuses more data than a session should carry', async () => {
    const world = worldWith({ onLogin: ({ context }) => context.session.setData({ big: 'x'.repeat(5000) }) })
    await signInAs(world, 'ada@example.com')
    expect(world.logs.some(({ event }) => event === 'hook.failed')).toBe(true)
  })
})
