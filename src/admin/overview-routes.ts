import { readStatistics } from '../audit/statistics.ts'
import { accountFrame } from '../http/account-frame.ts'
import { jsonResponse } from '../http/json.ts'
import type { Route } from '../http/route.ts'
import { listOf } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { adminPage } from './answers.ts'
import { asAdmin, asAdminApi } from './as-admin.ts'
import { renderOverviewPage } from './overview-page.tsx'

export const adminOverviewRoutes: readonly Route[] = [
  { path: '/admin', kind: 'page', GET: showOverview },
  {
    path: '/api/admin/statistics',
    kind: 'api',
    GET: apiStatistics,
    describe: {
      GET: {
        summary: 'Accounts and sign-ins of the last thirty days',
        needs: 'admin',
        answers: { 200: () => listOf('days') },
      },
    },
  },
]

const SPAN_DAYS = 30
const DAY_MS = 86_400_000

function showOverview(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdmin(services, site, visit, async (admin) => {
    const [frame, users, statistics] = await Promise.all([
      accountFrame(services, site, visit, admin),
      services.directory.count(),
      readStatistics(services.db, services.now(), SPAN_DAYS),
    ])
    return adminPage(frame, site, renderOverviewPage({ frame, users, statistics }))
  })
}

function apiStatistics(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:read', async () => {
    const [users, { days, countries }] = await Promise.all([
      services.directory.count(),
      readStatistics(services.db, services.now(), SPAN_DAYS),
    ])
    const dated = days.map(({ day, ...counts }) => ({
      date: new Date(day * DAY_MS).toISOString().slice(0, 10),
      ...counts,
    }))
    return jsonResponse({ users, days: dated, countries }, { secure: site.secure })
  })
}
