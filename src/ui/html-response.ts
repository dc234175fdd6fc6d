import { ownHeaders } from './security-headers.ts'
import type { CompiledTheme } from './theme.ts'

export interface HtmlOptions {
  readonly status?: number
  readonly theme: CompiledTheme
  /** Added first: `Vary` is extended, but no security header can be replaced. Several `Set-Cookie` stay several. */
  readonly headers?: HeadersInit
  /**
   * Origins besides our own to which the answer to this page's form may lead. Chromium holds every redirect after a form
   * post against `form-action`, the origin's own included, so an allow-listed absolute `next` must be named here. `anywhere`: the
   * form goes to the protected site, whose answers are not ours to narrow.
   */
  readonly formAction?: readonly string[] | 'anywhere'
  /** What frames of the page may show, as the policy names it. */
  readonly frames?: readonly string[]
  /** The widget of a form, if it has one: what its service serves may run and be framed. */
  readonly human?: { readonly service: string } | null
  /**
   * Whether the page's address holds a one-time token. The site behind the gateway shares our origin, so `same-origin` would hand it the
   * address as `Referer`; `strict-origin` sends only the origin, and still a true `Origin` on the form's post.
   */
  readonly holdsToken?: boolean
  /** The one script of the page: its whole address, so that nothing else of the site runs here (`'self'` would let it). */
  readonly script?: string
  /** What the script may ask. */
  readonly connect?: string
  /** Whether the page has the style of the admin pages. */
  readonly isAdmin?: boolean
  /** Whether the visitor's side is encrypted. */
  readonly https: boolean
}

/** A page of the gateway's own, with every security header. The body comes from a `render…Page` function. */
export function htmlResponse(body: string, options: HtmlOptions): Response {
  const headers = new Headers(options.headers)
  const vary = headers.get('Vary')
  for (const [name, value] of ownHeaders(options.https)) headers.set(name, value)
  if (options.holdsToken) headers.set('Referrer-Policy', 'strict-origin')
  headers.set('Content-Type', 'text/html; charset=utf-8')
  headers.set('Content-Security-Policy', pagePolicy(options))
  headers.set('Vary', ['Cookie', 'Accept-Language', ...(vary === null ? [] : [vary])].join(', '))
  return new Response(body, { status: options.status ?? 200, headers })
}

/**
 * The origin of an address as a content security policy may name it, or `null`. A URL's host may hold `;` and `,`
 * (WHATWG URL, "forbidden host code point"), which in a policy would begin a directive of the sender's choice.
 */
export function policyOrigin(address: string): string | null {
  const url = URL.parse(address)
  return url !== null && /^https?:\/\/[a-z0-9.\-_[\]:]+$/.test(url.origin) ? url.origin : null
}

function pagePolicy(options: HtmlOptions): string {
  const { theme, formAction = [], frames = [], human = null, script, connect, isAdmin = false } = options
  const logo = theme.logoUrl === null ? null : policyOrigin(theme.logoUrl)
  const widget = human && policyOrigin(human.service)
  const scripts = [...(widget ? [widget] : []), ...(script === undefined ? [] : [script])]
  const framed = [...frames, ...(widget ? [widget] : [])]
  const targets =
    formAction === 'anywhere' ? null : formAction.map(policyOrigin).filter((origin) => origin !== null)
  return [
    "default-src 'none'",
    `style-src '${theme.styleHash}'${isAdmin ? ` '${theme.adminStyleHash}'` : ''}`,
    ['img-src', "'self'", 'data:', ...(logo === null ? [] : [logo])].join(' '),
    ...(targets ? [['form-action', "'self'", ...new Set(targets)].join(' ')] : []),
    ...(scripts.length > 0 ? [['script-src', ...scripts].join(' ')] : []),
    ...(connect === undefined ? [] : [`connect-src ${connect}`]),
    ...(framed.length > 0 ? [['frame-src', ...framed].join(' ')] : []),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ')
}
