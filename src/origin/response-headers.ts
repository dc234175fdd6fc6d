import { isNamed } from './cut-cookies.ts'

export interface ResponseContext {
  /** The origin's own address, `null` where it is a binding. */
  readonly originUrl: URL | null
  /** The address visitors use. */
  readonly publicOrigin: string
  /** Whether the request carried an identity. */
  readonly identified: boolean
  readonly cookieNames: readonly string[]
}

/**
 * The origin's answer as the visitor gets it: the very same object unless something must change, since a copy costs as much as
 * the rest of the gateway. What may have to change: addresses and cookie domains that name the origin itself, cookies of our
 * name, and shared caching of what was made for one visitor.
 */
export function adaptResponse(response: Response, context: ResponseContext): Response {
  const { headers } = response
  const changes: ((headers: Headers) => void)[] = []
  if (context.originUrl) addressChanges(headers, context.originUrl, context.publicOrigin, changes)
  if (headers.has('set-cookie')) cookieChanges(headers, context, changes)
  if (headers.has('clear-site-data')) clearSiteDataChanges(headers, changes)
  if (context.identified && !headers.has('cache-control')) {
    changes.push((copy) => copy.set('cache-control', 'private'))
  }
  if (changes.length === 0) return response
  const copy = new Response(response.body, response)
  for (const change of changes) change(copy.headers)
  return copy
}

type Change = (headers: Headers) => void

const ADDRESS_HEADERS = ['location', 'content-location', 'refresh'] as const
/** `Refresh: 5; url='https://…'` as browsers read it: the unit, the sign and the quotes are all optional. */
const BEFORE_REFRESH_ADDRESS = /^\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?['"]?/i
/**
 * A scheme or none, slashes or backslashes (browsers take both), and the host. Two slashes or more begin a host. After the other scheme
 * than the page's any number does; after the page's own, fewer than two begin a path (WHATWG URL, "special relative or authority").
 */
const HOST_ON_HTTPS = /^\s*(?:(http:)[\\/]*|(https:)?[\\/]{2,})([^\\/?#]*)/i
const HOST_ON_HTTP = /^\s*(?:(https:)[\\/]*|(http:)?[\\/]{2,})([^\\/?#]*)/i

/** Redirects to the origin's own address would lead visitors around the gateway, or nowhere. */
function addressChanges(headers: Headers, originUrl: URL, publicOrigin: string, changes: Change[]): void {
  for (const name of ADDRESS_HEADERS) {
    const value = headers.get(name)
    if (value === null) continue
    const before = name === 'refresh' ? (BEFORE_REFRESH_ADDRESS.exec(value)?.[0] ?? '') : ''
    const next = before + publicAddress(value.slice(before.length), originUrl, publicOrigin)
    if (next !== value) changes.push((copy) => copy.set(name, next))
  }
}

/** Everything behind the host stays as it was written. Hosts are compared whole: `origin.example.evil` is somebody else. */
function publicAddress(address: string, originUrl: URL, publicOrigin: string): string {
  const found = (publicOrigin.startsWith('https:') ? HOST_ON_HTTPS : HOST_ON_HTTP).exec(address)
  if (!found) return address
  const [written, otherScheme, ownScheme, host] = found
  const url = URL.parse(`${otherScheme ?? ownScheme ?? originUrl.protocol}//${host}`)
  return url && withoutDot(url.host) === withoutDot(originUrl.host)
    ? publicOrigin + address.slice(written.length)
    : address
}

function withoutDot(host: string): string {
  return host.replace(/\.(?=:|$)/, '')
}

function cookieChanges(headers: Headers, context: ResponseContext, changes: Change[]): void {
  const cookies = headers.getSetCookie()
  const next = cookies
    .filter((cookie) => !isNamed(cookie.split(';')[0] ?? '', context.cookieNames))
    .map((cookie) => withoutOriginDomain(cookie, context))
  if (next.length === cookies.length && next.every((cookie, index) => cookie === cookies[index])) return
  changes.push((copy) => {
    copy.delete('set-cookie')
    for (const cookie of next) copy.append('set-cookie', cookie)
  })
}

/**
 * Without a `Domain` that names the origin: the browser would refuse the cookie, since visitors are elsewhere. A parent that both
 * share stays as it is.
 */
function withoutOriginDomain(cookie: string, { originUrl, publicOrigin }: ResponseContext): string {
  if (!originUrl || !/;\s*domain\s*=/i.test(cookie)) return cookie
  const publicHost = new URL(publicOrigin).hostname
  return cookie.replaceAll(/;\s*domain\s*=([^;]*)/gi, (attribute, text: string) => {
    const domain = text.trim().replace(/^\./, '').toLowerCase()
    if (domain === originUrl.hostname) return ''
    return isWithin(originUrl.hostname, domain) && !isWithin(publicHost, domain) ? '' : attribute
  })
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

/**
 * The origin may clear its caches and storage, but "cookies" would sign the visitor out of the gateway. A directive that has the word
 * anywhere goes as a whole, whatever is around it: a lenient browser might see it there.
 */
function clearSiteDataChanges(headers: Headers, changes: Change[]): void {
  const value = headers.get('clear-site-data') ?? ''
  const directives = value.split(',').map((directive) => directive.trim())
  const kept = directives.flatMap((directive) => {
    const letters = directive.toLowerCase().replaceAll(/[^a-z*]/g, '')
    if (letters.includes('cookies')) return []
    return letters.includes('*') ? ['"cache"', '"storage"', '"executionContexts"'] : [directive]
  })
  if (kept.join() === directives.join()) return
  changes.push((copy) =>
    kept.length > 0 ? copy.set('clear-site-data', kept.join(', ')) : copy.delete('clear-site-data'),
  )
}
