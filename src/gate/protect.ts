import type { Visit } from '../http/visit.ts'
import { forward } from '../origin/forward.ts'
import { adaptResponse } from '../origin/response-headers.ts'
import { addressAt } from '../origin/target.ts'
import type { Services, Site } from '../services.ts'
import { OWN_COOKIE_NAMES } from '../session/cookie.ts'
import { startGuest } from '../session/guest.ts'
import type { LiveSession } from '../session/known.ts'
import { tell, toldBefore } from '../token/told.ts'
import { decide, type Visitor } from './decide.ts'
import { type Answer, type Authenticator, identify } from './identify.ts'
import { refuse } from './refuse.ts'
import { isWebSocketUpgrade } from './request-kind.ts'
import type { Rule } from './rule.ts'

/** The way of every request that is not for the gateway itself: path, rule, who is asking, decide, forward or refuse. */
export async function protect(
  services: Services,
  ways: readonly Authenticator[],
  site: Site,
  visit: Visit,
): Promise<Response> {
  const { request } = visit
  const choice = site.choose(request.method, visit.url.pathname)
  if (choice.kind === 'ambiguous') return await refuse(services, site, visit, { reason: 'ambiguous_path' })
  const { rule } = choice.match
  if (rule.access === 'public' || (rule.preflight === 'pass' && visit.kind === 'preflight')) {
    return await pass(services, site, visit, null, [])
  }

  const answer = await identify(ways, visit, {
    slides: rule.slide,
    isExact: rule.revocation === 'strict',
  })
  if (answer.kind === 'refused') {
    return await refuse(services, site, visit, {
      reason: 'credential_refused',
      because: answer.reason,
      rule,
      cookies: answer.cookies,
    })
  }
  const visitor = visitorOf(rule, answer)
  const cookies = answer.kind === 'recognised' ? answer.cookies : []
  const decision = decide(rule, visitor, services.settings.session.freshSeconds)
  switch (decision.kind) {
    case 'allow':
      return await pass(services, site, visit, visitor, cookies)
    case 'make_guest': {
      const guest = await startGuest(services, visit)
      if (guest === 'throttled') return await refuse(services, site, visit, { reason: 'throttled', rule })
      return await pass(services, site, visit, guest.visitor, guest.cookies)
    }
    case 'refuse':
      return await refuse(services, site, visit, {
        ...decision,
        rule,
        identity: visitor?.identity ?? null,
        cookies,
      })
  }
}

type Somebody = Visitor & { readonly session: LiveSession | null; readonly usedAuthorization?: boolean }

/** On an optional path whoever came by a way that the rule does not take is nobody. */
function visitorOf(rule: Rule, answer: Answer): Somebody | null {
  if (answer.kind !== 'recognised') return null
  return rule.access === 'optional' && !rule.via.includes(answer.via) ? null : answer
}

async function pass(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Somebody | null,
  setCookies: readonly string[],
): Promise<Response> {
  const { request } = visit
  const onward = new Request(addressAt(site.target, visit.url), request)
  site.filterHeaders(onward.headers, request.headers, {
    identity: visitor ? (toldBefore(services, visitor) ?? (await tell(services, site, visit, visitor))) : [],
    clientIp: visit.ip(),
    proto: site.secure ? 'https' : 'http',
    host: site.host,
    requestId: visit.requestId,
    websocket: isWebSocketUpgrade(request),
    stripAuthorization: visitor?.usedAuthorization ?? false,
    acceptEncoding:
      (request.cf as { clientAcceptEncoding?: string } | undefined)?.clientAcceptEncoding ?? null,
  })
  const response = await forward(site.target, onward, {
    timeoutMs: site.timeoutMs,
    noStore: visitor !== null,
  })
  return adaptResponse(response, {
    originUrl: site.originUrl,
    publicOrigin: site.publicOrigin,
    identified: visitor !== null,
    cookieNames: OWN_COOKIE_NAMES,
    setCookies,
  })
}
