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
  const { visitor, cookies } = await currentSession(services, visit)
  const body = visitor
    ? {
        authenticated: visitor.identity.kind !== 'guest',
        kind: visitor.identity.kind,
        user: describeUser(visitor.identity),
        session: describeSession(services, visitor.session),
      }
    : { authenticated: false, kind: 'anonymous' }
  return jsonResponse(body, { headers: setCookies(cookies), secure: site.secure })
}

/** A guest session for who has none; who has one keeps it. */
async function becomeGuest(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { secure } = site
  const current = await currentSession(services, visit)
  const started = current.visitor ? null : await startGuest(services, visit)
  if (started === 'throttled') {
    return problemResponse('too_many_attempts', {
      headers: { 'retry-after': '60' },
      requestId: visit.requestId,
      secure,
    })
  }
  const visitor = current.visitor ?? started?.visitor
  if (!visitor) throw new TypeError('a guest was neither found nor started')
  return jsonResponse(
    {
      kind: visitor.identity.kind,
      user: describeUser(visitor.identity),
      session: describeSession(services, visitor.session),
    },
    {
      status: started ? 201 : 200,
      headers: setCookies([...current.cookies, ...(started?.cookies ?? [])]),
      secure,
    },
  )
}

function setCookies(cookies: readonly string[]): [string, string][] {
  return cookies.map((cookie) => ['set-cookie', cookie])
}
