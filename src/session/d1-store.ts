import type { SessionStore } from './store.ts'

/** Sessions in the D1 table `session`: every change is seen by the next request anywhere, at the price of a read each. */
export function createD1Store(db: D1Database, now: () => number): SessionStore {
  return {
    async read(tokenHash) {
      const sql = 'SELECT record FROM session WHERE token_hash = ?1 AND expires_at > ?2'
      return await db.prepare(sql).bind(tokenHash, now()).first<string>('record')
    },

    async write(tokenHash, record, owner, expiresAt) {
      const sql = `INSERT INTO session (token_hash, session_id, subject_id, record, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (token_hash) DO UPDATE SET record = ?4, expires_at = ?5`
      await db.prepare(sql).bind(tokenHash, owner.sessionId, owner.subjectId, record, expiresAt).run()
    },

    async remove(tokenHash) {
      await db.prepare('DELETE FROM session WHERE token_hash = ?1').bind(tokenHash).run()
    },

    async list(subjectId) {
      const sql =
        'SELECT token_hash AS tokenHash, record FROM session WHERE subject_id = ?1 AND expires_at > ?2'
      const { results } = await db
        .prepare(sql)
        .bind(subjectId, now())
        .all<{ tokenHash: string; record: string }>()
      return results
    },
  }
}
