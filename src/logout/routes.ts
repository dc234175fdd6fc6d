import * as v from 'valibot'
import { hookContext, notify } from '../hooks/context.ts'
import { readForm, readJson } from '../http/body.ts'
import { emptyResponse } from '../http/json.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import { type Current, currentSession, currentUser } from '../session/current.ts'
import type { SessionRecord } from '../session/record.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { labelOf } from '../user/user.ts'
import { renderLogoutPage } from './page.tsx'

const LOGOUT = v.strictObject({ everywhere: v.optional(v.boolean('must be true or false'), false) })

export const logoutRoutes: readonly Route[] = [
  { path: '/logout', kind: 'page', GET: showLogout, POST: postLogout },
  {
    path: '/api/logout',
    kind: 'api',
    POST: apiLogout,
    describe: {
      POST: {
        summary: 'Sign out, here or everywhere',
        body: () => LOGOUT,
        isBodyOptional: true,
        answers: { 204: null },
      },
    },
  },
]

/** Asks; a GET never ends anything, or any page could sign visitors out with an image. */
async function showLogout(services: Services, site: Site, visit: Visit): Promise<Response> {
  const visitor = await currentUser(services, visit)
  const next = nextOf(services, site, visit.query.get('next'))
  if (!visitor) return seeOther(site, next)
  const theme = await site.compiledTheme()
  const body = renderLogoutPage({
    texts: textsOf(visit),
    theme,
    user: { label: labelOf(visitor.identity) },
    action: null,
    next,
    cancelHref: next,
    problem: null,
    requestId: null,
  })
  return htmlResponse(body, { theme, https: site.secure, formAction: services.settings.nextAllowed })
}

async function postLogout(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  await logout(services, visit, form.value.get('everywhere') === '1')
  return seeOther(site, nextOf(services, site, form.value.get('next')), CLEAR)
}

async function apiLogout(services: Services, site: Site, visit: Visit): Promise<Response> {
  const body = await readJson(visit.request, LOGOUT, { optional: true })
  if (!body.ok)
    return problemResponse(body.code, { ...body, requestId: visit.requestId, secure: site.secure })
  await logout(services, visit, body.value.everywhere)
  return emptyResponse(204, { headers: CLEAR, secure: site.secure })
}

/** The back button must not show what was there. Not "cookies": that would reach sibling hosts too. */
const CLEAR = { 'clear-site-data': '"cache"' }

/**
 * Ends the session and its remember-me family, in D1 first and then in the store; throws when it could not, since a sign-out
 * that failed must not look like one. Idempotent. Clears the browser's cookies.
 */
async function logout(services: Services, visit: Visit, everywhere: boolean): Promise<void> {
  const current = await currentSession(services, visit)
  if (current) await endCurrent(services, visit, current, everywhere)
  else await forgetFamily(services, visit)
  visit.clearCookie(visit.cookies.session)
  visit.clearCookie(visit.cookies.remember)
  // Whoever sits here next has no part in what this visitor left unfinished: forms that were kept, a device that waits.
  const cookies = visit.request.headers.get('cookie')
  for (const name of [visit.cookies.kept, visit.cookies.handoff])
    if (readCookie(cookies, name) !== null) visit.clearCookie(name)
}

async function endCurrent(
  services: Services,
  visit: Visit,
  visitor: Current,
  everywhere: boolean,
): Promise<void> {
  const { sessions, remember, audit, settings } = services
  const { session, identity } = visitor
  const event = {
    event: 'session.ended',
    site: visit.site.key,
    userId: identity.id,
    sessionId: session.record.id,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { by: 'owner', everywhere },
  } as const
  // Guests come and go without end: a line in the log, and no row.
  if (identity.kind === 'guest') audit.logOnly(event)
  const ended = identity.kind === 'guest' ? [] : [audit.statement(event)]
  if (everywhere) {
    // First the session at hand: whatever fails after it, that one is over.
    await sessions.end(session, [])
    await sessions.endAll(identity.id, null, [remember.endAllOf(identity.id, null), ...ended])
  } else {
    const { family } = session.record
    await sessions.end(session, family === null ? ended : [remember.endFamily(family), ...ended])
    if (identity.kind !== 'guest') await endKin(services, session.record)
  }
  await notify(services, visit, 'onLogout', () =>
    settings.hooks.onLogout?.({ identity, everywhere, context: hookContext(services, visit, null) }),
  )
}

/** What the same browser started besides: under a newer token, or by the same remember-me family in tabs opened together. */
async function endKin({ sessions }: Services, { identity, lineage, family }: SessionRecord): Promise<void> {
  for (const other of await sessions.list(identity.id)) {
    const isKin = other.record.lineage === lineage || (family !== null && other.record.family === family)
    if (isKin) await sessions.end(other, [])
  }
}

async function forgetFamily(services: Services, visit: Visit): Promise<void> {
  const token = readCookie(visit.request.headers.get('cookie'), visit.cookies.remember)
  await (await services.remember.endPresented(token))?.run()
}
