import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A request as it reached the origin. */
export interface RecordedRequest {
  readonly method: string
  /** The raw request target. */
  readonly target: string
  /** In order of arrival, spelled as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export type AnswerRequest = (request: IncomingMessage, response: ServerResponse) => void
export type AnswerUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface RecordingOrigin {
  readonly url: string
  readonly port: number
  /** Every request since the last `reset`, upgrades included. */
  readonly requests: readonly RecordedRequest[]
  /** How requests are answered from now on. Until told otherwise: 200 and `ok`. */
  answer(handler: AnswerRequest): void
  answerUpgrade(handler: AnswerUpgrade): void
  /** Forgets requests and answers. */
  reset(): void
  close(): Promise<void>
}

/**
 * The site behind the gateway: remembers what it was asked, byte for byte, and answers what the test says. `hostname` is how
 * its URL calls this machine.
 */
export async function startOrigin(hostname = '127.0.0.1'): Promise<RecordingOrigin> {
  const requests: RecordedRequest[] = []
  const sayOk: AnswerRequest = (request, response) => {
    request.resume()
    response.end('ok')
  }
  const refuseUpgrade: AnswerUpgrade = (_request, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  let answer = sayOk
  let answerUpgrade = refuseUpgrade

  const record = (request: IncomingMessage) => {
    requests.push({
      method: request.method ?? '',
      target: request.url ?? '',
      headers: pairs(request.rawHeaders),
    })
  }
  const server = createServer((request, response) => {
    record(request)
    answer(request, response)
  })
  server.on('upgrade', (request, socket, head) => {
    record(request)
    answerUpgrade(request, socket, head)
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  const port = await listen(server)
  return {
    url: `http://${hostname}:${port}`,
    port,
    requests,
    answer: (handler) => {
      answer = handler
    },
    answerUpgrade: (handler) => {
      answerUpgrade = handler
    },
    reset() {
      requests.length = 0
      answer = sayOk
      answerUpgrade = refuseUpgrade
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export interface RawOrigin {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** An origin that answers with whatever bytes the test writes, for answers that no HTTP library would send. */
export async function startRawOrigin(answer: (socket: Socket, head: string) => void): Promise<RawOrigin> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    let received = ''
    socket.on('data', (chunk) => {
      const hadHead = received.includes('\r\n\r\n')
      received += chunk.toString('latin1')
      if (!hadHead && received.includes('\r\n\r\n')) answer(socket, received)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** All values of a header that reached the origin, whatever its spelling. */
export function receivedHeader(request: RecordedRequest | undefined, name: string): readonly string[] {
  return (request?.headers ?? [])
    .filter(([given]) => given.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value)
}

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from(
    { length: raw.length / 2 },
    (_, index) => [raw[index * 2] ?? '', raw[index * 2 + 1] ?? ''] as const,
  )
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
