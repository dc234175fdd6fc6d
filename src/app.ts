import type { Config } from './config/schema.ts'
import { Fault } from './errors.ts'
import { answerBinding, answerProxy } from './forward-auth/by-proxy.ts'
import { canonicalUrl } from './gate/canonical-url.ts'
import { type Authenticator, byHook, bySession } from './gate/identify.ts'
import { isOwnPath } from './gate/own-path.ts'
import { protect } from './gate/protect.ts'
import { answerFault } from './http/fault.ts'
import { askForHttps, isUnencrypted } from './http/https-only.ts'
import { messagePage } from './http/message.ts'
import { problemResponse } from './http/problem.ts'
import { RELATED_ORIGINS_PATH, relatedOriginsResponse } from './http/related-origins.ts'
import { withCookies } from './http/set-cookies.ts'
import { siteFor } from './http/site-for.ts'
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

export interface Entrypoints {
  /** The Worker's default export: visitors, and proxies that prove themselves by a secret. */
  readonly gateway: ExportedHandler<Env>
  /** For Workers that are bound to this one: nobody else can call it (docs/forward-auth.md). */
  readonly forwardAuth: ExportedHandler<Env>
}

/** The Worker for one configuration: which request goes where. */
export function createGateway(config: Config, world: World = {}): ExportedHandler<Env> {
  return createEntrypoints(config, world).gateway
}

export function createEntrypoints(config: Config, world: World = {}): Entrypoints {
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

  async function fetchGateway(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const gateway = gatewayOrProblem(env)
    if (gateway instanceof Response) return gateway
    const { services } = gateway
    // Bare workerd hands over the raw request target; from here on everybody sees what `fetch` would send.
    const url = canonicalUrl(request.url)
    // `*`, or two `Host` headers: nothing that names a page.
    if (!url) return problemResponse('invalid_request', { secure: true })
    const site = siteFor(services.sites, url, request.headers.get('host'))
    const isOwn = isOwnPath(url.pathname, services.settings.basePath)
    if (isOwn || !site) {
      const answered = await answerProxy(gateway, request, url, ctx)
      if (answered) return answered
    }
    if (!site) return problemResponse('misdirected_request', { secure: url.protocol === 'https:' })
    const visit = new Visit(request, url, site, ctx)
    if (isUnencrypted(site, url)) return askForHttps(visit)
    const response = await answer(gateway, site, visit, isOwn)
    const cookies = visit.cookiesToSet
    return cookies ? withCookies(response, cookies) : response
  }

  async function fetchForwardAuth(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const gateway = gatewayOrProblem(env)
    if (gateway instanceof Response) return gateway
    const url = canonicalUrl(request.url)
    if (!url) return problemResponse('invalid_request', { secure: true })
    return await answerBinding(gateway, request, url, ctx)
  }

  function gatewayOrProblem(env: Env): Gateway | Response {
    try {
      return gatewayFor(env)
    } catch (error) {
      if (error instanceof Fault) return problemResponse(error.code, { secure: true })
      throw error
    }
  }

  return {
    gateway: {
      fetch: fetchGateway,
      async scheduled({ cron }, env) {
        await runJobs(gatewayFor(env).services, cron)
      },
    },
    forwardAuth: { fetch: fetchForwardAuth },
  }
}

async function answer(
  { services, own, ways }: Gateway,
  site: Site,
  visit: Visit,
  isOwn: boolean,
): Promise<Response> {
  try {
    if (isOwn) return await own({ services, site, visit })
    if (site.relatedOrigins.length > 0 && visit.url.pathname === RELATED_ORIGINS_PATH)
      return relatedOriginsResponse(site)
    if (site.origin.kind === 'elsewhere') return await notForwardedHere(services, site, visit)
    return await protect(services, ways, site, visit)
  } catch (error) {
    return await answerFault(services, site, visit, error)
  }
}

/** The site lies behind another proxy, which is the only way to it. */
async function notForwardedHere(services: Services, site: Site, visit: Visit): Promise<Response> {
  if (visit.kind === 'navigation') return await messagePage(services, site, visit, 'misdirected_request')
  return problemResponse('misdirected_request', { requestId: visit.requestId, secure: site.secure })
}
