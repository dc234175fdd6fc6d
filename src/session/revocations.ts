/** The D1 table `revocation`: what has been ended, whatever a cache still believes. Written in one batch with its cause. */
export interface Revocations {
  /** Ends one session: by its id, or by its lineage with everything that came of it. */
  ofSession(sessionId: string, now: number): D1PreparedStatement
  /** Ends every session of a user that began up to now, but `spared`. */
  ofSubject(subjectId: string, spared: string | null, now: number): D1PreparedStatement
  /** Selects a row (`revoked`) when the session has been ended. */
  check(session: { id: string; lineage: string; subjectId: string; createdAt: number }): D1PreparedStatement
}

export function createRevocations(db: D1Database): Revocations {
  return {
    ofSession: (sessionId, now) =>
      db.prepare('INSERT INTO revocation (at, session_id) VALUES (?1, ?2)').bind(now, sessionId),

    ofSubject: (subjectId, spared, now) =>
      db
        .prepare('INSERT INTO revocation (at, subject_id, spared_session_id) VALUES (?1, ?2, ?3)')
        .bind(now, subjectId, spared),

    check: ({ id, lineage, subjectId, createdAt }) =>
      db
        .prepare(
          `SELECT 1 AS revoked FROM revocation WHERE session_id IN (?1, ?4)
           UNION ALL
           SELECT 1 FROM revocation WHERE subject_id = ?2 AND at >= ?3 AND spared_session_id IS NOT ?1
           LIMIT 1`,
        )
        .bind(id, subjectId, createdAt, lineage),
  }
}
