import { once } from 'node:events'
import { expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { signIn } from './support/sign-in.ts'
import { useGateway } from './support/use-gateway.ts'
import { ADMIN, ALICE } from './support/users.ts'

const site = useGateway({ entry: new URL('./sites/quick-revocation.ts', import.meta.url) })

/** A socket through the gateway, opened with these cookies, and the origin's end of it. */
async function open(path: string, cookie: string, options: { readonly perMessageDeflate?: boolean } = {}) {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: () => 'v2.chat',
    perMessageDeflate: options.perMessageDeflate ?? false,
  })
  const accepted = new Promise<WebSocket>((resolve) => {
    site.origin.answerUpgrade((request, socket, head) => {
      server.handleUpgrade(request, socket, head, resolve)
    })
  })
  const address = `${site.gateway.url.replace('http', 'ws')}${path}`
  const visitor = new WebSocket(address, ['v1.chat', 'v2.chat'], { headers: { cookie }, ...options })
  await once(visitor, 'open')
  return { visitor, origin: await accepted }
}

async function closing(socket: WebSocket): Promise<readonly [code: number, reason: string]> {
  const [code, reason] = await once(socket, 'close')
  return [code, String(reason)]
}

async function expectEcho(from: WebSocket, to: WebSocket, message: string | Buffer): Promise<void> {
  const received = once(to, 'message')
  from.send(message)
  const [data, isBinary] = await received
  expect(isBinary).toBe(typeof message !== 'string')
  expect(Buffer.from(message).equals(data)).toBe(true)
}

it.each([false, true])(
  'a socket of a session carries everything unchanged (compression offered: %s)',
  async (perMessageDeflate) => {
    const { visitor, origin } = await open('/socket', site.cookies.alice, { perMessageDeflate })
    expect(visitor.protocol).toBe('v2.chat')
    for (const [from, to] of [
      [visitor, origin],
      [origin, visitor],
    ] as const) {
      await expectEcho(from, to, 'grüße, 佐藤')
      await expectEcho(from, to, '')
      await expectEcho(from, to, Buffer.alloc(0))
      await expectEcho(from, to, Buffer.from([0, 255, 128]))
      await expectEcho(from, to, Buffer.alloc(900_000, 7))
    }
    const received: string[] = []
    origin.on('message', (data) => received.push(String(data)))
    for (let i = 0; i < 500; i++) visitor.send(`message ${i}`)
    visitor.close(4001, 'done')
    expect(await closing(origin)).toEqual([4001, 'done'])
    expect(received).toEqual(Array.from({ length: 500 }, (_, i) => `message ${i}`))
  },
)

it('closing codes pass both ways, and a broken end is told to the other', async () => {
  const first = await open('/socket', site.cookies.alice)
  first.origin.close(4002, 'enough')
  expect(await closing(first.visitor)).toEqual([4002, 'enough'])

  const second = await open('/socket', site.cookies.alice)
  second.visitor.close()
  expect((await closing(second.origin))[0]).toBe(1005)

  const third = await open('/socket', site.cookies.alice)
  third.origin.terminate()
  expect((await closing(third.visitor))[0]).toBe(1011)
})

it('P12: a socket is closed with 4401 when its session ends, and others stay open', async () => {
  const cookie = await signIn(site.gateway, ALICE)
  const ended = await open('/socket', cookie)
  const other = await open('/socket', site.cookies.alice)
  const [visitorEnd, originEnd] = [closing(ended.visitor), closing(ended.origin)]
  await fetch(`${site.gateway.url}/auth/api/logout`, { method: 'POST', headers: { cookie } })
  expect(await visitorEnd).toEqual([4401, 'the session or token has ended'])
  expect((await originEnd)[0]).toBe(1001)
  await expectEcho(other.visitor, other.origin, 'still here')
  other.visitor.close()
})

it('P12: and when it was ended elsewhere', async () => {
  const { visitor } = await open('/socket', await signIn(site.gateway, ALICE))
  const end = closing(visitor)
  await site.gateway.d1
    .prepare('INSERT INTO revocation (at, subject_id) SELECT 0, id FROM user WHERE email = ?1')
    .bind(ALICE.email)
    .run()
  expect((await end)[0]).toBe(4401)
})

it('P13: a socket that its role opened is closed with 4403 when the role is gone', async () => {
  const { visitor } = await open('/admin/socket', site.cookies.admin)
  const end = closing(visitor)
  const { d1 } = site.gateway
  await d1.batch([
    d1.prepare(`UPDATE user SET roles = '[]' WHERE email = ?1`).bind(ADMIN.email),
    d1
      .prepare(
        `INSERT INTO revocation (at, subject_id, kind) SELECT 0, id, 'reload' FROM user WHERE email = ?1`,
      )
      .bind(ADMIN.email),
  ])
  expect((await end)[0]).toBe(4403)
})
