import { demandOf } from '../factor/policy.ts'
import { hookContext, notify } from '../hooks/context.ts'
import type { Visit } from '../http/visit.ts'
import { EVERY_SCOPE, hasScopes, readScope } from '../lib/scope.ts'
import { provePassword, type Unproven } from '../password/prove.ts'
import type { Services, Site } from '../services.ts'
import { askForClaims } from '../token/claims-hook.ts'
import type { RefreshFamily } from '../token/refresh-families.ts'
import { identityOf, type User } from '../user/user.ts'
import { proveSecond, type SecondFactorMissing } from './second-factor.ts'
import type { TokenRequest } from './token-request.ts'

export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
  readonly scopes: readonly string[]
}

export type Given =
  | { readonly kind: 'ok'; readonly pair: TokenPair }
  | Unproven
  | SecondFactorMissing
  | { readonly kind: 'wrong' }
export type Renewed =
  | { readonly kind: 'ok'; readonly pair: TokenPair }
  | { readonly kind: 'refused' }
  | { readonly kind: 'too_much_scope' }

/**
 * Signs a program in. No cookie is looked at or set: what a program holds is its two tokens. Two round trips to D1, like a sign-in of a
 * browser.
 */
export async function giveTokens(
  services: Services,
  site: Site,
  visit: Visit,
  request: Extract<TokenRequest, { kind: 'password' }>,
): Promise<Given> {
  const { refreshFamilies, audit, db, settings, now } = services
  return await provePassword<Given>(services, visit, request, async (user, attempt) => {
    const identity = identityOf(user)
    const scopes = request.scopes ?? [EVERY_SCOPE]
    const second = await proveSecond(services, visit, user, attempt, request.otp)
    if (second.kind !== 'right') return second
    const methods = ['pwd', ...second.methods]
    const { id, token, statement } = await refreshFamilies.begin({
      userId: user.id,
      site: site.key,
      clientId: request.clientId,
      scope: scopes.join(' '),
      methods,
      client: visit.client(),
      authenticatedAt: now(),
      position: user.position,
    })
    const issued = audit.statement({
      ...eventOf(visit, user.id, id),
      event: 'token.issued',
      detail: { client: request.clientId, scope: scopes.join(' '), methods },
    })
    await db.batch([statement, issued, ...second.along])
    await notify(services, visit, 'onLogin', () =>
      settings.hooks.onLogin?.({ identity, method: 'pwd', context: hookContext(services, visit, null) }),
    )
    const about = { id, clientId: request.clientId, methods, authenticatedAt: now() }
    return { kind: 'ok', pair: await pairOf(services, site, visit, user, about, scopes, true, token) }
  })
}

/**
 * The next pair of a family. The account is read anew (P13): roles change with it, and a disabled account or ended sessions end the
 * family. What comes out is never fresh, as nobody proved anything.
 */
export async function renewTokens(
  services: Services,
  site: Site,
  visit: Visit,
  request: Extract<TokenRequest, { kind: 'refresh' }>,
): Promise<Renewed> {
  const { refreshFamilies, announce, audit, db } = services
  if (request.scopes !== null) {
    // Asked before the token is used up: who asks for too much keeps it.
    const found = await refreshFamilies.find(request.token, site.key)
    if (found && !hasScopes(readScope(found.scope) ?? [], request.scopes)) return { kind: 'too_much_scope' }
  }
  const used = await refreshFamilies.use(request.token, site.key)
  if (used.kind === 'unknown') return { kind: 'refused' }
  const { family } = used
  const event = eventOf(visit, family.userId, family.id)
  if (used.kind === 'stolen') {
    // Its access tokens end as well: one of the two holders is a thief.
    const found = { ...event, event: 'token.theft_detected', detail: { client: family.clientId } } as const
    await announce.end(family.id, [refreshFamilies.end(family.id), audit.statement(found)])
    return { kind: 'refused' }
  }
  if (used.kind === 'ended') {
    await db.batch([refreshFamilies.end(family.id)])
    return { kind: 'refused' }
  }
  // What was proved then may be less than the account must show by now (P8).
  if (demandOf(services.settings.mfa, used.user, family.methods, services.now()).kind !== 'enough') {
    await db.batch([refreshFamilies.end(family.id)])
    return { kind: 'refused' }
  }
  const scopes = request.scopes ?? readScope(family.scope) ?? []
  audit.logOnly({ ...event, event: 'token.renewed', detail: { client: family.clientId } })
  const pair = await pairOf(services, site, visit, used.user, family, scopes, false, used.token)
  return { kind: 'ok', pair }
}

async function pairOf(
  services: Services,
  site: Site,
  visit: Visit,
  user: User,
  family: Pick<RefreshFamily, 'id' | 'clientId' | 'methods' | 'authenticatedAt'>,
  scopes: readonly string[],
  fresh: boolean,
  refreshToken: string,
): Promise<TokenPair> {
  const now = services.now() / 1000
  const identity = identityOf(user)
  const { token, expiresAt } = await site.accessTokens.sign(
    {
      identity,
      familyId: family.id,
      clientId: family.clientId,
      scopes,
      position: user.position,
      methods: family.methods,
      authenticatedAt: family.authenticatedAt / 1000,
      fresh,
      claims: await askForClaims(services, visit, identity, null),
    },
    now,
  )
  return { accessToken: token, refreshToken, expiresInSeconds: expiresAt - Math.floor(now), scopes }
}

function eventOf(visit: Visit, userId: string, familyId: string) {
  return {
    site: visit.site.key,
    userId,
    sessionId: familyId,
    network: visit.network(),
    requestId: visit.requestId,
  }
}
