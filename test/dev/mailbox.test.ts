import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  NAVIGATION,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'

const DEV = 'http://localhost:8787'
const PATHS = ['/auth/dev/mail', '/auth/dev/mail/x', '/auth/dev/mail/x/html', '/auth/api/dev/mail']

beforeEach(async () => {
  await env.DB.batch([env.DB.prepare('DELETE FROM mailbox'), env.DB.prepare('DELETE FROM user')])
})

async function developing(config = WITH_MAIL): Promise<World> {
  const world = createWorld(config, { EDGEGATE_DEV: DEV })
  await addUser({ email: 'ada@app.example' })
  await world.fetch(`${DEV}/auth/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: 'ada@app.example', password: 'tall purple window sings quietly' }),
  })
  return world
}

async function newestId(world: World): Promise<string> {
  const { mails } = await (await world.fetch(`${DEV}/auth/api/dev/mail`)).json<{ mails: { id: string }[] }>()
  return mails[0]?.id ?? ''
}

describe('in development', () => {
  it.each([
    ['with mail configured', WITH_MAIL],
    ['without', BASE_CONFIG],
  ])('%s, mails land in the mailbox and are not sent', async (_title, config) => {
    const world = await developing(config as typeof WITH_MAIL)
    expect(world.mails).toEqual([])
    const list = await world.fetch(`${DEV}/auth/dev/mail`, { headers: NAVIGATION })
    expect(list.status).toBe(200)
    const page = await list.text()
    expect(page).toContain('New sign-in to Example')
    expect(page).toContain('ada@app.example')
    const mail = await world.fetch(`${DEV}/auth/dev/mail/${await newestId(world)}`, { headers: NAVIGATION })
    expect(await mail.text()).toContain(`href="${DEV}/auth/account"`)
  })

  it('the API gives them to tests', async () => {
    const world = await developing()
    const answer = await world.fetch(`${DEV}/auth/api/dev/mail`)
    expect(await answer.json()).toMatchObject({
      mails: [
        {
          to: 'ada@app.example',
          from: 'Example <no-reply@app.example>',
          subject: 'New sign-in to Example',
          text: expect.stringContaining(`${DEV}/auth/account`),
          at: '2026-11-23T12:00:00.000Z',
        },
      ],
    })
  })

  it('P20: a mail is shown where nothing runs and nothing is loaded', async () => {
    const world = await developing()
    await env.DB.prepare('UPDATE mailbox SET html = ?1, subject = ?1, text = ?1')
      .bind('<head></head><script>alert(1)</script><img src="https://evil.example/pixel">')
      .run()
    const id = await newestId(world)
    const page = await world.fetch(`${DEV}/auth/dev/mail/${id}`, { headers: NAVIGATION })
    const html = await page.text()
    expect(html).not.toContain('<script')
    expect(html).not.toContain('<img src="https://evil')
    expect(html).toContain('sandbox="allow-top-navigation-by-user-activation"')
    expect(page.headers.get('content-security-policy')).toContain("frame-src 'self'")
    const inner = await world.fetch(`${DEV}/auth/dev/mail/${id}/html`)
    const policy = inner.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('sandbox allow-top-navigation-by-user-activation')
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src|img-src/)
    expect(inner.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(PATHS.slice(1, 3))('%s of no mail is a plain 404', async (path) => {
    const world = await developing()
    expect((await world.fetch(DEV + path, { headers: NAVIGATION })).status).toBe(404)
  })

  it('keeps the newest two hundred', async () => {
    const world = await developing()
    const insert = env.DB.prepare("INSERT INTO mailbox VALUES (?1, 'r', 's', 's', 't', 'h', ?2)")
    await env.DB.batch(Array.from({ length: 250 }, (_, n) => insert.bind(`old${n}`, n)))
    const kept = await newestId(world)
    await world.scheduled('*/5 * * * *')
    const { results } = await env.DB.prepare('SELECT id FROM mailbox').all<{ id: string }>()
    expect(results).toHaveLength(200)
    expect(results.map(({ id }) => id)).toContain(kept)
  })
})

describe('P21: the mailbox does not exist', () => {
  const found = async (world: World, url: string) => (await world.fetch(url, { headers: NAVIGATION })).status

  it.each(PATHS)('in production: %s', async (path) => {
    const world = createWorld(WITH_MAIL)
    await env.DB.prepare("INSERT INTO mailbox VALUES ('x', 'r', 's', 's', 't', 'h', 1)").run()
    expect(await found(world, path)).toBe(404)
    await addUser({ email: 'ada@app.example' })
    expect((await world.fetch(path, { cookies: await signInAs(world, 'ada@app.example') })).status).toBe(404)
  })

  it.each(PATHS)('at the public address, even where development is on: %s', async (path) => {
    const world = createWorld(WITH_MAIL, { EDGEGATE_DEV: DEV })
    await env.DB.prepare("INSERT INTO mailbox VALUES ('x', 'r', 's', 's', 't', 'h', 1)").run()
    expect(await found(world, path)).toBe(404)
    expect(await found(world, DEV + path)).toBe(200)
  })

  it('and development cannot be switched on for an address that others reach', async () => {
    const world = createWorld(WITH_MAIL, { EDGEGATE_DEV: 'https://app.example' })
    expect(await found(world, '/auth/dev/mail')).toBe(500)
  })

  it('on a site of localhost that is not under `edgegate dev`', async () => {
    const site = { name: 'Example', url: 'http://localhost:9999' }
    const world = createWorld({ ...WITH_MAIL, site })
    expect(await found(world, 'http://localhost:9999/auth/dev/mail')).toBe(404)
  })
})
