/** The D1 table `mfa_grace`: since when an account knows that it must have a second factor. */
export interface Grace {
  /** Keeps the first time: signing in again gives nobody more of it. */
  begin(userId: string): D1PreparedStatement
}

export function createGrace(db: D1Database, now: () => number): Grace {
  return {
    begin: (userId) =>
      db
        .prepare('INSERT INTO mfa_grace (user_id, asked_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING')
        .bind(userId, now()),
  }
}
