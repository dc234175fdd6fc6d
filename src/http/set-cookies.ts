/** What caches of content networks obey before `Cache-Control` (RFC 9213). */
const CDN_CACHING = ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control', 'expires']

/** Adds cookies to an answer. It carries a credential then: no cache may keep it, whatever the origin allows (CVE-2025-48947). */
export function withCookies(response: Response, cookies: readonly string[]): Response {
  const copy = new Response(response.body, response)
  for (const cookie of cookies) copy.headers.append('set-cookie', cookie)
  copy.headers.set('cache-control', 'private, no-store')
  for (const name of CDN_CACHING) copy.headers.delete(name)
  return copy
}
