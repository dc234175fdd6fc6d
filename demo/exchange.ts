import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Html } from './html.ts'
import type { Visitor } from './visitor.ts'

/** One request and its response, with what the pages want to know. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The path as it was sent; this site neither decodes nor tidies it. */
  readonly path: string
  readonly query: URLSearchParams
  readonly visitor: Visitor | null
}

export type Handler = (exchange: Exchange) => void | Promise<void>

/** Only what this site itself serves may load or run in its pages. */
const POLICY = "default-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export function sendPage({ request, response }: Exchange, page: Html, status = 200): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page.html),
    'Cache-Control': 'no-cache, private',
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : page.html)
}

export function sendJson({ request, response }: Exchange, value: unknown, status = 200): void {
  const body = `${JSON.stringify(value, null, 2)}\n`
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Answers a form post: the browser fetches the page again, so that reloading posts nothing twice. */
export function seeOther({ response }: Exchange, path: string): void {
  response.writeHead(303, { Location: path, 'Content-Length': 0 })
  response.end()
}
