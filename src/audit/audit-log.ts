import type { AuditEvent, AuditEventName } from './audit.ts'

export interface AuditQuery {
  readonly event: AuditEventName | null
  readonly userId: string | null
  /** Unix milliseconds: not before, and before. */
  readonly from: number
  readonly to: number
  /** Where the page before ended; `null`: the newest. */
  readonly after: { readonly at: number; readonly id: number } | null
  readonly limit: number
}

/** A row of the audit log as it is kept. `at` is unix milliseconds. */
export interface AuditRow extends AuditEvent {
  readonly id: number
  readonly at: number
}

export interface AuditPage {
  readonly rows: readonly AuditRow[]
  readonly next: AuditQuery['after']
}

/** The audit log to be read: page by page, newest first, every filter with its index. */
export interface AuditLog {
  find(query: AuditQuery): Promise<AuditPage>
}

const COLUMNS = 'id, at, event, site, user_id, session_id, network, request_id, detail'
const RANGE_SQL = '(at, id) < (?1, ?2) AND at >= ?3'
const ORDER_SQL = 'ORDER BY at DESC, id DESC LIMIT ?4'

export const AUDIT_SQL = {
  all: `SELECT ${COLUMNS} FROM audit WHERE ${RANGE_SQL} ${ORDER_SQL}`,
  event: `SELECT ${COLUMNS} FROM audit INDEXED BY audit_by_event WHERE event = ?5 AND ${RANGE_SQL} ${ORDER_SQL}`,
  user: `SELECT ${COLUMNS} FROM audit INDEXED BY audit_by_user WHERE user_id = ?6 AND ${RANGE_SQL} ${ORDER_SQL}`,
  both: `SELECT ${COLUMNS} FROM audit INDEXED BY audit_by_user WHERE user_id = ?6 AND event = ?5 AND ${RANGE_SQL} ${ORDER_SQL}`,
} as const

interface Row {
  readonly id: number
  readonly at: number
  readonly event: AuditEventName
  readonly site: string | null
  readonly user_id: string | null
  readonly session_id: string | null
  readonly network: string | null
  readonly request_id: string | null
  readonly detail: string
}

export function createAuditLog(db: D1Database): AuditLog {
  return {
    async find({ event, userId, from, to, after, limit }) {
      const which = userId === null ? (event === null ? 'all' : 'event') : event === null ? 'user' : 'both'
      const [at, id] = after && after.at < to ? [after.at, after.id] : [to, 0]
      const values = [at, id, from, limit + 1, ...(which === 'all' ? [] : [event])]
      const { results } = await db
        .prepare(AUDIT_SQL[which])
        .bind(...values, ...(userId === null ? [] : [userId]))
        .all<Row>()
      const rows = results.slice(0, limit).map(fromRow)
      const last = results.length > limit ? rows.at(-1) : undefined
      return { rows, next: last ? { at: last.at, id: last.id } : null }
    },
  }
}

function fromRow(row: Row): AuditRow {
  return {
    id: row.id,
    at: row.at,
    event: row.event,
    site: row.site,
    userId: row.user_id,
    sessionId: row.session_id,
    network: row.network,
    requestId: row.request_id,
    detail: JSON.parse(row.detail) as AuditRow['detail'],
  }
}
