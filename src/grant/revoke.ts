import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { hashToken } from '../session/token.ts'
import { isKeyText } from '../token/key-text.ts'

/**
 * Ends what a token belongs to (RFC 7009): who holds it may end it, whether it is the refresh token, its predecessor or an access token,
 * and the whole sign-in goes. What is no token, or no longer one, is a success as well: there is nothing left to end (section 2.2).
 */
export async function revokeToken(
  services: Services,
  site: Site,
  visit: Visit,
  token: string,
): Promise<void> {
  const { refreshFamilies, announce, audit, now } = services
  if (isKeyText(token)) return await revokeKey(services, site, visit, token)
  const found = await familyOf(services, site, token, now() / 1000)
  if (!found) return
  await announce.end(found.id, [
    refreshFamilies.end(found.id),
    audit.statement({
      event: 'token.revoked',
      site: site.key,
      userId: found.userId,
      sessionId: found.id,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { by: 'holder', client: found.clientId },
    }),
  ])
}

/** Whoever finds a leaked key can make it useless. */
async function revokeKey(services: Services, site: Site, visit: Visit, text: string): Promise<void> {
  const { apiKeys, announce, audit, now } = services
  const found = await apiKeys.findByHash(await hashToken(text), site.key, now())
  if (!found) return
  const { key } = found
  await announce.end(key.id, [
    apiKeys.remove(key.id),
    audit.statement({
      event: 'key.revoked',
      site: site.key,
      userId: key.userId,
      sessionId: null,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { key: key.id, name: key.name, by: 'holder' },
    }),
  ])
}

async function familyOf({ refreshFamilies }: Services, site: Site, token: string, nowSeconds: number) {
  const family = await refreshFamilies.find(token, site.key)
  if (family) return family
  const verified = await site.accessTokens.verify(token, nowSeconds)
  if (verified.kind === 'invalid') return null
  const { familyId, identity, clientId } = verified.claims
  return { id: familyId, userId: identity.id, clientId }
}
