import * as v from 'valibot'
import { hookContext, notify } from '../hooks/context.ts'
import { readForm, readJson } from '../http/body.ts'
import { emptyResponse } from '../http/json.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { readCookie, writeCookie } from '../session/cookie.ts'
import { type Current, currentSession } from '../session/current.ts'
import type { SessionRecord } from '../session/record.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { labelOf } from '../user/user.ts'
import { renderLogoutPage } from './page.tsx'

const LOGOUT = v.strictObject({ everywhere: v.optional(v.boolean('must be true or false'), false) })

export const logoutRoutes: readonly Route[] = [
  { path: '/logout', kind: 'page', GET: showLogout, POST: postLogout },
  { path: '/api/logout', kind: 'api', POST: apiLogout },
]

/** Asks; a GET never ends anything, or any page could sign visitors out with an image. */
async function showLogout(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { visitor, cookies } = await currentSession(services, visit)
  const next = nextOf(services, site, visit.query.get('next'))
  if (!visitor || visitor.identity.kind === 'guest') return seeOther(site, next, cookies)
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
  const response = htmlResponse(body, {
    theme,
    https: site.secure,
    formAction: services.settings.nextAllowed,
  })
  for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  return response
}

async function postLogout(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const cookies = await logout(services, visit, form.value.get('everywhere') === '1')
  return seeOther(site, nextOf(services, site, form.value.get('next')), cookies, CLEAR)
}

async function apiLogout(services: Services, site: Site, visit: Visit): Promise<Response> {
  const body = await readJson(visit.request, LOGOUT, { optional: true })
  if (!body.ok)
    return problemResponse(body.code, { ...body, requestId: visit.requestId, secure: site.secure })
  const cookies = await logout(services, visit, body.value.everywhere)
  return emptyResponse(204, {
    headers: [...CLEAR, ...cookies.map((cookie): [string, string] => ['set-cookie', cookie])],
    secure: site.secure,
  })
}

/** The back button must not show what was there. Not "cookies": that would reach sibling hosts too. */
const CLEAR: [string, string][] = [['clear-site-data', '"cache"']]

/**
 * Ends the session and its remember-me family, in D1 first and then in the store; throws when it could not, since a sign-out
 * that failed must not look like one. Idempotent. Answers the cookies that clear the browser.
 */
async function logout(services: Services, visit: Visit, everywhere: boolean): Promise<readonly string[]> {
  const current = await currentSession(services, visit)
  if (current.visitor) await endCurrent(services, visit, current.visitor, everywhere)
  else await forgetFamily(services, visit)
  return [visit.cookies.session, visit.cookies.remember].map((name) =>
    writeCookie(name, '', visit.site.secure, 0),
  )
}

async function endCurrent(
  services: Services,
  visit: Visit,
  visitor: NonNullable<Current['visitor']>,
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
