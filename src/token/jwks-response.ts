import { toBase64Url } from '../lib/encoding.ts'
import { ownHeaders } from '../ui/security-headers.ts'
import type { PublicJwk } from './private-key.ts'

/** How long a verifier may keep the key set. Keys are published a whole rotation period before they sign. */
export const JWKS_MAX_AGE_SECONDS = 300

/**
 * The answer of `/.well-known/jwks.json` (RFC 7517 section 8.5.2 for its type): 200 with the set, or 304 when `ifNoneMatch`,
 * the request's header of that name, names it. The same for everybody, so shared caches may keep it and any site may load it. `https`
 * is whether the visitor's side is encrypted.
 */
export async function createJwksResponse(
  keys: readonly PublicJwk[],
  options: { readonly ifNoneMatch?: string | null; readonly https: boolean },
): Promise<Response> {
  const body = JSON.stringify({ keys })
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))
  const etag = `"${toBase64Url(new Uint8Array(digest, 0, 16))}"`
  const headers = new Headers(ownHeaders(options.https).map(([name, value]) => [name, value]))
  headers.delete('Vary')
  headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
  headers.set('Cache-Control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  headers.set('ETag', etag)
  if (matches(options.ifNoneMatch ?? null, etag)) return new Response(null, { status: 304, headers })
  headers.set('Content-Type', 'application/jwk-set+json')
  return new Response(body, { headers })
}

/** RFC 9110 section 13.1.2: a list of tags or `*`, compared weakly (a CDN that compresses turns a tag into a weak one). */
function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false
  return ifNoneMatch.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()))
}
