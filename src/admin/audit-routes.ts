import { accountFrame } from '../http/account-frame.ts'
import { jsonResponse } from '../http/json.ts'
import type { Route } from '../http/route.ts'
import { listOf } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { ownHeaders } from '../ui/security-headers.ts'
import { normalizeIdentifier } from '../user/identifier.ts'
import { adminPage } from './answers.ts'
import { asAdmin, asAdminApi } from './as-admin.ts'
import { auditLines, describeRow, type ExportFormat } from './audit-export.ts'
import { type AuditFilters, renderAuditPage } from './audit-page.tsx'
import { readAuditQuery } from './query.ts'

export const adminAuditRoutes: readonly Route[] = [
  { path: '/admin/audit', kind: 'page', GET: showAudit },
  { path: '/admin/audit.csv', kind: 'page', GET: exportAs('csv') },
  { path: '/admin/audit.jsonl', kind: 'page', GET: exportAs('jsonl') },
  {
    path: '/api/admin/audit',
    kind: 'api',
    GET: apiAudit,
    describe: {
      GET: {
        summary: 'What has happened',
        needs: 'admin',
        query: {
          event: 'Its name.',
          user: 'Address, user name or id.',
          from: 'First day.',
          to: 'Last day.',
          before: 'Of `next`.',
          id: 'Of `next`.',
        },
        answers: { 200: () => listOf('events') },
      },
    },
  },
]

const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson' } as const

function showAudit(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdmin(services, site, visit, async (admin) => {
    const filters = filtersOf(visit.query)
    const query = readAuditQuery(visit.query, await userIdOf(services, filters.user))
    const [frame, page] = await Promise.all([
      accountFrame(services, site, visit, admin),
      services.auditLog.find(query),
    ])
    return adminPage(frame, site, renderAuditPage({ frame, filters, page }))
  })
}

function exportAs(format: ExportFormat) {
  return (services: Services, site: Site, visit: Visit): Promise<Response> =>
    asAdmin(services, site, visit, async () => {
      const query = readAuditQuery(visit.query, await userIdOf(services, visit.query.get('user') ?? ''))
      const headers = new Headers()
      for (const [name, value] of ownHeaders(site.secure)) headers.set(name, value)
      headers.set('content-type', TYPES[format])
      headers.set('content-disposition', `attachment; filename="audit.${format}"`)
      return new Response(auditLines(services.auditLog, query, format), { headers })
    })
}

function apiAudit(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:read', async () => {
    const userId = await userIdOf(services, visit.query.get('user') ?? '')
    const { rows, next } = await services.auditLog.find(readAuditQuery(visit.query, userId))
    const page = next && { before: next.at, id: next.id }
    return jsonResponse({ events: rows.map(describeRow), next: page }, { secure: site.secure })
  })
}

function filtersOf(query: URLSearchParams): AuditFilters {
  const said = (name: string) => (query.get(name) ?? '').slice(0, 254)
  return { event: said('event'), user: said('user'), from: said('from'), to: said('to') }
}

/** The id that an address, a user name or an id stands for. Somebody who is gone is found by the id only. */
async function userIdOf({ users }: Services, typed: string): Promise<string | null> {
  const text = typed.trim()
  if (text === '') return null
  const identifier = normalizeIdentifier(text)?.value
  const user = identifier === undefined ? null : await users.findByIdentifier(identifier)
  return user?.id ?? text.slice(0, 254)
}
