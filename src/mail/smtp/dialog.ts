import { createReplyReader, type Reply, type ReplyReader, SmtpBroken } from './replies.ts'

/** What of the runtime's `Socket` a dialog uses. */
export interface SmtpSocket {
  readonly readable: ReadableStream
  readonly writable: WritableStream
  startTls(): SmtpSocket
  close(): Promise<void>
}

/** A connection on which commands are answered one by one. */
export interface Dialog {
  greeting(): Promise<Reply>
  /** One line; throws for text that would be two. */
  say(command: string): Promise<Reply>
  /** A message that is stuffed and ended already. */
  sendData(data: string): Promise<Reply>
  /** Continues encrypted. Throws when the server has said anything before that: it would be read as if it had been said encrypted. */
  startTls(): void
  close(): Promise<void>
}

export function openDialog(connected: SmtpSocket): Dialog {
  let socket = connected
  let replies: ReplyReader = createReplyReader(socket.readable)
  let writer = socket.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>

  const write = (text: string) => writer.write(new TextEncoder().encode(text))

  return {
    greeting: () => replies.next(),
    async say(command) {
      if (/[\r\n\0]/.test(command)) throw new TypeError('a command is one line')
      await write(`${command}\r\n`)
      return await replies.next()
    },
    async sendData(data) {
      await write(data)
      return await replies.next()
    },
    startTls() {
      // CVE-2011-0411 and its like: commands or replies that an attacker put in before the handshake.
      if (replies.hasMore()) throw new SmtpBroken('words_before_tls')
      replies.release()
      writer.releaseLock()
      socket = socket.startTls()
      replies = createReplyReader(socket.readable)
      writer = socket.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>
    },
    close: () => socket.close(),
  }
}
