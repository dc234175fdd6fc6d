import type { Sealer } from '../lib/seal.ts'
import { stepOf } from './totp.ts'

/** Authenticator apps: the D1 table `totp`. Seeds are sealed to their account and row, so that none can be moved to another. */
export interface Apps {
  /** Adds an app whose first code has just been proved: `step` will not be accepted again. */
  add(userId: string, app: NewApp): Promise<D1PreparedStatement>
  /** Accepts a code, once: of many that show it at the same time one gets the app's id, the others `null`. */
  use(userId: string, code: string): Promise<string | null>
}

export interface NewApp {
  /** Made with the seed, so that a set-up that is sent twice makes one app. */
  readonly id: string
  readonly name: string
  readonly seed: string
  readonly step: number
}

export function createApps(db: D1Database, sealer: Sealer, now: () => number): Apps {
  return {
    async add(userId, { id, name, seed, step }) {
      const sealed = await sealer.seal(seed, contextOf(userId, id))
      return db
        .prepare(
          `INSERT INTO totp (id, user_id, name, sealed_seed, last_step, created_at, last_used_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING`,
        )
        .bind(id, userId, name, sealed, step, now())
    },

    async use(userId, code) {
      const { results } = await db
        .prepare('SELECT id, sealed_seed FROM totp WHERE user_id = ?1')
        .bind(userId)
        .all<{ id: string; sealed_seed: string }>()
      for (const { id, sealed_seed } of results) {
        const seed = await sealer.open(sealed_seed, contextOf(userId, id))
        const step = seed === null ? null : await stepOf(seed, code, now())
        if (step === null) continue
        const used = await db
          .prepare(
            'UPDATE totp SET last_step = ?2, last_used_at = ?3 WHERE id = ?1 AND last_step < ?2 RETURNING id',
          )
          .bind(id, step, now())
          .first()
        if (used) return id
      }
      return null
    },
  }
}

function contextOf(userId: string, id: string): string {
  return `totp/${userId}/${id}`
}
