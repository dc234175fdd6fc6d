import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { receivedHeader } from './support/origin.ts'
import { headerValues, sendRaw } from './support/raw-http.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()

const HANDSHAKE = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
] as const

/** Makes the origin accept sockets; resolves each to the test as it opens. */
function acceptSockets(options: { readonly setCookie?: string } = {}): Promise<WebSocket> {
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'v2.chat' })
  server.on('headers', (headers: string[]) => {
    if (options.setCookie) headers.push(`Set-Cookie: ${options.setCookie}`)
  })
  return new Promise((resolve) => {
    site.origin.answerUpgrade((request, socket, head) => {
      server.handleUpgrade(request, socket, head, resolve)
    })
  })
}

async function open(path: string, headers: Readonly<Record<string, string>> = {}) {
  const accepted = acceptSockets()
  const client = new WebSocket(`${site.gateway.url.replace('http', 'ws')}${path}`, ['v1.chat', 'v2.chat'], {
    headers,
  })
  await once(client, 'open')
  return { client, server: await accepted }
}

it('opens for a new guest, who gets the cookie of a session with it', async () => {
  const accepted = acceptSockets({ setCookie: 'edgegate=spoofed' })
  const client = new WebSocket(`${site.gateway.url.replace('http', 'ws')}/cart/socket`, ['v2.chat'])
  const upgraded = once(client, 'upgrade') as Promise<[IncomingMessage]>
  await once(client, 'open')
  const cookies = (await upgraded)[0].headers['set-cookie'] ?? []
  expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['edgegate'])
  expect(cookies[0]).not.toContain('spoofed')
  const received = once(client, 'message')
  ;(await accepted).send('welcome')
  expect(String((await received)[0])).toBe('welcome')
  client.close()
})

it('passes text and binary messages both ways, unchanged', async () => {
  const { client, server } = await open('/public/socket')
  const large = Buffer.alloc(300_000, 7)
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    const text = once(to, 'message')
    from.send('grüße, 佐藤')
    const [data, isBinary] = await text
    expect(data.toString()).toBe('grüße, 佐藤')
    expect(isBinary).toBe(false)

    const binary = once(to, 'message')
    from.send(large)
    const [bytes, binaryFlag] = await binary
    expect(large.equals(bytes)).toBe(true)
    expect(binaryFlag).toBe(true)
  }
  client.close()
})

it('lets the origin choose the subprotocol', async () => {
  const { client } = await open('/public/socket?room=1')
  expect(client.protocol).toBe('v2.chat')
  expect(site.origin.requests[0]).toMatchObject({ method: 'GET', target: '/public/socket?room=1' })
  expect(receivedHeader(site.origin.requests[0], 'sec-websocket-protocol')).toEqual(['v1.chat,v2.chat'])
  client.close()
})

it('carries close codes and reasons both ways', async () => {
  const first = await open('/public/socket')
  const seenByOrigin = once(first.server, 'close')
  first.client.close(4001, 'done')
  const [clientCode, clientReason] = await seenByOrigin
  expect([clientCode, clientReason.toString()]).toEqual([4001, 'done'])

  const second = await open('/public/socket')
  const seenByClient = once(second.client, 'close')
  second.server.close(4002, 'enough')
  const [originCode, originReason] = await seenByClient
  expect([originCode, originReason.toString()]).toEqual([4002, 'enough'])
})

it('keeps cookies that the origin sets while it upgrades', async () => {
  const accepted = acceptSockets({ setCookie: 'room=1; Path=/' })
  const client = new WebSocket(`${site.gateway.url.replace('http', 'ws')}/public/socket`)
  const [response] = (await once(client, 'upgrade')) as [IncomingMessage]
  expect(response.headers['set-cookie']).toContain('room=1; Path=/')
  await accepted
  client.terminate()
})

it('P5: tells the origin who opened the socket, by our word only', async () => {
  const { client } = await open('/socket', {
    cookie: `theme=dark; ${site.cookies.alice}`,
    'remote-user': 'root',
    remote_user: 'root',
  })
  const [request] = site.origin.requests
  expect(receivedHeader(request, 'remote-user')).toEqual(['alice@example.com'])
  expect(receivedHeader(request, 'remote_user')).toEqual([])
  expect(receivedHeader(request, 'cookie')).toEqual(['theme=dark'])
  client.close()
})

it('refuses an anonymous socket on a path that needs a login, without asking the origin', async () => {
  const response = await sendRaw(site.gateway, { target: '/socket', headers: HANDSHAKE })
  expect(response?.status).toBe(401)
  expect(site.origin.requests).toEqual([])
})

it('hands on an origin that declines to upgrade', async () => {
  site.origin.answerUpgrade((_request, socket) => {
    socket.end('HTTP/1.1 418 Teapot\r\nX-Why: short\r\nContent-Length: 5\r\nConnection: close\r\n\r\nstout')
  })
  const response = await sendRaw(site.gateway, { target: '/public/socket', headers: HANDSHAKE })
  expect(response?.status).toBe(418)
  expect(headerValues(response ?? { headers: [] }, 'x-why')).toEqual(['short'])
  expect(response?.body.toString()).toBe('stout')
})

it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
  'P3: %s with an upgrade header reaches the origin as what it is, not as a GET',
  async (method) => {
    const headers = [...HANDSHAKE, ['Content-Length', '0'] as const]
    await sendRaw(site.gateway, { method, target: '/public/socket', headers })
    expect(site.origin.requests.map((request) => request.method)).toEqual([method])
    expect(receivedHeader(site.origin.requests[0], 'upgrade')).toEqual([])
  },
)
