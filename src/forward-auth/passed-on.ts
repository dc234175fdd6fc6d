import { type Address, canonicalUrl } from '../gate/canonical-url.ts'
import { isOwnPath } from '../gate/own-path.ts'
import { answerFault } from '../http/fault.ts'
import { askForHttps, isUnencrypted } from '../http/https-only.ts'
import { problemResponse } from '../http/problem.ts'
import { withCookies } from '../http/set-cookies.ts'
import { siteFor } from '../http/site-for.ts'
import { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { cutProxyHeaders } from './proxy-headers.ts'

type Own = (bindings: {
  readonly services: Services
  readonly site: Site
  readonly visit: Visit
}) => Promise<Response>

/**
 * One of the gateway's own pages, asked for through a proxy that has proved itself: on the visitor's host, which is where its cookies
 * live, whatever the address is under which the proxy reaches the gateway.
 */
export async function answerPassedOn(
  services: Services,
  own: Own,
  passed: { readonly request: Request; readonly url: Address; readonly clientIp: string | null },
  ctx: ExecutionContext,
): Promise<Response> {
  const { request } = passed
  const host = request.headers.get('x-forwarded-host')
  const scheme = request.headers.get('x-forwarded-proto') ?? 'https'
  const { pathname, search } = passed.url
  const url = host && /^https?$/.test(scheme) ? canonicalUrl(`${scheme}://${host}${pathname}${search}`) : null
  const site = url && siteFor(services.sites, url, host)
  if (!url || !site || !isOwnPath(url.pathname, services.settings.basePath))
    return problemResponse('misdirected_request', { secure: true })
  const theirs = new Request(url.href, request)
  cutProxyHeaders(theirs.headers)
  const visit = new Visit(theirs, url, site, ctx, { ip: passed.clientIp })
  if (isUnencrypted(site, url)) return askForHttps(visit)
  const response = await own({ services, site, visit }).catch((error: unknown) =>
    answerFault(services, site, visit, error),
  )
  return visit.cookiesToSet ? withCookies(response, visit.cookiesToSet) : response
}
