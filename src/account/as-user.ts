import { seeOther } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { type Current, currentUser } from '../session/current.ts'

/** Runs what only the signed-in user may do; everybody else is sent to sign in and comes back. */
export async function asUser(
  services: Services,
  site: Site,
  visit: Visit,
  kind: Route['kind'],
  work: (visitor: Current) => Promise<Response>,
): Promise<Response> {
  const visitor = await currentUser(services, visit)
  return visitor ? await work(visitor) : refuse(services, site, visit, kind)
}

/** Nobody is signed in, or no longer. */
export function refuse(services: Services, site: Site, visit: Visit, kind: Route['kind']): Response {
  const { basePath } = services.settings
  if (kind === 'page') {
    const next = visit.request.method === 'GET' ? visit.url.pathname : `${basePath}/account`
    return seeOther(site, `${basePath}/login?${new URLSearchParams({ next })}`)
  }
  return problemResponse('not_authenticated', {
    headers: { 'www-authenticate': `Bearer realm="${site.host}"` },
    members: { login_url: `${site.publicOrigin}${basePath}/login` },
    requestId: visit.requestId,
    secure: site.secure,
  })
}
