/**
 * The D1 table `guest_merge`: guests who have signed in to an account that was there before. The site hears of each in one request that it
 * has answered. Two tabs that are quick both find the note in their session; one conditional statement decides whose request carries it.
 */
export interface GuestMerges {
  /** Writes a merge down; nothing happens (`changes` is 0) when the guest has been merged before. */
  record(merge: GuestMerge, now: number): D1PreparedStatement
  /** Whether this request is the one that tells the site. Exactly one of many at the same time is. */
  claim(guestId: string, lineage: string, now: number): Promise<boolean>
  /** The site has not answered: the next request tells it. */
  putBack(guestId: string): Promise<void>
  /** The guests that have become part of an account. */
  listOf(userId: string): Promise<readonly { readonly guestId: string; readonly mergedAt: number }[]>
}

export interface GuestMerge {
  readonly guestId: string
  readonly userId: string
  /** Of the session that began so. */
  readonly lineage: string
}

export function createGuestMerges(db: D1Database): GuestMerges {
  return {
    record: ({ guestId, userId, lineage }, now) =>
      db
        .prepare(
          `INSERT INTO guest_merge (guest_id, user_id, lineage, merged_at) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT (guest_id) DO NOTHING`,
        )
        .bind(guestId, userId, lineage, now),

    async claim(guestId, lineage, now) {
      const claimed = await db
        .prepare(
          `UPDATE guest_merge SET told_at = ?3 WHERE guest_id = ?1 AND lineage = ?2 AND told_at IS NULL
           RETURNING guest_id`,
        )
        .bind(guestId, lineage, now)
        .first()
      return claimed !== null
    },

    async putBack(guestId) {
      await db.prepare('UPDATE guest_merge SET told_at = NULL WHERE guest_id = ?1').bind(guestId).run()
    },

    async listOf(userId) {
      const { results } = await db
        .prepare(
          'SELECT guest_id AS guestId, merged_at AS mergedAt FROM guest_merge WHERE user_id = ?1 ORDER BY merged_at',
        )
        .bind(userId)
        .all<{ guestId: string; mergedAt: number }>()
      return results
    },
  }
}
