import { hashRecoveryCode, normalizeRecoveryCode } from './recovery-codes.ts'

/** The D1 table `recovery_code`. */
export interface Recovery {
  /** Puts a new set in the place of whatever there was. */
  replace(userId: string, codes: readonly string[]): Promise<readonly D1PreparedStatement[]>
  /** Uses a code up. Of many that show it at the same time one is told so. */
  use(userId: string, code: string): Promise<boolean>
  removeAll(userId: string): D1PreparedStatement
}

export function createRecovery(
  db: D1Database,
  keys: () => Promise<readonly Uint8Array<ArrayBuffer>[]>,
  now: () => number,
): Recovery {
  const removeAll = (userId: string) =>
    db.prepare('DELETE FROM recovery_code WHERE user_id = ?1').bind(userId)
  return {
    async replace(userId, codes) {
      const current = (await keys()).slice(0, 1)
      const hashes = await Promise.all(codes.map((code) => hashRecoveryCode(current, userId, code)))
      // One statement for all of them: half a set is no set.
      const insert = db
        .prepare(
          'INSERT INTO recovery_code (user_id, code_hash, created_at) SELECT ?1, value, ?3 FROM json_each(?2)',
        )
        .bind(userId, JSON.stringify(hashes.flat()), now())
      return [removeAll(userId), insert]
    },

    async use(userId, code) {
      if (normalizeRecoveryCode(code) === null) return false
      const hashes = await hashRecoveryCode(await keys(), userId, code)
      const used = await db
        .prepare(
          `DELETE FROM recovery_code WHERE user_id = ?1 AND code_hash IN (SELECT value FROM json_each(?2))
           RETURNING code_hash`,
        )
        .bind(userId, JSON.stringify(hashes))
        .first()
      return used !== null
    },

    removeAll,
  }
}
