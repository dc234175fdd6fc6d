import type { Json } from '../hooks/hooks.ts'
import type { Log } from '../lib/log.ts'

/** Everything that is logged, in the order of docs/storage.md. */
export const AUDIT_EVENTS = [
  'session.started',
  'session.ended',
  'session.restored',
  'login.failed',
  'login.throttled',
  'reauth.succeeded',
  'reauth.failed',
  'reauth.throttled',
  'remember.theft_detected',
  'token.issued',
  'token.renewed',
  'token.revoked',
  'token.theft_detected',
  'key.made',
  'key.revoked',
  'mfa.asked',
  'mfa.enrolment_demanded',
  'mfa.proved',
  'mfa.failed',
  'mfa.throttled',
  'factor.added',
  'factor.removed',
  'factor.renamed',
  'factor.reset',
  'recovery_codes.made',
  'recovery_codes.used',
  'device.trusted',
  'device.distrusted',
  'access.denied',
  'guest.started',
  'handoff.begun',
  'handoff.approved',
  'handoff.refused',
  'post.kept',
  'post.sent',
  'post.discarded',
  'user.added',
  'user.invited',
  'users.imported',
  'user.registered',
  'user.removed',
  'user.disabled',
  'user.enabled',
  'user.roles_changed',
  'user.password_changed',
  'user.profile_changed',
  'user.reset_asked',
  'mail.given_up',
  'user.approved',
  'user.email_verified',
  'user.email_change_asked',
  'user.email_changed',
  'user.deletion_asked',
  'user.deletion_cancelled',
  'user.deleted',
  'link.asked',
  'link.approved',
  'link.refused',
] as const

export type AuditEventName = (typeof AUDIT_EVENTS)[number]
export interface AuditEvent {
  readonly event: AuditEventName
  readonly site: string | null
  readonly userId: string | null
  readonly sessionId: string | null
  readonly network: string | null
  readonly requestId: string | null
  readonly detail: { readonly [key: string]: Json }
}

/** An event as it is kept. `at` is unix milliseconds. */
export interface PastEvent {
  readonly at: number
  readonly event: AuditEventName
  readonly site: string | null
  readonly network: string | null
  readonly detail: { readonly [key: string]: Json }
}

/** A place in the history of an account. */
export interface AuditCursor {
  readonly at: number
  readonly id: number
}

/** What happened, twice: a line in the structured log and a row in the D1 table `audit`. */
export interface Audit {
  /** Logs the event now; the statement stores it, in the same batch as the change it belongs to. */
  statement(event: AuditEvent): D1PreparedStatement
  /**
   * Stores the event where its account exists, and was last changed at `updatedAt` if that is given: for batches whose change may turn out
   * to be none. Logs nothing; `logOnly` does once the change is known to have happened.
   */
  rowIfUpdated(event: AuditEvent, updatedAt: number | null): D1PreparedStatement
  /** The same, stored only if the statement before it in its batch changed a row: what did not happen is not written down. */
  statementIfChanged(event: AuditEvent): D1PreparedStatement
  /** What happened to an account, the newest first. */
  recentOf(userId: string, limit: number): Promise<readonly PastEvent[]>
  /** The same of certain kinds, a page at a time: `before` is the `next` of the page before. */
  pageOf(
    userId: string,
    kinds: readonly AuditEventName[],
    page: { readonly before: AuditCursor | null; readonly limit: number },
  ): Promise<{ readonly events: readonly PastEvent[]; readonly next: AuditCursor | null }>
  /** Logs only: for what visitors without an account could repeat without end. */
  logOnly(event: AuditEvent): void
}

const COLUMNS = 'at, event, site, user_id, session_id, network, request_id, detail'
const INSERT = `INSERT INTO audit (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`
const INSERT_IF_CHANGED = `INSERT INTO audit (${COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE changes() > 0`

export function createAudit(db: D1Database, log: Log, now: () => number): Audit {
  const write = (event: AuditEvent, at: number) =>
    log({ level: 'info', at: new Date(at).toISOString(), ...event })
  const values = (event: AuditEvent, at: number) => [
    at,
    event.event,
    event.site,
    event.userId,
    event.sessionId,
    event.network,
    event.requestId,
    JSON.stringify(event.detail),
  ]
  const prepare = (sql: string, event: AuditEvent): D1PreparedStatement => {
    const at = now()
    write(event, at)
    return db.prepare(sql).bind(...values(event, at))
  }
  return {
    statement: (event) => prepare(INSERT, event),
    statementIfChanged: (event) => prepare(INSERT_IF_CHANGED, event),
    rowIfUpdated: (event, updatedAt) =>
      db
        .prepare(
          `INSERT INTO audit (${COLUMNS})
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM user WHERE id = ?4 AND (?9 IS NULL OR updated_at = ?9)`,
        )
        .bind(...values(event, now()), updatedAt),
    async recentOf(userId, limit) {
      const { results } = await db
        .prepare(
          'SELECT at, event, site, network, detail FROM audit WHERE user_id = ?1 ORDER BY at DESC, id DESC LIMIT ?2',
        )
        .bind(userId, limit)
        .all<Omit<PastEvent, 'detail'> & { detail: string }>()
      return results.map((row) => ({ ...row, detail: JSON.parse(row.detail) as PastEvent['detail'] }))
    },
    async pageOf(userId, kinds, { before, limit }) {
      const { results } = await db
        .prepare(
          `SELECT id, at, event, site, network, detail FROM audit
           WHERE user_id = ?1 AND (at, id) < (?3, ?4) AND event IN (SELECT value FROM json_each(?2))
           ORDER BY at DESC, id DESC LIMIT ?5`,
        )
        .bind(
          userId,
          JSON.stringify(kinds),
          before?.at ?? Number.MAX_SAFE_INTEGER,
          before?.id ?? Number.MAX_SAFE_INTEGER,
          limit + 1,
        )
        .all<Omit<PastEvent, 'detail'> & { id: number; detail: string }>()
      const shown = results.slice(0, limit)
      const last = results.length > limit ? shown.at(-1) : undefined
      return {
        events: shown.map(({ id, detail, ...row }) => ({ ...row, detail: JSON.parse(detail) })),
        next: last ? { at: last.at, id: last.id } : null,
      }
    },
    logOnly: (event) => write(event, now()),
  }
}
