/** The D1 table `mail`. Instants are unix milliseconds. */
export interface OutboxTable {
  insert(mail: NewRow, now: number): D1PreparedStatement
  /** The same unless the mail's owner has had as many notices of the kind since then; and the statement that counts it. */
  insertNotice(
    mail: NewRow,
    limit: NoticeLimit,
    now: number,
  ): readonly [D1PreparedStatement, D1PreparedStatement]
  /**
   * Takes what is due for one sender, what has never been tried first: somebody is waiting for it. Nobody else gets it until `until`.
   * Counts the attempt.
   */
  claim(claim: string, limit: number, now: number, until: number): Promise<readonly OutboxRow[]>
  /** Both change nothing when the claim was lost: somebody else is sending the mail by now. */
  remove(id: string, claim: string): D1PreparedStatement
  postpone(id: string, claim: string, dueAt: number): D1PreparedStatement
  /** Removes what is not worth sending any more. */
  removeExpired(now: number): Promise<readonly OutboxRow[]>
  backlog(): Promise<Backlog>
}

export interface NewRow {
  readonly id: string
  readonly kind: string
  readonly site: string
  readonly userId: string | null
  readonly sealed: string
  readonly expiresAt: number
}

/** Mails that have been tried and still wait. */
export interface Backlog {
  readonly waiting: number
  /** Unix milliseconds. */
  readonly oldestAt: number | null
}

export interface NoticeLimit {
  readonly most: number
  readonly sinceAt: number
}

export interface OutboxRow extends NewRow {
  readonly attempts: number
  readonly createdAt: number
}

interface Columns {
  readonly id: string
  readonly kind: string
  readonly site: string
  readonly user_id: string | null
  readonly sealed: string
  readonly attempts: number
  readonly created_at: number
  readonly expires_at: number
}

const COLUMNS = 'id, kind, site, user_id, sealed, attempts, created_at, expires_at'

export function createOutboxTable(db: D1Database): OutboxTable {
  return {
    insert: ({ id, kind, site, userId, sealed, expiresAt }, now) =>
      db
        .prepare(
          `INSERT INTO mail (id, kind, site, user_id, sealed, created_at, due_at, expires_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)`,
        )
        .bind(id, kind, site, userId, sealed, now, expiresAt),

    insertNotice: ({ id, kind, site, userId, sealed, expiresAt }, { most, sinceAt }, now) => [
      db
        .prepare(
          `INSERT INTO mail (id, kind, site, user_id, sealed, created_at, due_at, expires_at)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7
           WHERE (SELECT count(*) FROM notice WHERE user_id = ?4 AND kind = ?2 AND at > ?8) < ?9`,
        )
        .bind(id, kind, site, userId, sealed, now, expiresAt, sinceAt, most),
      db
        .prepare(
          `INSERT INTO notice (id, user_id, kind, at) SELECT id, user_id, kind, created_at FROM mail WHERE id = ?1`,
        )
        .bind(id),
    ],

    async claim(claim, limit, now, until) {
      const { results } = await db
        .prepare(
          `UPDATE mail SET claim = ?1, due_at = ?4, attempts = attempts + 1
           WHERE id IN (SELECT id FROM mail WHERE due_at <= ?3 AND expires_at > ?3 ORDER BY attempts, due_at LIMIT ?2)
           RETURNING ${COLUMNS}`,
        )
        .bind(claim, limit, now, until)
        .all<Columns>()
      return results.map(fromColumns)
    },

    remove: (id, claim) => db.prepare('DELETE FROM mail WHERE id = ?1 AND claim = ?2').bind(id, claim),

    postpone: (id, claim, dueAt) =>
      db
        .prepare('UPDATE mail SET due_at = ?3, claim = NULL WHERE id = ?1 AND claim = ?2')
        .bind(id, claim, dueAt),

    async removeExpired(now) {
      const { results } = await db
        .prepare(`DELETE FROM mail WHERE expires_at <= ?1 RETURNING ${COLUMNS}`)
        .bind(now)
        .all<Columns>()
      return results.map(fromColumns)
    },

    async backlog() {
      const sql = 'SELECT count(*) AS waiting, min(created_at) AS oldestAt FROM mail WHERE attempts > 0'
      return (await db.prepare(sql).first<Backlog>()) ?? { waiting: 0, oldestAt: null }
    },
  }
}

function fromColumns(row: Columns): OutboxRow {
  const { id, kind, site, sealed, attempts } = row
  return {
    id,
    kind,
    site,
    userId: row.user_id,
    sealed,
    attempts,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
