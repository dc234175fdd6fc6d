/** A reply of a server: its code, and the words of each line. */
export interface Reply {
  readonly code: number
  readonly lines: readonly string[]
}

/** RFC 5321 section 4.5.3.1.5 has 512 bytes a line; nobody says more than this in one reply. */
const MAX_REPLY_BYTES = 16_384

/** Reads replies off a stream, one after the other, however the network cuts them. */
export interface ReplyReader {
  next(): Promise<Reply>
  /** Whether the server has said more than it was asked for. */
  hasMore(): boolean
  release(): void
}

export function createReplyReader(readable: ReadableStream<Uint8Array>): ReplyReader {
  const reader = readable.getReader()
  const decoder = new TextDecoder('latin1')
  let rest = ''

  async function nextLine(): Promise<string> {
    for (;;) {
      const end = rest.indexOf('\n')
      if (end >= 0) {
        const line = rest.slice(0, end).replace(/\r$/, '')
        rest = rest.slice(end + 1)
        return line
      }
      if (rest.length > MAX_REPLY_BYTES) throw new SmtpBroken('reply_too_long')
      const { done, value } = await reader.read()
      if (done) throw new SmtpBroken('connection_closed')
      rest += decoder.decode(value, { stream: true })
    }
  }

  return {
    async next() {
      const lines: string[] = []
      for (;;) {
        const [, digits, mark, words = ''] = /^([2-5]\d\d)([ -]|$)(.*)$/.exec(await nextLine()) ?? []
        if (digits === undefined) throw new SmtpBroken('reply_not_understood')
        lines.push(words)
        if (mark !== '-') return { code: Number(digits), lines }
        if (lines.length > 100) throw new SmtpBroken('reply_too_long')
      }
    },
    hasMore: () => rest !== '',
    release: () => reader.releaseLock(),
  }
}

/** The other side does not speak SMTP, or not any more. The name is all that may be logged. */
export class SmtpBroken extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = reason
  }
}
