import { describe, expect, it } from 'vitest'
import { ALIASES, BYTES, FORMS, ODDITIES, OVERRIDES, TRAVERSALS } from './support/nasty-targets.ts'
import { type RawRequest, sendRaw } from './support/raw-http.ts'
import { plausiblePaths } from './support/readings.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()

type Who = 'anonymous' | 'alice'
/** How many requests are under way at once. */
const WIDTH = 8

function isOpen(path: string): boolean {
  return (
    path === '/health' ||
    path === '/public' ||
    path.startsWith('/public/') ||
    path === '/optional' ||
    path.startsWith('/optional/') ||
    /^\/assets\/[^/]*\.css$/.test(path)
  )
}

function isAdmin(path: string): boolean {
  return path === '/admin' || path.startsWith('/admin/')
}

/** Whether somebody may see everything that the origin could take this target for. */
function mayAll(who: Who, target: string): boolean {
  const readings = [...plausiblePaths(target)]
  return who === 'anonymous' ? readings.every(isOpen) : !readings.some(isAdmin)
}

/**
 * Sends every target and reports what went wrong: a fault, or something at the origin that lies outside what `who` may see.
 * Every response is checked, and every request that came through by the marker it carries.
 */
async function offences(who: Who, requests: readonly RawRequest[]): Promise<readonly string[]> {
  const cookie = who === 'alice' ? [['Cookie', site.cookies.alice] as const] : []
  const found: string[] = []
  const queue = [...requests.entries()]
  async function work(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, request] = next
      const target = request.target.replaceAll('{host}', site.gateway.host)
      const headers = [...(request.headers ?? []), ['X-Case', String(index)] as const, ...cookie]
      const response = await sendRaw(site.gateway, { ...request, target, headers })
      const status = response?.status ?? 400
      const unknownMethod = status === 501
      if (status >= 500 && !unknownMethod) found.push(`${JSON.stringify(request.target)}: ${status}`)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, work))
  for (const { method, target, headers } of site.origin.requests) {
    const index = headers.find(([name]) => name.toLowerCase() === 'x-case')?.[1]
    const sent = requests[Number(index)]?.target
    if (index === undefined) found.push(`nobody sent ${method} ${target}`)
    else if (!mayAll(who, target))
      found.push(`${JSON.stringify(sent)} reached the origin as ${JSON.stringify(target)}`)
  }
  return found
}

const of = (targets: readonly string[]): readonly RawRequest[] => targets.map((target) => ({ target }))

describe.each(['anonymous', 'alice'] as const)('P3: whatever %s writes into the request line', (who) => {
  it.each([
    ['steps up out of an open place', of(TRAVERSALS)],
    ['spells a closed place differently', of(ALIASES)],
    ['puts something odd into an open place', of(ODDITIES)],
    ['is no plain path', of(FORMS)],
    ['has bytes that do not belong there', of(BYTES)],
  ])('the origin is asked only for what they may see: %s', async (_title, requests) => {
    expect(await offences(who, requests)).toEqual([])
  })

  it('P4: headers that claim another path, method, host or address change nothing', async () => {
    const requests = OVERRIDES.flatMap((override) => [
      { target: '/admin/users', headers: [override] },
      { target: '/admin', method: 'POST', headers: [override, ['Content-Length', '0'] as const] },
    ])
    expect(await offences(who, requests)).toEqual([])
    expect(site.origin.requests).toEqual([])
  })

  it('P14: the rule holds for every method', async () => {
    const methods = [
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'get',
      'Get',
      'X',
      'PURGE',
    ]
    const requests = methods.map((method) => ({
      method,
      target: '/admin/users',
      headers: [['Content-Length', '0'] as const],
    }))
    expect(await offences(who, requests)).toEqual([])
    expect(site.origin.requests).toEqual([])
  })

  it('P3: a Host that is not exactly ours opens nothing', async () => {
    const { port } = site.gateway
    const ours = `127.0.0.1:${port}`
    const hosts = [
      '',
      'evil.example',
      `${ours}/public/x?`,
      `${ours}#`,
      `a@${ours}`,
      `${ours}@evil.example`,
      `${ours}, evil`,
    ]
    const more = [
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port}0`,
      `127.1:${port}`,
      `[::1]:${port}`,
      `0x7f.1:${port}`,
    ]
    const requests = [...hosts, ...more].map((host) => ({
      target: '/public/x',
      headers: [['Host', host] as const],
    }))
    expect.soft(await offences(who, requests)).toEqual([])
    expect(site.origin.requests).toEqual([])
    const twice = {
      target: '/admin/users',
      headers: [['Host', ours] as const, ['Host', 'evil.example'] as const],
    }
    expect.soft(await offences(who, [twice])).toEqual([])
    expect(site.origin.requests).toEqual([])
  })
})

describe('an ordinary path', () => {
  it.each([
    '/public/a/b/c',
    '/public/a@b:c',
    "/public/a!$&'()*+,=~_-.",
    '/public/%E4%BD%90%E8%97%A4',
    '/public/a%20b',
    '/public/x?a=%2e%2e%2fadmin&b=//;\\',
    '/public?x',
    '/public/',
    '/public',
    '/health',
    '/assets/site.css?v=3',
    '/optional/page',
  ])('reaches the origin byte for byte: %s', async (target) => {
    expect((await sendRaw(site.gateway, { target }))?.status).toBe(200)
    expect(site.origin.requests.map((request) => request.target)).toEqual([target])
  })

  it.each([
    ['/public/%61bc', '/public/abc'],
    ['/%70ublic/x%2Dy', '/public/x-y'],
    ['/public/caf%c3%a9%7e', '/public/caf%c3%a9~'],
  ])('P3: unreserved characters are decoded for us and the origin alike: %s', async (target, received) => {
    expect((await sendRaw(site.gateway, { target }))?.status).toBe(200)
    expect(site.origin.requests.map((request) => request.target)).toEqual([received])
  })

  it.each([
    '/app',
    '/app?next=/public/',
    '/public.html',
    '/assets/site.css.map',
    '/assets/deep/site.css',
    '/other/assets/site.css',
  ])('that no open rule names asks for a login: %s', async (target) => {
    const response = await sendRaw(site.gateway, { target, headers: [['Accept', 'application/json']] })
    expect(response?.status).toBe(401)
    expect(site.origin.requests).toEqual([])
  })

  it('is 403 without the role and opens with it', async () => {
    const ask = (cookie: string) =>
      sendRaw(site.gateway, { target: '/admin/users', headers: [['Cookie', cookie]] })
    expect((await ask(site.cookies.alice))?.status).toBe(403)
    expect(site.origin.requests).toEqual([])
    expect((await ask(site.cookies.admin))?.status).toBe(200)
  })

  it('of four thousand slashes is answered, not chewed on', async () => {
    const response = await sendRaw(site.gateway, { target: `/public${'/'.repeat(4000)}admin` })
    expect(response?.status).toBeLessThan(500)
  })
})
