import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Exchange, sendPage } from '../exchange.ts'
import { html } from '../html.ts'
import { layout } from '../layout.ts'
import { readVisitor } from '../visitor.ts'
import { backToMembers } from './members.ts'

const SECONDS_BETWEEN_READINGS = 2
const WINDS = ['calm', 'light airs', 'a light breeze', 'a gentle breeze', 'a fresh breeze'] as const

export function showFeed(exchange: Exchange): void {
  const body = html`
${backToMembers}
<h1>Harbour feed</h1>
<p class="lead">Each line is pushed by the site and passes the gateway at once, one by one.</p>
<p class="status" data-status role="status">Connecting…</p>
<ol class="feed" data-feed="/members/events" aria-live="polite"></ol>
<noscript><p>This page needs JavaScript to listen.</p></noscript>`
  sendPage(exchange, layout(exchange, { title: 'Harbour feed', body, script: true }))
}

/** Server-sent events: a reading now and one every other second, numbered on from `Last-Event-ID`, until the client leaves. */
export function sendEvents({ request, response }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const last = Number(request.headers['last-event-id'])
  let id = Number.isSafeInteger(last) && last > 0 ? last : 0
  const send = () => {
    id += 1
    response.write(`id: ${id}\nevent: reading\ndata: ${JSON.stringify(readingAt(Date.now(), id))}\n\n`)
  }
  response.write('retry: 2000\n\n')
  send()
  const timer = setInterval(send, SECONDS_BETWEEN_READINGS * 1000)
  response.on('close', () => clearInterval(timer))
}

function readingAt(now: number, id: number) {
  const tideMetres = 2.6 + 1.9 * Math.sin(now / 20_000)
  const wind = WINDS[Math.floor(((Math.sin(now / 9000) + 1) / 2) * (WINDS.length - 0.001))]
  return { id, at: new Date(now).toISOString(), tideMetres: Number(tideMetres.toFixed(2)), wind }
}

export function showChat(exchange: Exchange): void {
  const body = html`
${backToMembers}
<h1>Tea-room</h1>
<p class="lead">A WebSocket through the gateway. Names come from the identity headers of its first request.</p>
<p class="status" data-status role="status">Connecting…</p>
<ol class="chat" data-chat="/members/socket" aria-live="polite"></ol>
<form class="say" data-say>
<label for="text" class="hidden">Message</label>
<input id="text" name="text" maxlength="500" autocomplete="off" placeholder="Say something" required>
<button class="button">Send</button>
</form>
<noscript><p>This page needs JavaScript to talk.</p></noscript>`
  sendPage(exchange, layout(exchange, { title: 'Tea-room', body, script: true }))
}

/** The chat: what one says, everybody hears, the speaker included. Returns how to end it. */
export function serveChat(server: Server, path: string): () => void {
  const chat = new WebSocketServer({ noServer: true, maxPayload: 4096 })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] !== path) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    chat.handleUpgrade(request, socket, head, (client) => join(chat, client, request))
  })
  return () => {
    for (const client of chat.clients) client.terminate()
    chat.close()
  }
}

function join(chat: WebSocketServer, client: WebSocket, request: IncomingMessage): void {
  const from = readVisitor(request.headers)?.name ?? 'Somebody'
  const tell = (message: Readonly<Record<string, unknown>>) => {
    const text = JSON.stringify(message)
    for (const listener of chat.clients) listener.send(text)
  }
  tell({ type: 'joined', from, present: chat.clients.size })
  client.on('message', (data) => tell({ type: 'said', from, text: data.toString().slice(0, 500) }))
  client.on('close', () => tell({ type: 'left', from, present: chat.clients.size }))
  client.on('error', () => client.terminate())
}
