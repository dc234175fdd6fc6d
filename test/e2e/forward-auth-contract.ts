import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  CHECK_SECRET,
  type RunningProxy,
  type Settings,
  type Stage,
  startStage,
} from './forward-auth-stage.ts'
import { ALIASES, BYTES, FORMS, ODDITIES, OVERRIDES, TRAVERSALS } from './support/nasty-targets.ts'
import { receivedHeader, startOrigin } from './support/origin.ts'
import { freePort } from './support/processes.ts'
import { headerValues, type RawRequest, sendRaw } from './support/raw-http.ts'
import { plausiblePaths } from './support/readings.ts'
import { signIn } from './support/sign-in.ts'
import { CONNECTION_VALUES, IDENTITY_NAMES, RAW_LINES, spellings } from './support/spoofed-headers.ts'
import { ADMIN, ALICE } from './support/users.ts'

const NAVIGATION = [
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
  ['Accept', 'text/html'],
] as const

const isOpen = (path: string) =>
  path === '/health' || /^\/(?:public|optional)(?:\/|$)/.test(path) || /^\/assets\/[^/]*\.css$/.test(path)
const isAdmin = (path: string) => /^\/admin(?:\/|$)/.test(path)

/** What the application could take the target for that reached it: it may or may not resolve dot segments. */
function readings(target: string): readonly string[] {
  return [...plausiblePaths(target), (target.split(/[?#]/, 1)[0] ?? '').toLowerCase()]
}

export interface ProxyOptions {
  /** Names that its configuration takes from visitors as they are; the rest of what an application may believe is the operator's to add. */
  readonly isTaken: (name: string) => boolean
  /** Whether it looks at `X-Edgegate-Decision`, as every proxy should that can. */
  readonly checksDecision: boolean
}

/** What docs/forward-auth.md promises of each proxy, with the configuration that stands there. */
export function describeProxy(
  name: string,
  startProxy: (settings: Settings) => Promise<RunningProxy>,
  { isTaken, checksDecision }: ProxyOptions,
): void {
  describe(name, () => {
    let stage: Stage
    let alice = ''
    let admin = ''
    beforeAll(async () => {
      stage = await startStage(startProxy)
      alice = await signIn(stage, ALICE)
      admin = await signIn(stage, ADMIN)
    })
    afterAll(() => stage?.close())
    beforeEach(() => stage.app.reset())

    const send = (request: RawRequest) => sendRaw(stage, request)
    const cookie = (value: string) => ['Cookie', value] as const
    const lastRequest = () => stage.app.requests.at(-1)

    test('sends an anonymous navigation to the login page of the same host', async () => {
      const response = await send({ target: '/wiki/page?a=b', headers: NAVIGATION })
      expect(response?.status).toBe(302)
      expect(headerValues(response ?? { headers: [] }, 'location')).toEqual([
        '/auth/login?next=%2Fwiki%2Fpage%3Fa%3Db',
      ])
      const page = await fetch(`${stage.url}/auth/login?next=%2Fwiki`)
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('name="password"')])
      expect(stage.app.requests).toEqual([])
    })

    test('answers an anonymous script with 401, and says where to sign in', async () => {
      const response = await fetch(`${stage.url}/api/data`)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('Bearer realm=')
      expect(await response.json()).toMatchObject({
        code: 'not_authenticated',
        login_url: `${stage.url}/auth/login`,
      })
      expect(stage.app.requests).toEqual([])
    })

    test('hands a signed-in visitor on with identity and assertion, and without the session', async () => {
      const response = await send({
        target: '/wiki?a=b',
        headers: [cookie(`theme=dark; ${alice}; cart=1`)],
      })
      expect([response?.status, response?.body.toString()]).toEqual([200, 'ok'])
      const seen = lastRequest()
      expect(seen?.target).toBe('/wiki?a=b')
      expect(receivedHeader(seen, 'remote-user')).toEqual([ALICE.email])
      expect(receivedHeader(seen, 'remote-groups')).toEqual(['staff'])
      expect(receivedHeader(seen, 'x-auth-assertion')[0]?.split('.')).toHaveLength(3)
      expect(receivedHeader(seen, 'cookie')).toEqual(['theme=dark; cart=1'])
      expect(JSON.stringify(seen)).not.toContain('the-secret-of-the-proxies')
      await send({ target: '/wiki', headers: [cookie(alice)] })
      expect(receivedHeader(lastRequest(), 'cookie').join('')).toBe('')
      expect(receivedHeader(lastRequest(), 'authorization').join('')).toBe('')
      expect(JSON.stringify(lastRequest())).not.toContain('{http')
      await send({ target: '/wiki', headers: [['Authorization', 'Basic c2l0ZTpvd24='], cookie(alice)] })
      expect(receivedHeader(lastRequest(), 'authorization')).toEqual(['Basic c2l0ZTpvd24='])
    })

    test('passes bodies on, and asks only about the request', async () => {
      const body = 'x'.repeat(100_000)
      let received = ''
      stage.app.answer((request, response) => {
        request.on('data', (chunk) => {
          received += chunk
        })
        request.on('end', () => response.end('stored'))
      })
      const response = await fetch(`${stage.url}/wiki`, { method: 'POST', body, headers: { cookie: alice } })
      expect([response.status, await response.text(), received.length]).toEqual([200, 'stored', body.length])
      const refused = await fetch(`${stage.url}/wiki`, { method: 'POST', body })
      expect(refused.status).toBe(401)
    })

    test('refuses who lacks the role with the gateway’s own page', async () => {
      const refused = await send({ target: '/admin/x', headers: [...NAVIGATION, cookie(alice)] })
      expect(refused?.status).toBe(403)
      expect(refused?.body.toString()).toContain('<!doctype html>')
      expect(stage.app.requests).toEqual([])
      const let_in = await send({ target: '/admin/x', headers: [cookie(admin)] })
      expect(let_in?.status).toBe(200)
      expect(receivedHeader(lastRequest(), 'remote-groups')).toEqual(['admin,staff'])
    })

    test('a public path passes without asking who it is', async () => {
      expect((await fetch(`${stage.url}/public/x`, { headers: { cookie: alice } })).status).toBe(200)
      expect(receivedHeader(lastRequest(), 'remote-user').join('')).toBe('')
    })

    test('hands back the session that remember-me restores, and it works', async () => {
      const signedIn = await fetch(`${stage.url}/auth/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ identifier: ALICE.email, password: ALICE.password, remember: true }),
      })
      const remember = signedIn.headers
        .getSetCookie()
        .map((line) => line.split(';')[0] ?? '')
        .filter((pair) => pair.startsWith('edgegate-remember='))
      stage.app.answer((request, response) => {
        request.resume()
        response.setHeader('Set-Cookie', ['theirs=1; Path=/'])
        response.end('ok')
      })
      const restored = await send({ target: '/wiki', headers: [...NAVIGATION, cookie(remember.join())] })
      expect(restored?.status).toBe(200)
      expect(receivedHeader(lastRequest(), 'remote-user')).toEqual([ALICE.email])
      const set = headerValues(restored ?? { headers: [] }, 'set-cookie')
      const names = set.map((line) => line.split('=')[0]).sort()
      expect(names).toEqual(['edgegate', 'edgegate-remember', 'theirs'])
      const session = set.find((line) => line.startsWith('edgegate='))?.split(';')[0] ?? ''
      expect((await fetch(`${stage.url}/wiki`, { headers: { cookie: session } })).status).toBe(200)
    })

    test('a guest is handed the session that the rule gives', async () => {
      const response = await send({ target: '/cart/1', headers: NAVIGATION })
      expect(response?.status).toBe(200)
      expect(receivedHeader(lastRequest(), 'remote-sub')[0]).toMatch(/^guest_/)
      expect(headerValues(response ?? { headers: [] }, 'set-cookie').join()).toMatch(/^edgegate=/)
    })

    test('a WebSocket is opened for who may, and for nobody else', async () => {
      stage.app.answerUpgrade((_request, socket) => {
        // The answer to the key below (RFC 6455 section 1.3); HAProxy compares them.
        const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
        socket.end([...lines, 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', '', ''].join('\r\n'))
      })
      const upgrade = [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ] as const
      expect((await send({ target: '/wiki/live', headers: upgrade }))?.status).toBe(401)
      expect(stage.app.requests).toEqual([])
      expect((await send({ target: '/wiki/live', headers: [...upgrade, cookie(alice)] }))?.status).toBe(101)
      expect(receivedHeader(lastRequest(), 'remote-user')).toEqual([ALICE.email])
    })

    test('a visitor who may not pass sees nothing of what the proxy is told', async () => {
      const response = await send({ target: '/admin/x', headers: [...NAVIGATION, cookie(alice)] })
      const names = (response?.headers ?? []).map(([header]) => header.toLowerCase())
      expect(names.filter((header) => /^(?:x-edgegate|remote-|x-auth-)/.test(header))).toEqual([])
    })

    test('P5: no spelling of an identity reaches the application but the gateway’s own', async () => {
      const wrong: string[] = []
      for (const who of ['', alice]) {
        const folded = IDENTITY_NAMES.flatMap(spellings).filter((name) => /[_.]/.test(name))
        const names = [...IDENTITY_NAMES.filter(isTaken).flatMap(spellings), ...folded]
        const headers = names.map((header) => [header, 'mallory'] as const)
        // In portions: a proxy takes only so many headers at once.
        for (let from = 0; from < headers.length; from += 40) {
          const portion = headers.slice(from, from + 40)
          const path = who === '' ? '/optional/x' : '/wiki'
          const response = await send({
            target: path,
            headers: [...portion, ...(who === '' ? [] : [cookie(who)])],
          })
          if (response?.status !== 200) wrong.push(`${portion[0]?.[0]}: ${response?.status}`)
        }
      }
      for (const seen of stage.app.requests)
        wrong.push(...seen.headers.filter(([, value]) => value.includes('mallory')).map(([header]) => header))
      expect(wrong).toEqual([])
      expect(stage.app.requests.length).toBeGreaterThan(4)
    })

    test('P5: nor does a header line that is written in a way of its own', async () => {
      for (const line of RAW_LINES) await send({ target: '/public/x', rawLines: [line] }).catch(() => null)
      const values = stage.app.requests.flatMap((seen) =>
        seen.headers
          .filter(([header]) => /remote.?user|remote.?email/i.test(header))
          .map(([, value]) => value),
      )
      expect(values.filter((value) => value !== '')).toEqual([])
    })

    test('P6: what Connection names cannot take the identity away', async () => {
      for (const value of CONNECTION_VALUES) {
        stage.app.reset()
        const response = await send({ target: '/wiki', headers: [['Connection', value], cookie(alice)] })
        if (response?.status !== 200) continue
        expect(receivedHeader(lastRequest(), 'remote-user'), value).toEqual([ALICE.email])
        expect(receivedHeader(lastRequest(), 'x-auth-assertion'), value).toHaveLength(1)
      }
    })

    test.each(['anonymous', 'alice'] as const)(
      'P3, P4: whatever %s writes into the request line or claims beside it, the application sees only what they may',
      async (who) => {
        const targets = [...TRAVERSALS, ...ALIASES, ...ODDITIES, ...FORMS, ...BYTES]
        const requests: RawRequest[] = [
          ...targets.map((target) => ({ target: target.replaceAll('{host}', `127.0.0.1:${stage.port}`) })),
          ...OVERRIDES.map((override) => ({ target: '/admin/users', headers: [override] })),
        ]
        const wrong: string[] = []
        const queue = [...requests.entries()]
        async function work(): Promise<void> {
          for (let next = queue.shift(); next; next = queue.shift()) {
            const [index, request] = next
            const headers = [
              ...(request.headers ?? []),
              ['X-Case', String(index)] as const,
              ...(who === 'alice' ? [cookie(alice)] : []),
            ]
            await send({ ...request, headers })
          }
        }
        await Promise.all(Array.from({ length: 6 }, work))
        for (const { target, headers } of stage.app.requests) {
          const index = headers.find(([header]) => header.toLowerCase() === 'x-case')?.[1]
          const all = readings(target)
          if (who === 'anonymous' ? !all.every(isOpen) : all.some(isAdmin))
            wrong.push(`${JSON.stringify(requests[Number(index)])} reached it as ${target}`)
        }
        expect(wrong).toEqual([])
        expect(stage.app.requests.length).toBeGreaterThan(0)
      },
    )

    test('P4: a visitor cannot ask the check, nor speak for a proxy', async () => {
      for (const path of ['/auth/check', '/auth/check/nginx', '/auth/check/haproxy', '/_edgegate/check']) {
        const response = await fetch(stage.url + path, {
          redirect: 'manual',
          headers: {
            'x-edgegate-check': 'guess',
            'x-forwarded-method': 'GET',
            'x-forwarded-host': `127.0.0.1:${stage.port}`,
            'x-forwarded-uri': '/public/x',
          },
        })
        expect(response.ok, path).toBe(false)
        expect(response.headers.get('x-edgegate-decision'), path).toBeNull()
      }
      expect(stage.app.requests).toEqual([])
    })

    test('P5, P14: what is missing from an answer is missing from the request, and is no name', async () => {
      const terse = await startOrigin()
      terse.answer((request, response) => {
        request.resume()
        response.setHeader('X-Edgegate-Decision', 'allow')
        response.end()
      })
      const [port, app] = [await freePort(), await startOrigin()]
      const gateway = { url: terse.url, host: terse.url.replace('http://', '') }
      const proxy = await startProxy({ port, gateway, app, secret: CHECK_SECRET })
      try {
        const headers = { 'remote-user': 'mallory', 'x-auth-assertion': 'mallory', cookie: 'edgegate=secret' }
        expect((await fetch(`http://127.0.0.1:${port}/wiki`, { headers })).status).toBe(200)
        for (const name of ['remote-user', 'remote-groups', 'x-auth-assertion', 'cookie'])
          expect(receivedHeader(app.requests.at(-1), name).join(''), name).toBe('')
        expect(JSON.stringify(app.requests)).not.toMatch(/mallory|secret|\{http/)
      } finally {
        await proxy.stop()
        await app.close()
        await terse.close()
      }
    })

    if (checksDecision)
      test('P14: a 200 that is not the gateway’s own lets nobody pass', async () => {
        // As the sign-in page of a network in between, or its error page.
        const impostor = await startOrigin()
        impostor.answer((request, response) => {
          request.resume()
          response.setHeader('X-Edgegate-Decision', 'deny')
          response.end('welcome to our wifi')
        })
        const [port, app] = [await freePort(), await startOrigin()]
        const gateway = { url: impostor.url, host: impostor.url.replace('http://', '') }
        const proxy = await startProxy({ port, gateway, app, secret: CHECK_SECRET })
        try {
          const response = await fetch(`http://127.0.0.1:${port}/wiki`)
          expect(await response.text()).toContain('welcome to our wifi')
          expect(app.requests).toEqual([])
        } finally {
          await proxy.stop()
          await app.close()
          await impostor.close()
        }
      })

    test('P14: nobody passes who cannot be asked about', async () => {
      const broken = await startStage(async (settings) => {
        const proxy = await startProxy({ ...settings, secret: 'another-secret-than-the-gateway-has-0123' })
        return proxy
      })
      try {
        for (const path of ['/wiki', '/public/x']) {
          const response = await fetch(broken.url + path, { redirect: 'manual' })
          expect(response.ok, path).toBe(false)
        }
        expect(broken.app.requests).toEqual([])
      } finally {
        await broken.close()
      }
    })
  })
}
