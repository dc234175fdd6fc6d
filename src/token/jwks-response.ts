import { toBase64Url } from '../lib/encoding.ts'
import type { PublicJwk } from './private-key.ts'

/** How long a verifier may keep the key set. Keys are published a whole rotation period before they sign. */
export const JWKS_MAX_AGE_SECONDS = 300

/**
 * The answer of `/.well-known/jwks.json` (RFC 7517 section 8.5.2 for its type): 200 with the set, or 304 when `ifNoneMatch`,
 * the request's header of that name, names it. The same for everybody, so shared caches may keep it.
 */
export async function createJwksResponse(
  keys: readonly PublicJwk[],
  ifNoneMatch: string | null = null,
): Promise<Response> {
  const body = JSON.stringify({ keys })
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))
  const etag = `"${toBase64Url(new Uint8Array(digest, 0, 16))}"`
  const headers = { 'Cache-Control': `public, max-age=${JWKS_MAX_AGE_SECONDS}`, ETag: etag }
  if (matches(ifNoneMatch, etag)) return new Response(null, { status: 304, headers })
  return new Response(body, {
    headers: { ...headers, 'Content-Type': 'application/jwk-set+json', 'X-Content-Type-Options': 'nosniff' },
  })
}

/** RFC 9110 section 13.1.2: a list of tags or `*`, compared weakly (a CDN that compresses turns a tag into a weak one). */
function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false
  return ifNoneMatch.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()))
}
