/**
 * The D1 table `revocation`: what has happened to sessions, whatever a cache still believes. Rows are numbered in the order in which
 * they were committed; the number of the newest one is a *position*. A record that was read from the database at position p is told
 * everything up to p, so only rows beyond p concern it, and no two clocks are ever compared.
 */
export interface Revocations {
  /** Ends one session by its id, by its lineage everything that came of it, or by a remember-me family everything that it restored. */
  ofSession(sessionId: string, now: number): D1PreparedStatement
  /** Ends every session of a user that began before, but `spared`. */
  ofSubject(subjectId: string, spared: string | null, now: number): D1PreparedStatement
  /**
   * The account has changed: its sessions go on and read it again. With `updatedAt` only if it was last changed at that instant, for
   * batches whose change may turn out to be none.
   */
  reload(subjectId: string, updatedAt: number | null, now: number): D1PreparedStatement
  /** Selects what concerns a session since its position; read with `verdictOf`. */
  since(session: Judged): D1PreparedStatement
  /** Begins a batch that fails as a whole, and writes nothing, when the session has been ended (decision 024). */
  demand(session: Judged): D1PreparedStatement
  /** Everything after a position, oldest first, at most `FEED_PAGE` rows. */
  after(position: number): Promise<readonly FeedRow[]>
  /** The newest rows, oldest first: all since `instant` (unix milliseconds), and `MIN_WINDOW` in any case. */
  recent(instant: number): Promise<readonly FeedRow[]>
}

/** What of a session the feed speaks of. */
export interface Judged {
  readonly id: string
  readonly lineage: string
  readonly subjectId: string
  readonly family: string | null
  readonly position: number
}

export type FeedKind = 'end' | 'reload'

export interface FeedRow {
  readonly id: number
  readonly at: number
  readonly kind: FeedKind
  readonly sessionId: string | null
  readonly subjectId: string | null
  readonly spared: string | null
}

/** What has become of a session: nothing, its account has changed, or it is over. */
export type Verdict = 'valid' | 'reload' | 'ended'

/** Rows of one read. A batch of ends that is larger takes several. */
export const FEED_PAGE = 5000
/** Where little happens the window reaches back further than it must, which costs next to nothing. */
export const MIN_WINDOW = 500

/** The newest row's number, as a column of another statement: zero for an empty table (which only a new one is). */
export const POSITION_SQL = '(SELECT coalesce(max(id), 0) FROM revocation)'

const COLUMNS = 'id, at, kind, session_id AS sessionId, subject_id AS subjectId, spared_session_id AS spared'

export function createRevocations(db: D1Database): Revocations {
  const rows = async (statement: D1PreparedStatement) => (await statement.all<FeedRow>()).results
  return {
    ofSession: (sessionId, now) =>
      db.prepare('INSERT INTO revocation (at, session_id) VALUES (?1, ?2)').bind(now, sessionId),

    ofSubject: (subjectId, spared, now) =>
      db
        .prepare('INSERT INTO revocation (at, subject_id, spared_session_id) VALUES (?1, ?2, ?3)')
        .bind(now, subjectId, spared),

    reload: (subjectId, updatedAt, now) =>
      db
        .prepare(
          `INSERT INTO revocation (at, subject_id, kind) SELECT ?1, ?2, 'reload'
           WHERE ?3 IS NULL OR EXISTS (SELECT 1 FROM user WHERE id = ?2 AND updated_at = ?3)`,
        )
        .bind(now, subjectId, updatedAt),

    since: ({ id, lineage, subjectId, family, position }) =>
      db
        .prepare(
          `SELECT kind FROM revocation WHERE session_id IN (?1, ?2, ?5) AND id > ?4
           UNION
           SELECT kind FROM revocation WHERE subject_id = ?3 AND id > ?4 AND spared_session_id IS NOT ?1`,
        )
        .bind(id, lineage, subjectId, position, family),

    demand: ({ id, lineage, subjectId, family, position }) =>
      db
        .prepare(
          // What is no JSON is an error, and an error takes the whole transaction back.
          `SELECT iif(
             EXISTS (SELECT 1 FROM revocation WHERE session_id IN (?1, ?2, ?5) AND id > ?4 AND kind = 'end')
             OR EXISTS (SELECT 1 FROM revocation
               WHERE subject_id = ?3 AND id > ?4 AND spared_session_id IS NOT ?1 AND kind = 'end'),
             json('over'), 1)`,
        )
        .bind(id, lineage, subjectId, position, family),

    after: (position) =>
      rows(
        db
          .prepare(`SELECT ${COLUMNS} FROM revocation WHERE id > ?1 ORDER BY id LIMIT ${FEED_PAGE}`)
          .bind(position),
      ),

    recent: (instant) =>
      rows(
        db
          .prepare(
            `SELECT ${COLUMNS} FROM revocation
             WHERE id > ${POSITION_SQL} - ${MIN_WINDOW}
                OR id >= (SELECT min(id) FROM revocation WHERE at >= ?1)
             ORDER BY id`,
          )
          .bind(instant),
      ),
  }
}

/** What the rows of `since` say. Whatever is unclear ends the session. */
export function verdictOf(result: D1Result | undefined): Verdict {
  if (!result) return 'ended'
  const kinds = (result.results as { kind: FeedKind }[]).map(({ kind }) => kind)
  if (kinds.length === 0) return 'valid'
  return kinds.every((kind) => kind === 'reload') ? 'reload' : 'ended'
}
