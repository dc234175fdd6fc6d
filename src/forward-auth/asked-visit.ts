import { canonicalUrl } from '../gate/canonical-url.ts'
import { siteFor } from '../http/site-for.ts'
import { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Asked } from './dialect.ts'
import { cutProxyHeaders } from './proxy-headers.ts'

/** The visitor's request as the gate sees it, rebuilt from what a proxy says of it. */
export interface AskedVisit {
  readonly site: Site
  readonly visit: Visit
  readonly target: string
}

/** Upper case, as every method is that a rule can name; and none of those with which no request can be made (Fetch, "forbidden method"). */
const METHOD = /^(?!(?:CONNECT|TRACE|TRACK)$)[A-Z]{1,24}$/

/** The body stays with the proxy: a form that is refused here cannot be kept, and must not be kept empty. */
const OF_THE_BODY = ['content-type', 'content-length', 'content-encoding', 'transfer-encoding']

export function visitAsked(
  services: Services,
  asked: Asked,
  question: { readonly request: Request; readonly clientIp: string | null },
  ctx: ExecutionContext,
): AskedVisit | 'incomplete' | 'elsewhere' {
  const { method, scheme, host, target } = asked
  if (!METHOD.test(method) || !target.startsWith('/') || (scheme !== null && !/^https?$/.test(scheme)))
    return 'incomplete'
  const url = canonicalUrl(`${scheme ?? 'https'}://${host}${target}`)
  const site = url && siteFor(services.sites, url, host)
  if (!url || !site) return 'elsewhere'
  const headers = new Headers(question.request.headers)
  cutProxyHeaders(headers)
  for (const name of OF_THE_BODY) headers.delete(name)
  const request = requestOf(url.href, method, headers)
  if (!request) return 'incomplete'
  return { site, target, visit: new Visit(request, url, site, ctx, { ip: question.clientIp }) }
}

/** `null` for a method that the runtime does not know. */
function requestOf(href: string, method: string, headers: Headers): Request | null {
  try {
    return new Request(href, { method, headers, redirect: 'manual' })
  } catch {
    return null
  }
}
