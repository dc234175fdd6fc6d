/** The D1 table `deletion`: accounts whose owner wants them gone. Instants are unix milliseconds. */
export interface Deletions {
  ask(userId: string, at: number, dueAt: number): D1PreparedStatement
  cancel(userId: string): D1PreparedStatement
  /** Accounts that are to be removed by now. */
  due(at: number, limit: number): Promise<readonly string[]>
  /**
   * Removes an account that is due, for a batch. Where its owner has signed in meanwhile the whole batch fails (`isNotDue`) and nothing
   * of it happens.
   */
  remove(userId: string, at: number): readonly D1PreparedStatement[]
}

export function createDeletions(db: D1Database): Deletions {
  return {
    ask: (userId, at, dueAt) =>
      db
        .prepare(
          `INSERT INTO deletion (user_id, asked_at, due_at) VALUES (?1, ?2, ?3)
           ON CONFLICT (user_id) DO UPDATE SET asked_at = ?2, due_at = ?3`,
        )
        .bind(userId, at, dueAt),

    cancel: (userId) => db.prepare('DELETE FROM deletion WHERE user_id = ?1').bind(userId),

    async due(at, limit) {
      const { results } = await db
        .prepare('SELECT user_id FROM deletion WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2')
        .bind(at, limit)
        .all<{ user_id: string }>()
      return results.map(({ user_id }) => user_id)
    },

    remove: (userId, at) => [
      // What is no JSON is an error, and an error takes the whole transaction back.
      db
        .prepare(
          "SELECT iif(EXISTS (SELECT 1 FROM deletion WHERE user_id = ?1 AND due_at <= ?2), 1, json('not due'))",
        )
        .bind(userId, at),
      db
        .prepare(
          "DELETE FROM throttle WHERE key IN ('account:' || ?1, 'mail:' || (SELECT email FROM user WHERE id = ?1))",
        )
        .bind(userId),
      db.prepare('DELETE FROM mail WHERE user_id = ?1').bind(userId),
      db.prepare('DELETE FROM kept_post WHERE user_id = ?1').bind(userId),
      // What happened stays known; of whom and from where does not.
      db.prepare("UPDATE audit SET network = NULL, detail = '{}' WHERE user_id = ?1").bind(userId),
      // Everything else that is the account's goes with it.
      db.prepare('DELETE FROM user WHERE id = ?1').bind(userId),
    ],
  }
}

export function isNotDue(error: unknown): boolean {
  return error instanceof Error && error.message.includes('malformed JSON')
}
