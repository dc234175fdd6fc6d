import { problemResponse } from '../http/problem.ts'
import type { Handler, Route } from '../http/route.ts'

/**
 * The check for whoever has not proved to be a proxy of the operator's: nobody learns what a rule says of a path or a person (P4). Who
 * has never gets here (by-proxy.ts).
 */
export const checkRoutes: readonly Route[] = ['/check', '/check/*'].map((path) => ({
  path,
  kind: 'api',
  GET: refuseCaller,
  POST: refuseCaller,
}))

async function refuseCaller(...[services, site, visit]: Parameters<Handler>): Promise<Response> {
  const { requestId } = visit
  services.log({
    level: 'warn',
    event: 'check.refused',
    requestId,
    hasProof: visit.request.headers.has('x-edgegate-check'),
  })
  return problemResponse('caller_not_proven', { requestId, secure: site.secure })
}
