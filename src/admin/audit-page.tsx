import { AUDIT_EVENTS } from '../audit/audit.ts'
import type { AuditPage } from '../audit/audit-log.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { adminDocument } from '../ui/admin-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { AuditTable } from './audit-table.tsx'

/** The filters as they were typed. */
export interface AuditFilters {
  readonly event: string
  readonly user: string
  readonly from: string
  readonly to: string
}

export interface AuditPageProps {
  readonly frame: AccountFrame
  readonly filters: AuditFilters
  readonly page: AuditPage
}

export function renderAuditPage({ frame, filters, page }: AuditPageProps): string {
  const { texts, basePath } = frame
  const query = (more: Record<string, string>) => `${new URLSearchParams({ ...filters, ...more })}`
  return adminDocument(frame, {
    section: '/admin/audit',
    children: (
      <>
        <form method="get" class="filters">
          <div>
            <label for="event">{texts.adminEvent}</label>
            <select class="input" id="event" name="event">
              <option value="">{texts.adminAny}</option>
              {AUDIT_EVENTS.map((event) => (
                <option value={event} selected={filters.event === event}>
                  {event}
                </option>
              ))}
            </select>
          </div>
          <div class="grow">
            <label for="user">{texts.adminWhoHint}</label>
            <input
              class="input"
              id="user"
              name="user"
              value={filters.user}
              autocomplete="off"
              spellcheck={false}
            />
          </div>
          <div>
            <label for="from">{texts.adminFrom}</label>
            <input class="input" id="from" name="from" type="date" value={filters.from} />
          </div>
          <div>
            <label for="to">{texts.adminTo}</label>
            <input class="input" id="to" name="to" type="date" value={filters.to} />
          </div>
          <button class="button quiet" type="submit">
            {texts.adminFilter}
          </button>
        </form>
        <AuditTable frame={frame} rows={page.rows} showsUser />
        <div class="pager">
          <p class="muted">
            {texts.adminExport}{' '}
            <SafeLink href={`${basePath}/admin/audit.csv?${query({})}`} download="audit.csv">
              CSV
            </SafeLink>
            {' · '}
            <SafeLink href={`${basePath}/admin/audit.jsonl?${query({})}`} download="audit.jsonl">
              JSON lines
            </SafeLink>
          </p>
          {page.next && (
            <SafeLink
              class="button quiet"
              href={`${basePath}/admin/audit?${query({ before: String(page.next.at), id: String(page.next.id) })}`}
            >
              {texts.adminMore}
            </SafeLink>
          )}
        </div>
      </>
    ),
  })
}
