import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addUser, BASE_CONFIG, createWorld, Jar, type World } from '../support/world.ts'
import { FORM, open, send, submitPassword, TEXT } from './support.ts'

const ADA = 'ada@example.com'
const LOST = 'could not be kept'

beforeAll(async () => {
  await addUser({ email: ADA })
})
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM kept_post').run()
})

const kept = () => env.DB.prepare('SELECT count(*) AS count FROM kept_post').first<number>('count')

async function expectLost(world: World, response: Response, next: string) {
  const location = response.headers.get('location') ?? ''
  expect(location).toBe(`/auth/login?next=${encodeURIComponent(next)}&post=lost`)
  expect(await (await open(world, new Jar(), location)).text()).toContain(LOST)
  expect(await kept()).toBe(0)
}

describe('what is not kept is said before the login, which then leads back to the page with the form', () => {
  const BACK = '/members/write?draft=1'

  it.each([
    ['application/json', '{}'],
    ['text/plain', 'a=1'],
    ['application/octet-stream', 'x'],
    ['application/x-www-form-urlencoded-not', 'a=1'],
    ['', 'a=1'],
    ['\u00ff', 'a=1'],
  ])('P2: other types: %j', async (type, body) => {
    const world = createWorld()
    const headers = { ...FORM, 'content-type': type }
    await expectLost(world, await send(world, new Jar(), '/members/x', { body, headers }), BACK)
  })

  it('P23: more than the cap, whatever length was announced; not a byte less', async () => {
    const world = createWorld({ ...BASE_CONFIG, posts: { keep: '1KiB' } })
    const big = `a=${'b'.repeat(1023)}`
    await expectLost(world, await send(world, new Jar(), '/members/x', { body: big }), BACK)
    const streamed = new Response(big).body as ReadableStream
    await expectLost(world, await send(world, new Jar(), '/members/x', { body: streamed }), BACK)
    const fits = await send(world, new Jar(), '/members/x', { body: big.slice(1) })
    expect(fits.headers.get('location')).toContain('resume')
  })

  it('P29: what another site may have sent', async () => {
    const world = createWorld()
    for (const foreign of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', referer: 'https://evil.example/' },
      { origin: 'https://www.app.example', 'sec-fetch-site': 'same-site', referer: '' },
      { origin: 'null', 'sec-fetch-site': 'cross-site', referer: '' },
      { origin: 'https://app.example', 'sec-fetch-site': 'cross-site', referer: '' },
    ]) {
      const response = await send(world, new Jar(), '/members/x', { headers: { ...FORM, ...foreign } })
      expect(response.headers.getSetCookie()).toEqual([])
      await expectLost(world, response, '/members/x')
    }
  })

  it('a page of the site that keeps its address to itself is one of its pages still', async () => {
    const world = createWorld()
    const headers = { ...FORM, origin: 'null', referer: '' }
    const { headers: answered } = await send(world, new Jar(), '/members/x', { headers })
    expect(answered.get('location')).toContain('resume')
  })

  it('anything, where the operator has switched it off', async () => {
    const world = createWorld({ ...BASE_CONFIG, posts: { keep: false } })
    await expectLost(world, await send(world, new Jar(), '/members/x'), BACK)
  })

  it('anything, while the database is down: the refusal stands', async () => {
    const world = createWorld()
    world.broken.d1 = true
    const response = await send(world, new Jar(), '/members/x')
    expect(response.headers.get('location')).toContain('post=lost')
    expect(world.logs.filter(({ event }) => event === 'post.keep_failed')).toHaveLength(1)
    expect(JSON.stringify(world.logs)).not.toContain('hunter2')
  })

  it('a form that a hook has read', async () => {
    const world = createWorld({
      ...BASE_CONFIG,
      hooks: { onDenied: async ({ request }) => void (await request.text()) },
    })
    await expectLost(world, await send(world, new Jar(), '/members/x'), BACK)
  })
})

it('what no page answers is refused as ever: scripts, and rules that deny', async () => {
  const world = createWorld({ ...BASE_CONFIG, rules: [{ path: '/gone/**', access: 'user', deny: 404 }] })
  const script = { ...FORM, 'sec-fetch-mode': 'cors' }
  expect((await send(world, new Jar(), '/members/x', { headers: script })).status).toBe(401)
  expect((await send(world, new Jar(), '/gone/x')).status).toBe(404)
  expect(await kept()).toBe(0)
})

