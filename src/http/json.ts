import { ownHeaders } from '../ui/security-headers.ts'

/** An own JSON answer, never stored by anybody. */
export function jsonResponse(
  body: unknown,
  options: { status?: number; headers?: HeadersInit; secure: boolean },
): Response {
  const headers = new Headers(options.headers)
  for (const [name, value] of ownHeaders(options.secure)) headers.set(name, value)
  headers.set('content-type', 'application/json; charset=utf-8')
  return new Response(JSON.stringify(body), { status: options.status ?? 200, headers })
}

/** An own answer without a body: 204, or a redirect with `location`. */
export function emptyResponse(status: number, options: { headers?: HeadersInit; secure: boolean }): Response {
  const headers = new Headers(options.headers)
  for (const [name, value] of ownHeaders(options.secure)) headers.set(name, value)
  return new Response(null, { status, headers })
}
