import { answerFault } from '../http/fault.ts'
import type { Visit } from '../http/visit.ts'
import { maySend } from '../kept-post/sending.ts'
import { type ReceivedHeaders, receivedHeaders } from '../lib/received-headers.ts'
import { forward } from '../origin/forward.ts'
import { adaptResponse } from '../origin/response-headers.ts'
import { type Closing, guardSocket } from '../origin/socket.ts'
import { addressAt } from '../origin/target.ts'
import type { Services, Site } from '../services.ts'
import { OWN_COOKIE_NAMES } from '../session/cookie.ts'
import { startGuest } from '../session/guest.ts'
import type { LiveSession } from '../session/known.ts'
import { owesMerge, tellingMerge } from '../session/tell-merge.ts'
import { watchToken } from '../token/by-token.ts'
import { carriesOurs } from '../token/credentials.ts'
import type { KnownCredential } from '../token/known-credential.ts'
import { tell, toldBefore } from '../token/told.ts'
import { answerPreflight, type Cors, shareAnswer } from './cors.ts'
import { decide, isWithinGrant, type Refusal, type Visitor } from './decide.ts'
import { type Answer, type Authenticator, identify, recognised } from './identify.ts'
import { type Refused, refuse as refuseHere } from './refuse.ts'
import { isWebSocketUpgrade } from './request-kind.ts'
import type { Rule } from './rule.ts'
import { sendKeptOr } from './send-kept.ts'

/** What is done with a request that may pass. */
export type Pass = (
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Somebody | null,
  rule: Rule,
  /** In the place of the visit's own, where its body has been read. */
  request?: Request,
) => Promise<Response>

export type Refuse = (services: Services, site: Site, visit: Visit, refused: Refused) => Promise<Response>

/** How a request ends: forwarded or refused here, or as whoever has asked about it needs to hear. */
export interface Ends {
  readonly pass: Pass
  readonly refuse: Refuse
}

const FORWARD_OR_REFUSE: Ends = { pass: forwardOn, refuse: refuseHere }

/** The way of every request that is not for the gateway itself: path, rule, who is asking, decide, forward or refuse. */
export function protect(
  services: Services,
  ways: readonly Authenticator[],
  site: Site,
  visit: Visit,
  ends: Ends = FORWARD_OR_REFUSE,
): Promise<Response> {
  const { method } = visit
  if (method === 'OPTIONS' && site.answersPreflights) {
    const answer = answerPreflight(site, visit)
    if (answer) return Promise.resolve(answer)
  }
  const choice = site.choose(method, visit.url.pathname)
  if (choice.kind === 'ambiguous') return ends.refuse(services, site, visit, { reason: 'ambiguous_path' })
  const { rule } = choice.match
  const answer = admit(services, ways, site, visit, rule, ends)
  return rule.cors ? share(services, site, visit, rule.cors, answer) : answer
}

/** A script of another origin must be able to read whatever happens to its request, faults included. */
async function share(
  services: Services,
  site: Site,
  visit: Visit,
  cors: Cors,
  answer: Promise<Response>,
): Promise<Response> {
  const response = await answer.catch((error: unknown) => answerFault(services, site, visit, error))
  return shareAnswer(response, cors, visit.request.headers)
}

async function admit(
  services: Services,
  ways: readonly Authenticator[],
  site: Site,
  visit: Visit,
  rule: Rule,
  { pass, refuse }: Ends,
): Promise<Response> {
  if (rule.access === 'public' || (rule.preflight === 'pass' && visit.kind === 'preflight')) {
    return await pass(services, site, visit, null, rule)
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
    })
  }
  const visitor = visitorOf(rule, answer)
  const decision = decide(rule, visitor, services.settings.session.freshSeconds)
  const passOn = (somebody: Somebody | null, sent?: Request) =>
    somebody && owesMerge(services, visit, somebody.session)
      ? tellingMerge(services, visit, somebody.session, (merged) =>
          pass(services, site, visit, { ...somebody, ...merged }, rule, sent),
        )
      : pass(services, site, visit, somebody, rule, sent)
  switch (decision.kind) {
    case 'allow':
      return visitor && visit.method === 'POST' && services.keptPosts && maySend(visit.request)
        ? await sendKeptOr(services, site, visit, visitor, (sent) => passOn(visitor, sent))
        : await passOn(visitor)
    case 'make_guest': {
      const guest = await startGuest(services, visit)
      if (guest === 'throttled') return await refuse(services, site, visit, { reason: 'throttled', rule })
      return await pass(services, site, visit, guest, rule)
    }
    case 'refuse':
      return await refuse(services, site, visit, {
        ...decision,
        rule,
        identity: visitor?.identity ?? null,
      })
  }
}

