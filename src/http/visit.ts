import type { SiteSettings } from '../config/settings.ts'
import type { Address } from '../gate/canonical-url.ts'
import { type RequestKind, requestKind } from '../gate/request-kind.ts'
import { networkOf } from '../lib/network.ts'
import { type ReceivedHeaders, receivedHeaders } from '../lib/received-headers.ts'
import { agentFamily, type Client, type ComparedClient } from '../session/client.ts'
import { type CookieNames, cookieNames, readCookie, writeCookie } from '../session/cookie.ts'
import { chooseLanguage, isLanguage, type Language } from '../ui/text/text.ts'

/** What a proxy that has proved itself says of its visitor; `null`: nothing. */
export interface Proxied {
  readonly ip: string | null
}

/** Of `request.cf`, what is used. */
interface Platform {
  readonly asn?: number
  readonly country?: string
  readonly city?: string
  readonly timezone?: string
  readonly clientAcceptEncoding?: string
}

/**
 * One request and what the platform says of it. Everything is decided on this, never on what a client may write. What a forwarded
 * request seldom needs is worked out when somebody asks.
 */
export class Visit {
  readonly request: Request
  readonly method: string
  /** As the WHATWG parser writes it; `fetch` sends exactly this path on. */
  readonly url: Address
  readonly site: SiteSettings
  readonly cookies: CookieNames
  readonly #ctx: ExecutionContext
  readonly #proxied: Proxied | null
  #received: ReceivedHeaders | null = null
  #cf: { readonly platform: Platform | null } | null = null
  #kind: RequestKind | null = null
  #requestId: string | null = null
  #cookiesToSet: Map<string, string> | null = null

  constructor(
    request: Request,
    url: Address,
    site: SiteSettings,
    ctx: ExecutionContext,
    proxied: Proxied | null = null,
  ) {
    this.request = request
    this.method = request.method
    this.url = url
    this.site = site
    this.cookies = cookieNames(site.secure)
    this.#ctx = ctx
    this.#proxied = proxied
  }

  get received(): ReceivedHeaders {
    this.#received ??= receivedHeaders(this.request.headers)
    return this.#received
  }

  /** What the platform tells of the connection; `null` where there is no edge. It is parsed when the first one asks. */
  get cf(): Platform | null {
    this.#cf ??= { platform: (this.request.cf as Platform | undefined) ?? null }
    return this.#cf.platform
  }

  get kind(): RequestKind {
    this.#kind ??= requestKind(this.method, this.received)
    return this.#kind
  }

  /** Cloudflare's ray id where the edge has set one, so that logs of both sides meet. */
  get requestId(): string {
    this.#requestId ??= (this.cf && rayId(this.received.get('cf-ray'))) ?? crypto.randomUUID()
    return this.#requestId
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.url.search)
  }

  /**
   * Sets one of the gateway's cookies with whatever this request is answered, a fault included: the browser must hear of a token that has
   * been used up or replaced. Of several values for one name the last counts. Without an age it lives as long as the browser.
   */
  setCookie(name: string, value: string, maxAgeSeconds?: number): void {
    this.#cookiesToSet ??= new Map()
    this.#cookiesToSet.set(name, writeCookie(name, value, this.site.secure, maxAgeSeconds))
  }

  clearCookie(name: string): void {
    this.setCookie(name, '', 0)
  }

  /** `Set-Cookie` values for the answer; `null` for none. */
  get cookiesToSet(): readonly string[] | null {
    return this.#cookiesToSet && [...this.#cookiesToSet.values()]
  }

  /** Keeps work going after the answer. */
  later(work: Promise<unknown>): void {
    this.#ctx.waitUntil(work)
  }

  /**
   * `CF-Connecting-IP` is set by Cloudflare's edge, and is just another header of the client everywhere else: it counts only where the
   * edge has filled in `request.cf` and the address is not a loopback one.
   */
  ip(): string | null {
    if (this.#proxied) return this.#proxied.ip
    if (this.site.local) return '127.0.0.1'
    return this.cf ? this.received.get('cf-connecting-ip') : null
  }

  /** What attempts are counted under; `null` where the platform tells no address. */
  network(): string | null {
    return networkOf(this.ip() ?? '')
  }

  /** What session protection compares; asked of every request with a session. */
  comparedClient(): ComparedClient {
    const { asn, country } = this.#platform()
    return {
      agent: agentFamily(this.received.get('user-agent')),
      network: asn ? `AS${asn} ${country ?? ''}`.trimEnd() : (this.network() ?? 'unknown'),
    }
  }

  client(): Client {
    const { country, city } = this.#platform()
    // `T1` is Tor, `XX` is nowhere.
    const isPlace = country !== undefined && /^(?!XX)[A-Z]{2}$/.test(country)
    const place = isPlace ? [city?.slice(0, 64), country].filter(Boolean).join(', ') : null
    return { ...this.comparedClient(), place }
  }

  /** Of the place that the request came from, which its sender recognises; `null` where the platform does not tell. */
  timeZone(): string | null {
    return this.#platform().timezone ?? null
  }

  /** Of a proxied visitor the platform tells nothing: what it says is true of the proxy. At a loopback address it makes something up. */
  #platform(): Platform {
    return (!this.#proxied && !this.site.local && this.cf) || {}
  }

  /** What its owner has chosen in this browser, else what the browser asks for. */
  get language(): Language {
    const chosen = readCookie(this.received.get('cookie'), this.cookies.language)
    return isLanguage(chosen) ? chosen : chooseLanguage(this.received.get('accept-language'))
  }
}

function rayId(text: string | null): string | null {
  return text !== null && /^[0-9a-f]{16}(-[A-Z]{3})?$/.test(text) ? text : null
}
