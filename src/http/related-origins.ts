import type { SiteSettings } from '../config/settings.ts'
import { ownHeaders } from '../ui/security-headers.ts'

/** Where browsers look up which other origins may use the passkeys of a domain (WebAuthn level 3 section 5.11). */
export const RELATED_ORIGINS_PATH = '/.well-known/webauthn'

export function relatedOriginsResponse({ relatedOrigins, secure }: SiteSettings): Response {
  const headers = new Headers([...ownHeaders(secure)] as [string, string][])
  headers.set('content-type', 'application/json')
  // The same for everybody.
  headers.set('cache-control', 'public, max-age=3600')
  headers.delete('vary')
  return new Response(JSON.stringify({ origins: relatedOrigins }), { headers })
}
