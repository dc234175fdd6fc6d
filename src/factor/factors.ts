/** What an account can show besides its password, whatever its kind. Instants are unix milliseconds. */
export interface Factor {
  readonly id: string
  readonly kind: 'totp' | 'passkey'
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
  /** For a passkey: whether its owner's account keeps it on several devices. */
  readonly isSynced: boolean
}

export interface Factors {
  list(userId: string): Promise<readonly Factor[]>
  rename(userId: string, id: string, name: string): D1PreparedStatement
  /** Changes nothing (`changes` is 0) when there is no such factor, or it is the last and may not be. */
  remove(userId: string, id: string, mayBeLast: boolean): D1PreparedStatement
  /** Recovery codes and trusted devices of an account that has no factor any more. */
  removeRestIfNone(userId: string): readonly D1PreparedStatement[]
  /**
   * What was added since an instant (unix milliseconds), with everything that stands in for a factor: recovery codes, trusted devices,
   * sign-ins that wait. Older factors stay.
   */
  removeAddedSince(userId: string, at: number): readonly D1PreparedStatement[]
  /** Everything: passkeys, apps, recovery codes, trusted devices, sign-ins that wait. */
  removeAll(userId: string): readonly D1PreparedStatement[]
}

interface Row {
  readonly id: string
  readonly kind: 'totp' | 'passkey'
  readonly name: string
  readonly created_at: number
  readonly last_used_at: number | null
  readonly is_synced: number
}

/** How many factors the user ?1 has. */
const COUNT_SQL =
  '(SELECT count(*) FROM passkey WHERE user_id = ?1) + (SELECT count(*) FROM totp WHERE user_id = ?1)'

export function createFactors(db: D1Database): Factors {
  return {
    async list(userId) {
      const { results } = await db
        .prepare(
          `SELECT id, 'passkey' AS kind, name, created_at, last_used_at, is_synced FROM passkey WHERE user_id = ?1
           UNION ALL
           SELECT id, 'totp', name, created_at, last_used_at, 0 FROM totp WHERE user_id = ?1
           ORDER BY created_at, id`,
        )
        .bind(userId)
        .all<Row>()
      return results.map((row) => ({
        id: row.id,
        kind: row.kind,
        name: row.name,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        isSynced: row.is_synced === 1,
      }))
    },

    rename: (userId, id, name) =>
      (isApp(id)
        ? db.prepare('UPDATE totp SET name = ?3 WHERE user_id = ?1 AND id = ?2')
        : db.prepare('UPDATE passkey SET name = ?3 WHERE user_id = ?1 AND id = ?2')
      ).bind(userId, id, name),

    remove: (userId, id, mayBeLast) =>
      (isApp(id)
        ? db.prepare(`DELETE FROM totp WHERE user_id = ?1 AND id = ?2 AND (?3 = 1 OR ${COUNT_SQL} > 1)`)
        : db.prepare(`DELETE FROM passkey WHERE user_id = ?1 AND id = ?2 AND (?3 = 1 OR ${COUNT_SQL} > 1)`)
      ).bind(userId, id, mayBeLast ? 1 : 0),

    removeRestIfNone: (userId) =>
      [
        db.prepare(`DELETE FROM recovery_code WHERE user_id = ?1 AND ${COUNT_SQL} = 0`),
        db.prepare(`DELETE FROM trusted_device WHERE user_id = ?1 AND ${COUNT_SQL} = 0`),
      ].map((statement) => statement.bind(userId)),

    removeAddedSince: (userId, at) => [
      ...[
        db.prepare('DELETE FROM passkey WHERE user_id = ?1 AND created_at >= ?2'),
        db.prepare('DELETE FROM totp WHERE user_id = ?1 AND created_at >= ?2'),
      ].map((statement) => statement.bind(userId, at)),
      ...[
        db.prepare('DELETE FROM recovery_code WHERE user_id = ?1'),
        db.prepare('DELETE FROM trusted_device WHERE user_id = ?1'),
        db.prepare('DELETE FROM pending_sign_in WHERE user_id = ?1'),
      ].map((statement) => statement.bind(userId)),
    ],

    removeAll: (userId) =>
      [
        db.prepare('DELETE FROM passkey WHERE user_id = ?1'),
        db.prepare('DELETE FROM totp WHERE user_id = ?1'),
        db.prepare('DELETE FROM recovery_code WHERE user_id = ?1'),
        db.prepare('DELETE FROM trusted_device WHERE user_id = ?1'),
        db.prepare('DELETE FROM pending_sign_in WHERE user_id = ?1'),
        // Whoever had a factor gets no grace a second time, where one is asked for.
        db.prepare(
          'INSERT INTO mfa_grace (user_id, asked_at) VALUES (?1, 0) ON CONFLICT DO UPDATE SET asked_at = 0',
        ),
      ].map((statement) => statement.bind(userId)),
  }
}

function isApp(id: string): boolean {
  return id.startsWith('app_')
}