export type Somebody = Visitor & {
  readonly session: LiveSession | null
  readonly credential: KnownCredential | null
  readonly usedAuthorization?: boolean
  /** The guest whom this request tells the site of. */
  readonly mergedFrom?: string
}

/** On an optional path whoever came by a way or with a token that the rule does not take is nobody. */
function visitorOf(rule: Rule, answer: Answer): Somebody | null {
  if (answer.kind !== 'recognised') return null
  const isTaken = rule.via.includes(answer.via) && isWithinGrant(rule, answer)
  return rule.access === 'optional' && !isTaken ? null : answer
}

async function forwardOn(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Somebody | null,
  rule: Rule,
  request = visit.request,
): Promise<Response> {
  const received = request === visit.request ? visit.received : receivedHeaders(request.headers)
  const headers = site.filterHeaders(received, {
    identity: visitor ? (toldBefore(services, visitor) ?? (await tell(services, site, visit, visitor))) : [],
    clientIp: visit.ip(),
    proto: site.secure ? 'https' : 'http',
    host: site.host,
    requestId: visit.requestId,
    websocket: isWebSocketUpgrade(visit.method, received),
    stripAuthorization: visitor?.usedAuthorization ?? carriesOurToken(received, site),
    acceptEncoding: visit.cf?.clientAcceptEncoding ?? null,
  })
  const onward = { address: addressAt(site.target, visit.url), request, headers }
  const response = await forward(site.target, onward, {
    timeoutMs: site.timeoutMs,
    noStore: visitor !== null,
  })
  const opened =
    response.webSocket && (visitor?.session || visitor?.credential)
      ? guard(services, visit, rule, visitor.session, response)
      : response
  return adaptResponse(opened, {
    originUrl: site.originUrl,
    publicOrigin: site.publicOrigin,
    identified: visitor !== null,
    cookieNames: OWN_COOKIE_NAMES,
  })
}

/** Where nobody was recognised the header has not been looked at: on public paths, and where a rule does not take the token. */
function carriesOurToken(headers: ReceivedHeaders, site: Site): boolean {
  const header = headers.get('authorization')
  return header !== null && carriesOurs(header, site)
}

/** A socket that a session or token has opened is closed when that ends, or when the rule would no longer let it in. */
function guard(
  services: Services,
  visit: Visit,
  rule: Rule,
  session: LiveSession | null,
  response: Response,
): Response {
  const { sessions, settings, log } = services
  if (sessions.watchMs === null) return response
  return guardSocket(response, sessions.watchMs, async () => {
    try {
      const visitor = await (session ? watchSession(services, visit, session) : watchToken(services, visit))
      if (visitor === null) return ENDED
      const decision = decide(rule, visitor, settings.session.freshSeconds)
      return decision.kind === 'refuse' && !isAboutRecency(decision) ? FORBIDDEN : null
    } catch (error) {
      log({ level: 'error', event: 'socket.closed', requestId: visit.requestId, error: String(error) })
      return UNAVAILABLE
    }
  })
}

async function watchSession(services: Services, visit: Visit, { token }: LiveSession) {
  const loaded = await services.sessions.watch(token, visit)
  return loaded.kind === 'live' ? recognised(loaded.session, services) : null
}

/** How recent a sign-in or a factor must be is asked when a socket is opened, not while it stays open. */
function isAboutRecency(decision: Refusal): boolean {
  return (
    decision.reason === 'not_fresh' ||
    (decision.reason === 'second_factor' && decision.maxAgeSeconds !== null)
  )
}

// Numbers of HTTP's meaning, in the range that is for applications (RFC 6455 section 7.4.2).
const ENDED: Closing = { code: 4401, reason: 'the session or token has ended' }
const FORBIDDEN: Closing = { code: 4403, reason: 'this is no longer allowed' }
const UNAVAILABLE: Closing = { code: 4503, reason: 'the session or token cannot be checked' }
