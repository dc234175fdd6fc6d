import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { examineDatabase } from '../../cli/doctor/database.ts'
import type { Finding } from '../../cli/doctor/finding.ts'
import { examineGateway } from '../../cli/doctor/gateway.ts'
import { examineOrigin } from '../../cli/doctor/origin.ts'
import { createTickets } from '../../src/doctor/tickets.ts'
import { useGateway } from '../e2e/support/use-gateway.ts'

const site = useGateway()
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const stateOf = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ check, state }) => [check, state]))
const tell = (findings: readonly Finding[]) =>
  findings.map(({ what, fix }) => `${what} ${fix ?? ''}`).join('\n')

async function examine(url: string, ticket: string | null = null) {
  return await examineGateway({ url, basePath: '/auth', ticket, now: Date.now })
}

describe('the doctor on a healthy gateway', () => {
  it('finds nothing, from outside and from inside', async () => {
    const ticket = await createTickets(site.gateway.d1, Date.now).issue()
    const findings = await examine(site.gateway.url, ticket)
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'gateway',
        'closed',
        'keys',
        'clock',
        'headers',
        'hashing',
        'secret',
        'limits',
      ]),
    )
    // How long a hash takes depends on what else this machine does; the limits are off in these tests.
    const asked = findings.filter(({ check }) => check !== 'hashing' && check !== 'limits')
    expect(asked.filter(({ state }) => state !== 'ok')).toEqual([])
  })

  it('P21: the address that answers it is not there for anybody else', async () => {
    const expired = await createTickets(site.gateway.d1, () => Date.now() - 300_000).issue()
    for (const ticket of ['', 'guess', 'A'.repeat(43), expired]) {
      const response = await fetch(`${site.gateway.url}/auth/api/doctor`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ticket }),
      })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'not_found' })
    }
  })
})

describe('the doctor finds', () => {
  it('a gateway that does not run', async () => {
    const findings = await examine('http://127.0.0.1:9')
    expect(stateOf(findings)).toEqual({ gateway: 'error' })
    expect(tell(findings)).toContain('edgegate dev')
  })

  it('a gateway that refuses its configuration', async () => {
    const url = await serve((_request, response) => response.writeHead(500).end('{"code":"misconfigured"}'))
    expect(tell(await examine(url))).toContain('edgegate check')
  })

  it('a site that is reached without the gateway, and keys that are not ours', async () => {
    const url = await serve((_request, response) => response.writeHead(200).end('<h1>the site</h1>'))
    expect(stateOf(await examine(url))).toMatchObject({ closed: 'error', keys: 'error' })
  })

  it('a clock that is off', async () => {
    const ticket = await createTickets(site.gateway.d1, Date.now).issue()
    const now = () => Date.now() + 60_000
    const findings = await examineGateway({ url: site.gateway.url, basePath: '/auth', ticket, now })
    expect(stateOf(findings)).toMatchObject({ clock: 'warning' })
    expect(tell(findings)).toContain('60 s ahead')
  })

  it('identity headers that pass from a visitor', async () => {
    const inside = {
      now: new Date().toISOString(),
      secrets: 1,
      hasRateLimit: false,
      hasClientAddress: true,
      toOrigin: [['remote_user', 'doctor-spoof']],
    }
    const url = await serve((_request, response) => response.end(JSON.stringify(inside)))
    const findings = await examine(url, 'ticket')
    expect(stateOf(findings)).toMatchObject({ headers: 'error', limits: 'warning' })
    expect(tell(findings)).toContain('remote_user')
  })

  it('another database than that of the gateway', async () => {
    expect(stateOf(await examine(site.gateway.url, 'A'.repeat(43)))).toMatchObject({ inside: 'warning' })
  })

  it('migrations that are missing, and none where all are there', async () => {
    const d1 = site.gateway.d1
    const examined = async () => stateOf(await examineDatabase(d1, Date.now()))
    expect(await examined()).toEqual({ schema: 'error' })
    await d1.prepare('CREATE TABLE d1_migrations (name TEXT)').run()
    const [finding] = await examineDatabase(d1, Date.now())
    const names = [...(finding?.what ?? '').matchAll(/\d{4}_\w+\.sql/g)].map(String)
    expect(names).toContain('0001_gate.sql')
    await d1.batch(names.map((name) => d1.prepare('INSERT INTO d1_migrations (name) VALUES (?1)').bind(name)))
    expect(await examined()).toEqual({ schema: 'ok', admins: 'ok', mail: 'ok' })
  })

  it('that nobody is an administrator, and mails that nobody sends', async () => {
    const d1 = site.gateway.d1
    await d1.batch([
      d1.prepare(`UPDATE user SET disabled_at = 1 WHERE roles LIKE '%admin%'`),
      d1
        .prepare(
          `INSERT INTO mail (id, kind, site, sealed, created_at, due_at, expires_at) VALUES ('late', 'x', 'x', 'x', 0, ?1, ?2)`,
        )
        .bind(Date.now() - 3_600_000, Date.now() + 3_600_000),
    ])
    expect(stateOf(await examineDatabase(d1, Date.now()))).toMatchObject({
      admins: 'warning',
      mail: 'warning',
    })
  })
})

describe('the doctor at the origin', () => {
  const at = (url: string) =>
    ({ origin: { kind: 'url', url: new URL(url), timeoutMs: 0, secret: null } }) as const
  const elsewhere = () => false
  const SECRET = 'K7w2m9Qx4Vt8Zb3Nc6Rf1Hj5Ld0Sg-Ya'

  it.each<[string, 'ok' | 'error', RequestListener]>([
    ['answers everybody', 'error', (_request, response) => response.end('wages')],
    [
      'sends strangers to a login of its own',
      'error',
      (_request, response) => response.writeHead(302, { location: '/x' }).end(),
    ],
    [
      'believes whoever writes Remote-User',
      'error',
      ({ headers }, response) => response.writeHead(headers['remote-user'] ? 200 : 401).end(),
    ],
    [
      'believes an assertion without a signature',
      'error',
      ({ headers }, response) => response.writeHead(headers['x-auth-assertion'] ? 200 : 403).end(),
    ],
    [
      'asks for the shared secret',
      'ok',
      ({ headers }, response) => response.writeHead(headers['x-origin-secret'] === SECRET ? 200 : 403).end(),
    ],
    ['verifies the assertion', 'ok', (_request, response) => response.writeHead(401).end()],
  ])('that %s: %s', async (_name, state, listener) => {
    const url = await serve(listener)
    expect((await examineOrigin(at(url), '/wages', elsewhere)).state).toBe(state)
  })

  it('that has no address to be reached at', async () => {
    expect((await examineOrigin(at('http://127.0.0.1:9'), '/', elsewhere)).state).toBe('ok')
    const binding = { origin: { kind: 'service', binding: 'APP', timeoutMs: 0 } } as const
    expect((await examineOrigin(binding, '/')).state).toBe('ok')
  })

  it('on this machine is for others to try', async () => {
    expect(await examineOrigin(at('http://127.0.0.1:3000'), '/')).toMatchObject({ state: 'warning' })
  })
})
