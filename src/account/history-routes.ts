import { accountFrame } from '../http/account-frame.ts'
import { asUser } from '../http/as-user.ts'
import type { Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { pageResponse } from './answers.ts'
import { renderHistoryPage } from './history-page.tsx'

export const historyRoutes: readonly Route[] = [{ path: '/account/history', kind: 'page', GET: showHistory }]

const SHOWN = 30

function showHistory(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const frame = await accountFrame(services, site, visit, visitor)
    const events = await services.audit.recentOf(visitor.identity.id, SHOWN)
    return pageResponse(frame, site, renderHistoryPage({ frame, now: services.now(), events }))
  })
}
