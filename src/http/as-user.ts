import { hasFactor } from '../factor/policy.ts'
import type { Services, Site } from '../services.ts'
import { type Current, currentUser } from '../session/current.ts'
import { challenge, challengeMore, type Missing } from './challenge.ts'
import { seeOther } from './page.ts'
import type { Route } from './route.ts'
import type { Visit } from './visit.ts'

/**
 * What an action asks of who is signed in: that they are, that they have lately shown it is them (`session.fresh`), or that with a second
 * factor as well, if the account has one.
 */
export type Needs = 'signed_in' | 'fresh' | 'fresh_with_mfa'

/**
 * Runs what only the signed-in user may do; everybody else is sent to sign in, or to confirm the password, and comes back. The database is
 * asked whether the session still stands (P12): who has been signed out elsewhere changes nothing in the seconds before the feed tells.
 */
export async function asUser(
  services: Services,
  site: Site,
  visit: Visit,
  kind: Route['kind'],
  work: (visitor: Current) => Promise<Response>,
  needs: Needs = 'signed_in',
): Promise<Response> {
  const visitor = await currentUser(services, visit, { isExact: true })
  if (!visitor) return refuseStranger(services, site, visit, kind)
  const missing = await missingOf(services, visitor, needs)
  if (missing === null) return await work(visitor)
  return kind === 'page'
    ? toPage(services, site, visit, missing.reason === 'second_factor' ? 'mfa' : 'reauth')
    : challengeMore(services, site, visit, missing)
}

async function missingOf(services: Services, visitor: Current, needs: Needs): Promise<Missing | null> {
  const maxAgeSeconds = services.settings.session.freshSeconds
  if (needs === 'signed_in') return null
  if (!visitor.isFresh(maxAgeSeconds)) return { reason: 'not_fresh', maxAgeSeconds }
  if (needs === 'fresh' || visitor.hasMfa(maxAgeSeconds)) return null
  const user = await services.users.findById(visitor.identity.id)
  return user && hasFactor(user.factors) ? { reason: 'second_factor', maxAgeSeconds } : null
}

/** Nobody is signed in, or no longer. */
export function refuseStranger(services: Services, site: Site, visit: Visit, kind: Route['kind']): Response {
  return kind === 'page'
    ? toPage(services, site, visit, 'login')
    : challenge(services, site, visit, 'not_authenticated')
}

/** The way back is this page, as a GET: what was posted is not done for whoever signs in next. */
function toPage(services: Services, site: Site, visit: Visit, page: 'login' | 'reauth' | 'mfa'): Response {
  const isRead = visit.request.method === 'GET' || visit.request.method === 'HEAD'
  const next = visit.url.pathname + (isRead ? visit.url.search : '')
  return seeOther(site, `${services.settings.basePath}/${page}?${new URLSearchParams({ next })}`)
}
