import type { AuditCursor } from '../audit/audit.ts'
import { accountFrame } from '../http/account-frame.ts'
import { asUser } from '../http/as-user.ts'
import { jsonResponse } from '../http/json.ts'
import type { Route } from '../http/route.ts'
import { listOf } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { pageResponse } from './answers.ts'
import { renderHistoryPage, SHOWN_EVENTS } from './history-page.tsx'

export const historyRoutes: readonly Route[] = [
  { path: '/account/history', kind: 'page', GET: showHistory },
  {
    path: '/api/account/history',
    kind: 'api',
    GET: apiHistory,
    describe: {
      GET: {
        summary: 'What has happened to the account, a page at a time',
        needs: 'session',
        query: { before: 'Of `next`.' },
        answers: { 200: () => listOf('events') },
      },
    },
  },
]

const SHOWN = 25

function showHistory(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const before = cursorOf(visit)
    const [frame, { events, next }] = await Promise.all([
      accountFrame(services, site, visit, visitor),
      services.audit.pageOf(visitor.identity.id, SHOWN_EVENTS, { before, limit: SHOWN }),
    ])
    const body = renderHistoryPage({
      frame,
      now: services.now(),
      timeZone: visit.timeZone(),
      events,
      isNewest: before === null,
      olderHref: next && `${frame.basePath}/account/history?before=${textOf(next)}`,
    })
    return pageResponse(frame, site, body)
  })
}

function apiHistory(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ identity }) => {
    const page = { before: cursorOf(visit), limit: SHOWN }
    const { events, next } = await services.audit.pageOf(identity.id, SHOWN_EVENTS, page)
    const shown = events.map(({ at, ...event }) => ({ at: new Date(at).toISOString(), ...event }))
    return jsonResponse({ events: shown, next: next && textOf(next) }, { secure: site.secure })
  })
}

function textOf({ at, id }: AuditCursor): string {
  return `${at}-${id}`
}

/** What is no place in a history is its beginning. */
function cursorOf(visit: Visit): AuditCursor | null {
  const [, at, id] = /^(\d{1,15})-(\d{1,15})$/.exec(visit.query.get('before') ?? '') ?? []
  return at && id ? { at: Number(at), id: Number(id) } : null
}
