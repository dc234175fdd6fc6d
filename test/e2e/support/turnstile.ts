import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export const SITE_KEY = '0x4AAAAAAASTANDIN'
export const TURNSTILE_SECRET = '0x4AAAAAAASTANDINSECRET'

export interface TurnstileService {
  readonly url: string
  /** What has been asked of `siteverify`. */
  readonly asked: readonly Record<string, unknown>[]
  /** Makes the service fail, or answer again. */
  broken: boolean
  close(): Promise<void>
}

/** The widget: puts its answer into the form it stands in, and shows a frame of its own, as Cloudflare's does. */
const WIDGET = `
for (const place of document.querySelectorAll('.cf-turnstile')) {
  const { sitekey, action } = place.dataset
  const answer = document.createElement('input')
  answer.type = 'hidden'
  answer.name = 'cf-turnstile-response'
  const frame = document.createElement('iframe')
  frame.title = 'Widget'
  frame.height = 65
  frame.src = new URL('/frame', document.currentScript?.src ?? import_meta_url)
  place.append(answer, frame)
  fetchToken(sitekey, action).then((token) => { answer.value = token })
}
async function fetchToken(sitekey, action) { return [sitekey, action, crypto.randomUUID()].join('.') }
`

/** A server that serves a widget and checks its answers as the documentation of Turnstile says: once each, for one secret. */
export async function startTurnstile(hostname: string): Promise<TurnstileService> {
  const asked: Record<string, unknown>[] = []
  const used = new Set<string>()
  const service: { broken: boolean } = { broken: false }

  function verify({ secret, response }: Record<string, unknown>): object {
    const refuse = (code: string) => ({ success: false, 'error-codes': [code] })
    if (secret !== TURNSTILE_SECRET) return refuse('invalid-input-secret')
    const [siteKey, action, nonce] = String(response).split('.')
    if (siteKey !== SITE_KEY || !nonce) return refuse('invalid-input-response')
    if (used.has(nonce)) return refuse('timeout-or-duplicate')
    used.add(nonce)
    return {
      success: true,
      challenge_ts: new Date().toISOString(),
      hostname,
      action,
      'error-codes': [],
      cdata: '',
    }
  }

  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      if (request.url === '/turnstile/v0/api.js') {
        response.setHeader('content-type', 'text/javascript')
        response.end(WIDGET.replace('import_meta_url', JSON.stringify(`${url}/`)))
      } else if (request.url === '/frame') {
        response.setHeader('content-type', 'text/html')
        response.end('<p style="font:14px sans-serif">Verified</p>')
      } else if (request.url === '/turnstile/v0/siteverify' && request.method === 'POST' && !service.broken) {
        const body = JSON.parse(text) as Record<string, unknown>
        asked.push(body)
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(verify(body)))
      } else {
        response.statusCode = service.broken ? 503 : 404
        response.end()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(service, {
    url,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
}
