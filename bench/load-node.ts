import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Answered, CONNECTIONS, type Load } from './load.ts'

/** The same load without wrk. It takes more of the other core, so absolute figures are lower; ratios hold. */
export async function loadByNode(milliseconds: number, load: Load): Promise<Answered> {
  const requests = (load.cookies.length > 0 ? load.cookies : [null]).map((cookie) => requestOf(load, cookie))
  const counts = { requests: 0, failed: 0, bytes: 0 }
  let next = 0
  let isOver = false

  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect(load.port, '127.0.0.1').setNoDelay()
      await once(socket, 'connect')
      return socket
    }),
  )
  const startedAt = performance.now()
  const timer = setTimeout(() => {
    isOver = true
  }, milliseconds)
  await Promise.all(sockets.map((socket) => ask(socket)))
  clearTimeout(timer)
  return { ...counts, seconds: (performance.now() - startedAt) / 1000 }

  async function ask(socket: Socket): Promise<void> {
    let received = ''
    const closed = once(socket, 'close')
    const send = () => {
      const isSpent = load.once && next >= requests.length
      if (isOver || isSpent) socket.destroy()
      else socket.write(requests[next++ % requests.length] ?? '')
    }
    socket.on('error', () => counts.failed++)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      counts.bytes += chunk.length
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN)
      const isWhole = Number.isNaN(length)
        ? received.endsWith('0\r\n\r\n')
        : received.length >= headEnd + 4 + length
      if (!isWhole) return
      counts.requests++
      if (!/^HTTP\/1\.1 [23]/.test(received)) counts.failed++
      received = ''
      send()
    })
    send()
    await closed
  }
}

function requestOf({ port, path, headers }: Load, cookie: string | null): string {
  const lines = Object.entries({
    Host: `127.0.0.1:${port}`,
    ...headers,
    ...(cookie === null ? {} : { Cookie: cookie }),
  })
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}
