/** The part of `ws` that the demo site and the tests use; the package itself brings no types. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events'
  import type { IncomingMessage } from 'node:http'
  import type { Duplex } from 'node:stream'

  export class WebSocket extends EventEmitter {
    constructor(
      url: string,
      protocols?: string | readonly string[],
      options?: { readonly headers?: Readonly<Record<string, string>>; readonly handshakeTimeout?: number },
    )
    readonly protocol: string
    readonly readyState: number
    send(data: string | Buffer): void
    close(code?: number, reason?: string): void
    terminate(): void
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this
    on(event: 'close', listener: (code: number, reason: Buffer) => void): this
    on(event: 'error', listener: (error: Error) => void): this
    on(event: 'open', listener: () => void): this
    on(event: 'upgrade' | 'unexpected-response', listener: (...values: never[]) => void): this
  }

  export class WebSocketServer extends EventEmitter {
    constructor(options: {
      readonly noServer: true
      readonly maxPayload?: number
      readonly perMessageDeflate?: boolean
      readonly handleProtocols?: (protocols: Set<string>) => string | false
    })
    readonly clients: Set<WebSocket>
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      callback: (client: WebSocket, request: IncomingMessage) => void,
    ): void
    on(event: 'headers', listener: (headers: string[], request: IncomingMessage) => void): this
    close(): void
  }
}
