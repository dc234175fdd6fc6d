/** Why a socket that was open is closed by the gateway. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

/**
 * Puts the gateway between the two ends of a WebSocket, so that it can be closed when whoever opened it may no longer. Messages go through
 * as they are, closing codes as well. `check` is asked every `everyMs`, whatever the traffic; what it answers closes both ends.
 *
 * The runtime joins two ends by itself otherwise, and nothing could part them again. The price is that messages pass through the isolate,
 * and that a reader slower than its sender has them wait in memory.
 */
export function guardSocket(
  response: Response,
  everyMs: number,
  check: () => Promise<Closing | null>,
): Response {
  const origin = response.webSocket
  if (!origin) return response
  const [visitor, own] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket]
  let timer: ReturnType<typeof setTimeout> | null = null

  const stop = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const watch = () => {
    timer = setTimeout(async () => {
      const closing = await check()
      // It may have closed by itself meanwhile.
      if (timer === null) return
      if (closing === null) return watch()
      stop()
      close(own, closing.code, closing.reason)
      close(origin, GOING_AWAY, '')
    }, everyMs)
  }

  for (const [from, to] of [
    [origin, own],
    [own, origin],
  ] as const) {
    from.binaryType = 'arraybuffer'
    from.addEventListener('message', ({ data }) => {
      if (to.readyState === WebSocket.OPEN) to.send(data as string | ArrayBuffer)
    })
    from.addEventListener('close', ({ code, reason }) => {
      stop()
      close(to, code, reason)
    })
    from.addEventListener('error', () => {
      stop()
      close(to, BROKEN, '')
    })
  }
  origin.accept()
  own.accept()
  watch()

  const headers = new Headers(response.headers)
  // Agreed between the runtime and the origin; the visitor's end agrees on its own.
  headers.delete('sec-websocket-extensions')
  return new Response(null, { status: 101, headers, webSocket: visitor })
}

const GOING_AWAY = 1001
/** What must not be sent and stands for "without a code" or "broken off" (RFC 6455 section 7.4.1). */
const NEVER_SENT = new Set([1005, 1006, 1015])
const BROKEN = 1011

function close(socket: WebSocket, code: number, reason: string): void {
  try {
    if (code === 1005) socket.close()
    else socket.close(NEVER_SENT.has(code) ? BROKEN : code, reason)
  } catch {
    // Closed already.
  }
}
