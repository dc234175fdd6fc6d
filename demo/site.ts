import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAssets } from './assets.ts'
import { type Exchange, type Handler, sendJson } from './exchange.ts'
import { answerDownload, answerEcho, answerSlowly, answerStatus } from './instruments.ts'
import { showAbout } from './pages/about.ts'
import { showAdmin } from './pages/admin.ts'
import { createGuestbook } from './pages/guestbook.ts'
import { type DemoAccount, showHome } from './pages/home.ts'
import { sendEvents, serveChat, showChat, showFeed } from './pages/live.ts'
import { showDirectory, showMembers, showNotes } from './pages/members.ts'
import { showNotFound } from './pages/not-found.ts'
import { sendWhoami, showWhoami } from './pages/whoami.ts'
import { readVisitor } from './visitor.ts'

export interface DemoSite {
  /** Without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

export interface DemoOptions {
  readonly host?: string
  /** 0: any free one. */
  readonly port?: number
  /** Accounts that the front page offers to try. */
  readonly accounts?: readonly DemoAccount[]
}

/** Starts the site that `npm start` shows behind the gateway: an intranet that knows nothing of passwords. */
export async function startDemoSite(options: DemoOptions = {}): Promise<DemoSite> {
  const route = createRoutes(options.accounts ?? [])
  const server = createServer((request, response) => void answer(route, request, response))
  const endChat = serveChat(server, '/members/socket')
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  const { address, family, port } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      endChat()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function createRoutes(accounts: readonly DemoAccount[]): (method: string, path: string) => Handler {
  const guestbook = createGuestbook()
  const sendAsset = createAssets(new URL('./public/', import.meta.url))
  const pages: Readonly<Record<string, Handler>> = {
    'GET /': (exchange) => showHome(exchange, accounts),
    'GET /about': showAbout,
    'GET /health': (exchange) => sendJson(exchange, { ok: true }),
    'GET /members': showMembers,
    'GET /members/': showMembers,
    'GET /members/directory': showDirectory,
    'GET /members/notes': showNotes,
    'GET /members/live': showFeed,
    'GET /members/events': sendEvents,
    'GET /members/chat': showChat,
    'GET /members/guestbook': guestbook.show,
    'POST /members/guestbook': guestbook.sign,
    'POST /members/guestbook/upload': guestbook.upload,
    'GET /admin': showAdmin,
    'GET /admin/': showAdmin,
    'GET /whoami': showWhoami,
    'GET /whoami.json': sendWhoami,
  }
  const families: readonly (readonly [prefix: string, handler: Handler])[] = [
    ['/assets/', sendAsset],
    ['/echo', answerEcho],
    ['/slow', answerSlowly],
    ['/status/', answerStatus],
    ['/download/', answerDownload],
  ]
  return (method, path) =>
    pages[`${method === 'HEAD' ? 'GET' : method} ${path}`] ??
    families.find(([prefix]) => path.startsWith(prefix))?.[1] ??
    showNotFound
}

async function answer(
  route: (method: string, path: string) => Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/', ...query] = (request.url ?? '/').split('?')
  const exchange: Exchange = {
    request,
    response,
    path,
    query: new URLSearchParams(query.join('?')),
    visitor: readVisitor(request.headers),
  }
  try {
    await route(request.method ?? 'GET', path)(exchange)
  } catch (error) {
    console.error(error)
    if (response.headersSent) response.destroy()
    else sendJson(exchange, { error: 'internal_error' }, 500)
  }
}

if (import.meta.main) {
  const port = Number(process.env.PORT ?? 8080)
  const site = await startDemoSite({ port })
  console.log(`Harbour & Lark is at ${site.url}`)
}