describe('strangers cannot fill the database', () => {
  it('P23: one network has room for twenty, others for theirs, all together for five hundred', async () => {
    const world = createWorld()
    const from = async (ip: string) => {
      const init = {
        method: 'POST',
        headers: { ...FORM, 'cf-connecting-ip': ip },
        body: TEXT,
        cf: { asn: 1 },
      }
      return (await world.fetch('/members/x', init as RequestInit)).headers.get('location') ?? ''
    }
    const answers = await Promise.all(Array.from({ length: 50 }, () => from('192.0.2.1')))
    expect(answers.filter((location) => location.includes('resume'))).toHaveLength(20)
    expect(await from('192.0.2.2')).toContain('resume')
    const many = Array.from({ length: 479 }, (_, index) =>
      env.DB.prepare("INSERT INTO kept_post VALUES (?1, 'b', 's', NULL, ?1, 'x', ?2)").bind(
        `n${index}`,
        world.clock.now + 1000,
      ),
    )
    await env.DB.batch(many)
    expect(await from('192.0.2.3')).toContain('post=lost')
    world.clock.now += 600_000
    expect(await from('192.0.2.1')).toContain('resume')
    expect(await kept()).toBe(1)
  })

  it('P16: who asks too often is not written down', async () => {
    const world = createWorld(BASE_CONFIG, {
      RATE_LIMIT: { limit: async () => ({ success: false }) } as unknown as RateLimit,
    })
    const headers = { ...FORM, 'cf-connecting-ip': '192.0.2.1' }
    const init = { method: 'POST', headers, body: TEXT, cf: { asn: 1 } } as RequestInit
    expect((await world.fetch('/members/x', init)).headers.get('location')).toContain('post=lost')
    expect(await kept()).toBe(0)
  })
})

describe('at rest', () => {
  interface Row {
    readonly id: string
    readonly sealed: string
    readonly browser_hash: string
  }
  const row = () => env.DB.prepare('SELECT * FROM kept_post').first<Row>()

  it('P11: neither the form, its address, nor the cookie stands in the database or the log', async () => {
    const world = createWorld()
    const jar = new Jar()
    await send(world, jar, '/members/secret-place?token=abc')
    const stored = JSON.stringify([await row(), world.logs.filter(({ event }) => event === 'post.kept')])
    for (const secret of ['hunter2', 'secret-place', 'Caf', jar.cookies.get('__Host-edgegate-kept') ?? '-'])
      expect(stored).not.toContain(secret)
  })

  it.each([
    ['user', "UPDATE kept_post SET user_id = (SELECT id FROM user WHERE email = 'ada@example.com')"],
    ['id', "UPDATE kept_post SET id = 'AAAAAAAAAAAAAAAAAAAAAA' WHERE id = ?1"],
    ['browser', 'UPDATE kept_post SET browser_hash = (SELECT browser_hash FROM kept_post WHERE id <> ?1)'],
    [
      'content',
      "UPDATE kept_post SET sealed = substr(sealed, 1, length(sealed) - 9) || iif(substr(sealed, -9, 1) = 'A', 'B', 'A') || substr(sealed, -8)",
    ],
  ])('P25: a row whose %s was changed opens for nobody', async (what, sql) => {
    const world = createWorld()
    const arrive = async () => {
      const jar = new Jar()
      const { headers } = await send(world, jar, '/members/x')
      return { jar, page: await submitPassword(world, jar, headers.get('location') ?? '', ADA) }
    }
    const [ours, theirs] = [await arrive(), await arrive()]
    expect((await open(world, ours.jar, ours.page)).status).toBe(200)
    const id = ours.page.split('=')[1] ?? ''
    const { meta } = await env.DB.prepare(sql)
      .bind(...(sql.includes('?1') ? [id] : []))
      .run()
    expect(meta.changes).toBeGreaterThan(0)
    const page = what === 'id' ? '/auth/resume?post=AAAAAAAAAAAAAAAAAAAAAA' : ours.page
    const { jar } = what === 'browser' ? theirs : ours
    expect((await open(world, jar, page)).status).toBe(410)
  })
})
