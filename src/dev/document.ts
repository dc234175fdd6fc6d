import { ownHeaders } from '../ui/security-headers.ts'

/**
 * Nothing runs and nothing is loaded, as in a careful mail program; styles stand in the elements, which a mail must do. The sandbox holds
 * for the document itself, so that it does not matter how somebody comes here. A link that is clicked takes the whole tab along.
 */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  'sandbox allow-top-navigation-by-user-activation',
].join('; ')

/** The HTML part of a mail as a document of its own, for the frame that shows it. */
export function mailDocument(html: string, https: boolean): Response {
  const headers = new Headers(ownHeaders(https).map(([name, value]): [string, string] => [name, value]))
  headers.set('Content-Type', 'text/html; charset=utf-8')
  headers.set('Content-Security-Policy', POLICY)
  headers.set('X-Frame-Options', 'SAMEORIGIN')
  return new Response(html.replace('<head>', '<head><base target="_top"/>'), { headers })
}
