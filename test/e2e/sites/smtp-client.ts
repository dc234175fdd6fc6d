import { connect } from 'cloudflare:sockets'
import type { Letter } from '../../../src/mail/mail.ts'
import { createSmtpSender, type SmtpServer } from '../../../src/mail/smtp/sender.ts'

/** Sends the mail of its request's body over the runtime's own sockets, and answers with what came of it. */
export default {
  async fetch(request: Request): Promise<Response> {
    const asked = await request.json<{
      server: SmtpServer
      letter: Letter
      timeoutMs?: number
      lingerMs?: number
    }>()
    const { server, letter, timeoutMs, lingerMs } = asked
    const send = createSmtpSender({ server, connect, now: Date.now, ...(timeoutMs ? { timeoutMs } : {}) })
    const sent = await send(letter)
    // The runtime closes what is left open when a request ends; whether we do shows before that.
    if (lingerMs) await new Promise((resolve) => setTimeout(resolve, lingerMs))
    return Response.json(sent)
  },
}
