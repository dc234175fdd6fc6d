import type { Visit } from '../http/visit.ts'
import { hasScopes } from '../lib/scope.ts'
import type { Services, Site } from '../services.ts'
import type { CredentialRecord } from '../token/known-credential.ts'
import { REFRESH_PREFIX } from '../token/refresh-families.ts'

/** What a key of a service account must be good for to look at other people's tokens. */
export const INTROSPECTION_SCOPE = 'introspect'

/**
 * Whether whoever asks may look at tokens (RFC 7662 section 2.1): a service account by its key, as a bearer token or as the password of
 * Basic, which is how OAuth libraries send a client's secret.
 */
export async function mayIntrospect(
  services: Services,
  site: Site,
  visit: Visit,
): Promise<'yes' | 'unknown' | 'lacks_scope'> {
  const header = visit.request.headers.get('authorization') ?? ''
  const secret = passwordOf(header)
  const presented = secret === null ? header : `Bearer ${secret}`
  const found = await services.credentials.load(presented, visit, site.accessTokens, true)
  if (found.kind !== 'live' || found.credential.record.kind !== 'key') return 'unknown'
  const { identity, scopes, limits } = found.credential.record
  const isWithin = limits === null || limits.allows(visit.request.method, visit.url.pathname)
  const isService = identity.kind === 'service'
  return isService && isWithin && hasScopes(scopes, [INTROSPECTION_SCOPE]) ? 'yes' : 'lacks_scope'
}

/** The password of Basic credentials (RFC 7617); `null` for every other header. */
function passwordOf(header: string): string | null {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1]
  if (encoded === undefined || encoded.length > 1024) return null
  try {
    const text = atob(encoded)
    return text.slice(text.indexOf(':') + 1)
  } catch {
    return null
  }
}

const INACTIVE = { active: false } as const

/** What a token is good for at this moment: the database is asked, whatever an isolate remembers. Of a bad one nothing is told. */
export async function introspect(services: Services, site: Site, visit: Visit, token: string) {
  if (token.startsWith(REFRESH_PREFIX)) return await introspectRefresh(services, site, token)
  const found = await services.credentials.load(`Bearer ${token}`, visit, site.accessTokens, true)
  return found.kind === 'live' ? describe(site, found.credential.record) : INACTIVE
}

async function introspectRefresh({ refreshFamilies, users }: Services, site: Site, token: string) {
  const family = await refreshFamilies.find(token, site.key)
  const user = family?.isLive ? await users.findById(family.userId) : null
  if (!family || !user || user.disabledAt !== null) return INACTIVE
  return {
    active: true,
    token_type: 'refresh_token',
    iss: site.publicOrigin,
    sub: user.id,
    client_id: family.clientId,
    scope: family.scope,
    iat: Math.floor(family.createdAt / 1000),
    exp: Math.floor(family.expiresAt / 1000),
  }
}

function describe({ publicOrigin }: Site, record: CredentialRecord) {
  const { identity, scopes, expiresAt, authenticatedAt, kind, id } = record
  return {
    active: true,
    token_type: 'Bearer',
    // Of a foreign token the issuer is another one, whose name stands before the subject.
    ...(kind === 'foreign' ? {} : { iss: publicOrigin }),
    sub: identity.id,
    ...(identity.username === null ? {} : { username: identity.username }),
    scope: scopes.join(' '),
    ...(expiresAt === null ? {} : { exp: Math.floor(expiresAt / 1000) }),
    ...(authenticatedAt === null ? {} : { auth_time: Math.floor(authenticatedAt / 1000) }),
    kind: identity.kind,
    roles: identity.roles,
    sid: id,
  }
}
