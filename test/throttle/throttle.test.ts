import { beforeEach, describe, expect, it } from 'vitest'
import { randomText } from '../../src/lib/random.ts'
import { addUser, BASE_CONFIG, createWorld, PASSWORD, signInAs, type World } from '../support/world.ts'

let email: string
let username: string
beforeEach(async () => {
  username = `u${randomText(6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}`
  email = `${username}@example.com`
  await addUser({ email, username })
})

const edge = (ip: string) => ({ headers: { 'cf-connecting-ip': ip }, cf: { asn: 64496, country: 'DE' } })

async function attempt(
  world: World,
  identifier: string,
  password = 'wrong wrong wrong',
  extra: object = edge('192.0.2.1'),
) {
  const { headers, ...rest } = extra as { headers: Record<string, string> }
  const response = await world.fetch('/auth/api/login', {
    method: 'POST',
    ...rest,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ identifier, password }),
  })
  return { status: response.status, retryAfter: Number(response.headers.get('retry-after')) }
}

async function fail(world: World, times: number, identifier: string, extra?: object) {
  for (let i = 0; i < times; i++) await attempt(world, identifier, undefined, extra)
}

describe('P16: guesses are counted per account', () => {
  it('whatever it is called by, and however that is spelled', async () => {
    const world = createWorld()
    await fail(world, 3, email)
    await fail(world, 2, email.toUpperCase())
    expect(await attempt(world, ` ${email}`)).toMatchObject({ status: 429, retryAfter: 15 })
    // Not even the right password is looked at under the account's other name.
    expect((await attempt(world, username, PASSWORD)).status).toBe(401)
    world.clock.now += 15_000
    expect((await attempt(world, username, PASSWORD)).status).toBe(200)
  })

  it('P17: and a used-up address says nothing of the user name that belongs to it', async () => {
    const outcomes = async (first: string, second: string, ip: string) => {
      const world = createWorld()
      await fail(world, 6, first, edge(ip))
      const answers: unknown[] = []
      for (let i = 0; i < 7; i++) answers.push(await attempt(world, second, undefined, edge(ip)))
      return answers
    }
    const strangers = await outcomes(`no-${email}`, `no${username}`, '192.0.2.110')
    expect(await outcomes(email, username, '192.0.2.111')).toEqual(strangers)
    await addUser({ email: `b-${email}`, username: `b${username}` })
    expect(await outcomes(`b${username}`, `b-${email}`, '192.0.2.112')).toEqual(strangers)
  })

  it('guesses that the name refuses are none at the account', async () => {
    const world = createWorld()
    const here = edge('192.0.2.113')
    await fail(world, 40, email, here)
    world.clock.now += 15_000
    expect((await attempt(world, username, PASSWORD, here)).status).toBe(200)
  })

  it('with delays that double, and the right password waits too', async () => {
    const world = createWorld()
    await fail(world, 5, email)
    for (const delay of [15, 30, 60, 120]) {
      expect(await attempt(world, email, PASSWORD)).toEqual({ status: 429, retryAfter: delay })
      world.clock.now += delay * 1000
      expect((await attempt(world, email)).status).toBe(401)
    }
  })

  it('and forgotten after a right one', async () => {
    const world = createWorld()
    for (let round = 0; round < 3; round++) {
      await fail(world, 4, email)
      expect((await attempt(world, email, PASSWORD)).status).toBe(200)
    }
  })

  it('of fifty at once no more than the free ones are looked at', async () => {
    const world = createWorld()
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(world, email)))
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5)
    expect(answers.filter(({ status }) => status === 429 || status === 503).length).toBeGreaterThanOrEqual(45)
  })

  it('for accounts that do not exist as well', async () => {
    const world = createWorld()
    await fail(world, 5, 'nobody-here@example.com')
    expect((await attempt(world, 'nobody-here@example.com')).status).toBe(429)
  })
})

