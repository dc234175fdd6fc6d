import { accountFrame } from '../http/account-frame.ts'
import { asUser } from '../http/as-user.ts'
import { readForm } from '../http/body.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { seeOther } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import { LISTED_SESSION, listOf } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { pageResponse, problem } from './answers.ts'
import { describeListed, endOtherSessions, endSession, listSessions } from './sessions.ts'
import { renderSessionsPage } from './sessions-page.tsx'

export const accountSessionRoutes: readonly Route[] = [
  { path: '/account/sessions', kind: 'page', GET: showSessions, POST: postSessions },
  {
    path: '/api/sessions',
    kind: 'api',
    GET: apiSessions,
    DELETE: apiEndOthers,
    describe: {
      GET: {
        summary: 'Own sessions',
        needs: 'session',
        answers: { 200: () => listOf('sessions', LISTED_SESSION) },
      },
      DELETE: { summary: 'End all other sessions', needs: 'session', answers: { 204: null } },
    },
  },
  {
    path: '/api/sessions/:id',
    kind: 'api',
    DELETE: apiEndOne,
    describe: {
      DELETE: { summary: 'End one of the other sessions', needs: 'session', answers: { 204: null } },
    },
  },
]

function showSessions(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const frame = await accountFrame(services, site, visit, visitor)
    const done = visit.query.get('done')
    const body = renderSessionsPage({
      frame,
      now: services.now(),
      done: done === 'ended' || done === 'others' || done === 'gone' ? done : null,
      sessions: await listSessions(services, visitor.session.record),
      showsSites: new Set([...services.sites.values()].map(({ key }) => key)).size > 1,
    })
    return pageResponse(frame, site, body)
  })
}

/** Several small forms: `action` says which. What was done is said after a redirect, so that a reload does nothing again. */
function postSessions(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async ({ session }) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const to = (done: string) => seeOther(site, `${services.settings.basePath}/account/sessions?done=${done}`)
    switch (form.value.get('action')) {
      case 'end':
        return (await endSession(services, visit, session.record, form.value.get('session') ?? ''))
          ? to('ended')
          : to('gone')
      case 'end_others':
        await endOtherSessions(services, visit, session.record)
        return to('others')
      default:
        return await ownError({ kind: 'page' }, services, site, visit, 'invalid_request')
    }
  })
}

function apiSessions(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const sessions = await listSessions(services, session.record)
    return jsonResponse({ sessions: sessions.map(describeListed) }, { secure: site.secure })
  })
}

function apiEndOthers(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    await endOtherSessions(services, visit, session.record)
    return emptyResponse(204, { secure: site.secure })
  })
}

/** The session at hand is ended by signing out, which clears the browser as well. */
function apiEndOne(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const id = visit.url.pathname.split('/').at(-1) ?? ''
    const isEnded = await endSession(services, visit, session.record, id)
    return isEnded ? emptyResponse(204, { secure: site.secure }) : problem(site, visit, 'not_found')
  })
}
