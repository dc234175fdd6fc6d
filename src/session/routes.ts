import { jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { currentSession } from './current.ts'
import { startGuest } from './guest.ts'
import { describeSession, describeUser } from './view.ts'

export const sessionRoutes: readonly Route[] = [
  { path: '/api/session', kind: 'api', GET: showSession },
  { path: '/api/guest', kind: 'api', POST: becomeGuest },
]

/** Who the browser is signed in as. Always 200: not being signed in is an answer, no error. */
async function showSession(services: Services, site: Site, visit: Visit): Promise<Response> {
  const visitor = await currentSession(services, visit)
  const body = visitor
    ? {
        authenticated: visitor.identity.kind !== 'guest',
        kind: visitor.identity.kind,
        user: describeUser(visitor.identity),
        session: describeSession(services, visitor.session),
      }
    : { authenticated: false, kind: 'anonymous' }
  return jsonResponse(body, { secure: site.secure })
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