describe('P16: and per network', () => {
  const config = {
    ...BASE_CONFIG,
    throttle: { network: { attempts: 6 }, account: { attempts: 100 } },
  } as const

  it('one password tried over many accounts is stopped', async () => {
    const world = createWorld(config)
    for (let i = 0; i < 6; i++)
      await attempt(world, `many-${i}-${username}@example.com`, undefined, edge('192.0.2.77'))
    expect((await attempt(world, email, PASSWORD, edge('192.0.2.77'))).status).toBe(429)
    expect((await attempt(world, email, PASSWORD, edge('192.0.2.78'))).status).toBe(200)
  })

  it('IPv6 counts by /64, in any spelling', async () => {
    const world = createWorld(config)
    const spellings = ['2001:db8:1:2::1', '2001:0db8:0001:0002:0:0:0:2', '2001:DB8:1:2:ffff::3']
    for (let i = 0; i < 6; i++)
      await attempt(world, `v6-${i}-${username}@example.com`, undefined, edge(spellings[i % 3] ?? ''))
    expect((await attempt(world, email, PASSWORD, edge('2001:db8:1:2:a:b:c:d'))).status).toBe(429)
    expect((await attempt(world, email, PASSWORD, edge('2001:db8:1:3::1'))).status).toBe(200)
  })

  it('own right sign-ins do not buy guesses at others', async () => {
    const world = createWorld(config)
    for (let i = 0; i < 6; i++) {
      await attempt(world, email, PASSWORD, edge('192.0.2.99'))
      await attempt(world, `victim-${i}-${username}@example.com`, undefined, edge('192.0.2.99'))
    }
    expect((await attempt(world, email, PASSWORD, edge('192.0.2.99'))).status).toBe(429)
  })

  it('P4: an address that the edge did not write is not believed', async () => {
    const world = createWorld(config)
    for (let i = 0; i < 8; i++) {
      const spoofed = {
        headers: { 'x-forwarded-for': `198.51.100.${i}`, ...edge('192.0.2.50').headers },
        cf: { asn: 1 },
      }
      await attempt(world, `spoof-${i}-${username}@example.com`, undefined, spoofed)
    }
    expect((await attempt(world, email, PASSWORD, edge('192.0.2.50'))).status).toBe(429)
  })
})

it('P16: guesses on a stolen session count as well, and the log tells of those that were not looked at', async () => {
  const world = createWorld()
  const cookies = await signInAs(world, email)
  const confirm = async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, cookies }
    const body = JSON.stringify({ password: 'wrong wrong wrong' })
    return (await world.fetch('/auth/api/reauth', { ...init, body })).status
  }
  const statuses: number[] = []
  for (let round = 0; round < 6; round++) statuses.push(await confirm())
  expect(statuses.at(-1)).toBe(429)
  const throttled = world.logs.filter(({ event }) => event === 'reauth.throttled')
  expect(throttled).toHaveLength(statuses.filter((status) => status === 429).length)
  expect(throttled[0]).toMatchObject({ userId: expect.any(String), sessionId: expect.any(String) })
})

it('a stranger cannot lock out a device that has signed in before', async () => {
  const world = createWorld()
  const cookies = await signInAs(world, email, { headers: edge('192.0.2.10').headers })
  cookies.cookies.delete('__Host-edgegate')
  await fail(world, 20, email, edge('203.0.113.5'))
  expect((await attempt(world, email, PASSWORD, edge('203.0.113.6'))).status).toBe(429)
  await signInAs(world, email, { cookies, headers: edge('192.0.2.10').headers })
})

it('a device cookie of another account, or a forged one, gives nothing', async () => {
  const world = createWorld()
  const other = await addUser({ email: `other-${email}` })
  const jar = await signInAs(world, `other-${email}`)
  await fail(world, 5, email)
  const device = jar.cookies.get('__Host-edgegate-device') ?? ''
  for (const value of [device, device.replace(other, 'user_x'), `${device}A`, 'x']) {
    const extra = { headers: { ...edge('192.0.2.1').headers, cookie: `__Host-edgegate-device=${value}` } }
    expect((await attempt(world, email, PASSWORD, extra)).status).toBe(429)
  }
})

it("throttle: 'off' is refused outside localhost", async () => {
  const response = await createWorld({ ...BASE_CONFIG, throttle: 'off' }).fetch('/public/x')
  expect(response.status).toBe(500)
})

it('P16: a fault of ours gives back one attempt, and forgets none of the others', async () => {
  const world = createWorld()
  const here = edge('192.0.2.201')
  await fail(world, 4, email, here)
  world.broken.kv = true
  expect((await attempt(world, email, PASSWORD, here)).status).toBe(503)
  world.broken.kv = false
  await fail(world, 1, email, here)
  expect((await attempt(world, email, PASSWORD, here)).status).toBe(429)
})
