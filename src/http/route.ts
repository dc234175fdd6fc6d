import { ERRORS } from '../errors.ts'
import type { Services, Site } from '../services.ts'
import { awaitBody } from './body.ts'
import type { Described } from './describe.ts'
import { messagePage } from './message.ts'
import { problemResponse } from './problem.ts'
import { isOwnRequest } from './same-site.ts'
import type { Visit } from './visit.ts'

export type Handler = (services: Services, site: Site, visit: Visit) => Promise<Response>

/** One address of the gateway's own. Declared in the folder of its capability, listed in own-routes.ts. */
export interface Route {
  /** Below the base path. */
  readonly path: string
  /** Pages answer people, the API answers programs: it decides how errors look and whether `Origin` may be missing. */
  readonly kind: 'page' | 'api'
  readonly GET?: Handler
  readonly POST?: Handler
  readonly DELETE?: Handler
  /** What it takes and gives, for whoever uses the API. A test asks for it under `/api/`. */
  readonly describe?: Described
}

/** Runs a route: HEAD as GET, 405 with `Allow`, and no state change for another site, whatever the content type (P29). */
export async function runRoute(
  route: Route,
  services: Services,
  site: Site,
  visit: Visit,
): Promise<Response> {
  const { method, headers } = visit.request
  const handler = method === 'HEAD' ? route.GET : route[method as 'GET' | 'POST' | 'DELETE']
  if (!handler || !['GET', 'HEAD', 'POST', 'DELETE'].includes(method)) {
    return await ownError(route, services, site, visit, 'method_not_allowed', { allow: allowed(route) })
  }
  const isSafe = method === 'GET' || method === 'HEAD'
  if (!isSafe && !isOwnRequest(headers, site.publicOrigin, route.kind === 'api' ? 'accept' : 'refuse')) {
    return await ownError(route, services, site, visit, 'cross_site_request')
  }
  if (!isSafe) await awaitBody(visit.request)
  return await handler(services, site, visit)
}

/** An error of a route in the form its callers read. */
export async function ownError(
  route: Pick<Route, 'kind'>,
  services: Services,
  site: Site,
  visit: Visit,
  code: keyof typeof ERRORS,
  headers: Record<string, string> = {},
): Promise<Response> {
  if (route.kind === 'page') return await messagePage(services, site, visit, code, { headers })
  return problemResponse(code, {
    headers,
    requestId: visit.requestId,
    secure: site.secure,
    detail: ERRORS[code].fix,
  })
}

function allowed(route: Route): string {
  return [route.GET && 'GET, HEAD', route.POST && 'POST', route.DELETE && 'DELETE'].filter(Boolean).join(', ')
}
