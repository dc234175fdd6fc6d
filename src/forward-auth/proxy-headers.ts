/** Proves that a proxy asks about a request, and that it passes one on. Two names, so that neither is ever taken for the other. */
export const CHECK_PROOF = 'x-edgegate-check'
export const PASS_PROOF = 'x-edgegate-proxy'

const SAID_BY_PROXIES = /^x-(?:edgegate|forwarded|original|envoy)-(?!because$)/

/** What is left is the visitor's own: the hook that recognises visitors must see no secret and no second opinion on the address. */
export function cutProxyHeaders(headers: Headers): void {
  for (const name of [...headers.keys()]) if (SAID_BY_PROXIES.test(name)) headers.delete(name)
}

/**
 * The visitor's address: the last one of `X-Forwarded-For`, which the proxy itself has added. Cloudflare's edge adds the proxy's own
 * behind it, which is `connectingIp`. `null` where the proxy says nothing.
 */
export function clientIpOf(headers: Headers, connectingIp: string | null): string | null {
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
  if (connectingIp !== null && hops.at(-1) === connectingIp) hops.pop()
  return hops.at(-1) || null
}
