import type { Config } from './config/schema.ts'
import { Fault } from './errors.ts'
import { type Address, canonicalUrl } from './gate/canonical-url.ts'
import { type Authenticator, byHook, bySession } from './gate/identify.ts'
import { isOwnPath } from './gate/own-path.ts'
import { protect } from './gate/protect.ts'
import { answerFault } from './http/fault.ts'
import { emptyResponse } from './http/json.ts'
import { problemResponse } from './http/problem.ts'
import { withCookies } from './http/set-cookies.ts'
import { Visit } from './http/visit.ts'
import { runJobs } from './jobs/run.ts'
import { createOwnRoutes, type OwnRoutes } from './own-routes.ts'
import { createServices, type Env, type Services, type Site, type World } from './services.ts'
import { byRemember } from './session/restore.ts'
import { byToken } from './token/by-token.ts'

interface Gateway {
  readonly services: Services
  readonly own: OwnRoutes
  readonly ways: readonly Authenticator[]
}

/** The Worker for one configuration: which request goes where. */
export function createGateway(config: Config, world: World = {}): ExportedHandler<Env> {
  const gateways = new WeakMap<Env, Gateway>()

  function gatewayFor(env: Env): Gateway {
    const known = gateways.get(env)
    if (known) return known
    const services = createServices(config, env, world)
    const { identify } = services.settings.hooks
    const ways = [
      ...(identify ? [byHook(identify)] : []),
      byToken(services),
      bySession(services),
      byRemember(services),
    ]
    const gateway = { services, own: createOwnRoutes(services.settings.basePath), ways }
    gateways.set(env, gateway)
    return gateway
  }

  return {
    async fetch(request, env, ctx) {
      let gateway: Gateway
      try {
        gateway = gatewayFor(env)
      } catch (error) {
        if (error instanceof Fault) return problemResponse(error.code, { secure: true })
        throw error
      }
      const { services } = gateway
      // Bare workerd hands over the raw request target; from here on everybody sees what `fetch` would send.
      const url = canonicalUrl(request.url)
      // `*`, or two `Host` headers: nothing that names a page.
      if (!url) return problemResponse('invalid_request', { secure: true })
      const site = siteFor(services, request, url)
      if (!site) return problemResponse('misdirected_request', { secure: url.protocol === 'https:' })
      const visit = new Visit(request, url, site, ctx)
      if (isUnencrypted(site, url)) return askForHttps(site, visit)
      const response = await answer(gateway, site, visit)
      const cookies = visit.cookiesToSet
      return cookies ? withCookies(response, cookies) : response
    },

    async scheduled({ cron }, env) {
      await runJobs(gatewayFor(env).services, cron)
    },
  }
}

async function answer({ services, own, ways }: Gateway, site: Site, visit: Visit): Promise<Response> {
  try {
    const isOwn = isOwnPath(visit.url.pathname, services.settings.basePath)
    return await (isOwn ? own({ services, site, visit }) : protect(services, ways, site, visit))
  } catch (error) {
    return await answerFault(services, site, visit, error)
  }
}

/**
 * The site of a host, compared exactly after lower-casing and without a trailing dot (P3). The parsed URL and the `Host` header
 * must name the same one: a header such as `a/b?x#` would otherwise move the path.
 */
function siteFor(services: Services, request: Request, { host, protocol }: Address): Site | undefined {
  const header = request.headers.get('host')
  if (header !== null && header !== host) {
    // The parser leaves out the scheme's own port, which a client may write.
    const named = header.toLowerCase().replace(protocol === 'https:' ? /:443$/ : /:80$/, '')
    if (withoutDot(named) !== withoutDot(host)) return undefined
  }
  return services.sites.get(host) ?? services.sites.get(withoutDot(host))
}

/** `request.url` has the scheme that the visitor used, also where the platform ends TLS. Nothing leaves a loopback address. */
function isUnencrypted(site: Site, { protocol }: Address): boolean {
  return protocol === 'http:' && site.secure && !site.local
}

/**
 * Plain http on a site of https. A browser is sent over; a program must be told, as a redirect would hide from it that it sends its
 * credentials in the clear each time.
 */
function askForHttps(site: Site, visit: Visit): Response {
  const { request, url, kind, requestId } = visit
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  if (kind !== 'navigation' || !isReading)
    return problemResponse('https_required', { requestId, secure: false })
  const location = site.publicOrigin + url.pathname + url.search
  return emptyResponse(308, { headers: { location }, secure: false })
}

function withoutDot(host: string): string {
  return host.replace(/\.(?=:|$)/, '')
}
