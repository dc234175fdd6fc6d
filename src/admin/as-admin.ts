import { asUser } from '../http/as-user.ts'
import { challenge } from '../http/challenge.ts'
import type { Route } from '../http/route.ts'
import { ownError } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import { hasScopes } from '../lib/scope.ts'
import type { Services, Site } from '../services.ts'
import { type Current, whoAsks } from '../session/current.ts'
import { ADMIN_ROLE } from '../user/user.ts'

/** What a token must be good for: to look, to change, or only to read figures that name nobody. */
export type AdminScope = 'admin:read' | 'admin:write' | 'admin:metrics'

/** Runs what only an administrator may do in a browser: one who has lately shown that it is them, with a second factor if
 * they have one. */
export function asAdmin(
  services: Services,
  site: Site,
  visit: Visit,
  work: (admin: Current) => Promise<Response>,
): Promise<Response> {
  return asUser(
    services,
    site,
    visit,
    'page',
    async (visitor) =>
      isAdmin(visitor.identity) ? await work(visitor) : await forbidden(services, site, visit, 'page'),
    'fresh_with_mfa',
  )
}

/**
 * The same for the API, where a token may come as well: an API key or access token of an administrator (or of a service that has the
 * role) with the scope. The scope must be written out: a token for everything else of its owner is none for this.
 */
export async function asAdminApi(
  services: Services,
  site: Site,
  visit: Visit,
  scope: AdminScope,
  work: (admin: Identity) => Promise<Response>,
): Promise<Response> {
  if (visit.request.headers.get('authorization') === null) {
    return await asUser(
      services,
      site,
      visit,
      'api',
      async ({ identity }) =>
        isAdmin(identity) ? await work(identity) : await forbidden(services, site, visit, 'api'),
      'fresh_with_mfa',
    )
  }
  return await asAdminToken(services, site, visit, scope, work)
}

/** The same for what only programs ask for: a browser's session is not enough, whoever is signed in. */
export async function asAdminToken(
  services: Services,
  site: Site,
  visit: Visit,
  scope: AdminScope,
  work: (admin: Identity) => Promise<Response>,
): Promise<Response> {
  if (visit.request.headers.get('authorization') === null)
    return challenge(services, site, visit, 'not_authenticated')
  const answer = await whoAsks(services, visit, true)
  if (answer.kind !== 'recognised' || answer.credential === null)
    return challenge(services, site, visit, 'credential_refused', { parameters: 'error="invalid_token"' })
  const isAllowed =
    isAdmin(answer.identity) && !answer.isOutOfBounds && hasScopes(withoutEvery(answer.scopes), [scope])
  return isAllowed ? await work(answer.identity) : await forbidden(services, site, visit, 'api')
}

function isAdmin({ kind, roles }: Identity): boolean {
  return kind !== 'guest' && roles.includes(ADMIN_ROLE)
}

function withoutEvery(scopes: readonly string[] | null): readonly string[] {
  return (scopes ?? []).filter((scope) => scope.startsWith('admin:'))
}

function forbidden(services: Services, site: Site, visit: Visit, kind: Route['kind']): Promise<Response> {
  return ownError({ kind }, services, site, visit, 'forbidden')
}
