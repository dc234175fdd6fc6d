import * as v from 'valibot'
import { shareAnswer } from '../gate/cors.ts'
import { challenge } from '../http/challenge.ts'
import { jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { SIGNED_IN } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { describeToken, invalidToken, isTokenReason } from '../token/view.ts'
import { currentSession, whoAsks } from './current.ts'
import { startGuest } from './guest.ts'
import { describeSession, describeUser } from './view.ts'

export const sessionRoutes: readonly Route[] = [
  {
    path: '/api/session',
    kind: 'api',
    GET: showSession,
    describe: {
      GET: {
        summary: 'Who is asking',
        answers: { 200: () => v.looseObject({ authenticated: v.boolean(), kind: v.string() }) },
      },
    },
  },
  {
    path: '/api/guest',
    kind: 'api',
    POST: becomeGuest,
    describe: {
      POST: {
        summary: 'A guest session for who has none',
        answers: { 200: () => SIGNED_IN, 201: () => SIGNED_IN },
      },
    },
  },
]

/** Who is asking. Not being signed in is an answer, no error; only a token that is not good is one. */
async function showSession(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { headers } = visit.request
  const origin = headers.get('origin')
  const isShared = origin !== null && site.signInSharing.origins.includes(origin)
  const answer = await describeAsker(services, site, visit, isShared)
  return isShared ? shareAnswer(answer, site.signInSharing, headers) : answer
}

/** `briefly`: for a script of another site that waits for its visitor to sign in (relogin/script.ts), which need not learn who it is. */
async function describeAsker(
  services: Services,
  site: Site,
  visit: Visit,
  briefly: boolean,
): Promise<Response> {
  const { secure } = site
  const answer = await whoAsks(services, visit)
  if (answer.kind === 'refused' && isTokenReason(answer.reason)) {
    return challenge(services, site, visit, 'credential_refused', { parameters: invalidToken(answer.reason) })
  }
  if (answer.kind !== 'recognised')
    return jsonResponse({ authenticated: false, kind: 'anonymous' }, { secure })
  const { identity, session, credential } = answer
  const { kind } = identity
  const authenticated = kind !== 'guest'
  const described = session ? describeSession(services, session) : null
  if (briefly)
    return jsonResponse({ authenticated, kind, session: { fresh: described?.fresh ?? false } }, { secure })
  return jsonResponse(
    {
      authenticated,
      kind,
      user: describeUser(identity),
      ...(described ? { session: described } : {}),
      ...(credential ? { token: describeToken(services, credential.record, answer.isFresh) } : {}),
    },
    { secure },
  )
}

/** A guest session for who has none; who has one keeps it. */
async function becomeGuest(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { secure } = site
  const current = await currentSession(services, visit)
  const visitor = current ?? (await startGuest(services, visit))
  if (visitor === 'throttled') {
    return problemResponse('too_many_attempts', {
      headers: { 'retry-after': '60' },
      requestId: visit.requestId,
      secure,
    })
  }
  return jsonResponse(
    {
      kind: visitor.identity.kind,
      user: describeUser(visitor.identity),
      session: describeSession(services, visitor.session),
    },
    { status: current ? 200 : 201, secure },
  )
}
