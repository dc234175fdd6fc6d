import type { SiteSettings } from '../config/settings.ts'
import { type RequestKind, requestKind } from '../gate/request-kind.ts'
import { networkOf } from '../lib/network.ts'
import { agentFamily, type Client } from '../session/client.ts'
import { type CookieNames, cookieNames } from '../session/cookie.ts'

/** One request and what the platform says of it. Everything is decided on this, never on what a client may write. */
export interface Visit {
  readonly request: Request
  /** Parsed once by the WHATWG parser; `fetch` sends exactly this path on. */
  readonly url: URL
  readonly site: SiteSettings
  readonly kind: RequestKind
  readonly cookies: CookieNames
  readonly requestId: string
  /** Keeps work going after the answer. */
  readonly later: (work: Promise<unknown>) => void
  readonly ip: () => string | null
  /** What attempts are counted under; `null` where the platform tells no address. */
  readonly network: () => string | null
  readonly client: () => Client
}

export function openVisit(request: Request, url: URL, site: SiteSettings, ctx: ExecutionContext): Visit {
  const { headers } = request
  const ip = () => clientIp(request, site)
  const network = () => networkOf(ip() ?? '')
  return {
    request,
    url,
    site,
    kind: requestKind(request.method, headers),
    cookies: cookieNames(site.secure),
    requestId: requestId(request),
    later: (work) => ctx.waitUntil(work),
    ip,
    network,
    client: () => ({
      agent: agentFamily(headers.get('user-agent')),
      network: clientNetwork(request, network()),
    }),
  }
}

/**
 * `CF-Connecting-IP` is set by Cloudflare's edge, and is just another header of the client everywhere else: it counts only
 * where the edge has filled in `request.cf` and the address is not a loopback one.
 */
function clientIp(request: Request, site: SiteSettings): string | null {
  if (site.local) return '127.0.0.1'
  return request.cf ? request.headers.get('cf-connecting-ip') : null
}

/** ASN and country where the platform tells them; they survive a new address on the same line. */
function clientNetwork(request: Request, network: string | null): string {
  const { asn, country } = (request.cf ?? {}) as { asn?: number; country?: string }
  return asn ? `AS${asn} ${country ?? ''}`.trimEnd() : (network ?? 'unknown')
}

/** Cloudflare's ray id where the edge has set one, so that logs of both sides meet. */
function requestId({ cf, headers }: Request): string {
  const ray = cf ? headers.get('cf-ray') : null
  return ray !== null && /^[0-9a-f]{16}(-[A-Z]{3})?$/.test(ray) ? ray : crypto.randomUUID()
}
