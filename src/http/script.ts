import { ownHeaders } from '../ui/security-headers.ts'

/** A script of the gateway's own, the same for everybody. Its policy is that of the page it runs in. */
export function scriptResponse(text: string, secure: boolean): Response {
  const headers = new Headers()
  for (const [name, value] of ownHeaders(secure)) headers.set(name, value)
  headers.set('content-type', 'text/javascript; charset=utf-8')
  headers.set('cache-control', 'public, max-age=3600')
  headers.delete('vary')
  return new Response(text, { headers })
}
