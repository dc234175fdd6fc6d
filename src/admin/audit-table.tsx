import type { AuditRow } from '../audit/audit-log.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { visibleText } from '../ui/visible-text.ts'

/** What happened, as the log has it: event names and details are what exports, webhooks and log lines say, too. */
export function AuditTable({
  frame: { texts, basePath },
  rows,
  showsUser = false,
}: {
  readonly frame: AccountFrame
  readonly rows: readonly AuditRow[]
  readonly showsUser?: boolean
}) {
  const instant = new Intl.DateTimeFormat(texts.lang, {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: 'UTC',
  })
  if (rows.length === 0) return <p class="muted">{texts.adminNothing}</p>
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.adminWhen}</th>
            <th scope="col">{texts.adminEvent}</th>
            {showsUser && <th scope="col">{texts.adminWho}</th>}
            <th scope="col">{texts.adminWhere}</th>
            <th scope="col">{texts.adminDetail}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <td>
                <time datetime={new Date(row.at).toISOString()}>{instant.format(row.at)}</time>
              </td>
              <td>
                <code>{row.event}</code>
              </td>
              {showsUser && (
                <td>
                  {row.userId === null ? (
                    '–'
                  ) : (
                    <SafeLink href={`${basePath}/admin/users/${encodeURIComponent(row.userId)}`}>
                      <code>{visibleText(row.userId)}</code>
                    </SafeLink>
                  )}
                </td>
              )}
              <td>
                {visibleText([row.network, row.site].filter((part) => part !== null).join(' · ') || '–')}
              </td>
              <td class="wide">{visibleText(detailText(row.detail))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function detailText(detail: AuditRow['detail']): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
