import type { Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { ownHeaders } from '../ui/security-headers.ts'
import { asAdminToken } from './as-admin.ts'
import { formatMetrics, readMetrics } from './metrics.ts'

export const adminMetricsRoutes: readonly Route[] = [{ path: '/metrics', kind: 'api', GET: showMetrics }]

/** For a collector, with a key of its own. */
function showMetrics(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminToken(services, site, visit, 'admin:metrics', async () => {
    const headers = new Headers({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    for (const [name, value] of ownHeaders(site.secure)) headers.set(name, value)
    const [users, metrics] = await Promise.all([
      services.directory.count(),
      readMetrics(services.db, services.now()),
    ])
    return new Response(formatMetrics(users, metrics), { headers })
  })
}
