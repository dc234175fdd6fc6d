import { randomText } from '../lib/random.ts'
import type { Sealer } from '../lib/seal.ts'
import { hashToken, isToken } from '../session/token.ts'
import { type Post, pack, unpack } from './envelope.ts'

/**
 * Form posts that were refused, in D1: sealed, for ten minutes, for one browser, one site and, where it was known, one user. What is
 * taken is gone; of many who take at once one gets it.
 */
export interface KeptPosts {
  /** The largest body that is kept. */
  readonly maxBytes: number
  /** Answers the id to come back with; `null` when too much is kept already. */
  keep(post: Post, owner: Owner): Promise<string | null>
  /** `null` for what is unknown, used up or too old, or another browser's or site's. */
  find(id: string | null, asker: Asker): Promise<KeptPost | null>
  /** Removes it. False when somebody else has, or its time is over. */
  take(kept: KeptPost): Promise<boolean>
  /** Undoes `take`. */
  putBack(kept: KeptPost): Promise<void>
}

export interface Asker {
  readonly site: string
  /** The value of the browser's cookie. */
  readonly browser: string | null
}

export interface Owner extends Asker {
  readonly browser: string
  /** `null`: nobody knows whose it is; whoever signs in next in this browser may send it. */
  readonly userId: string | null
  readonly network: string | null
}

export interface KeptPost {
  readonly id: string
  readonly userId: string | null
  /** Unix milliseconds. */
  readonly expiresAt: number
  readonly post: Post
  readonly row: KeptPostRow
}

interface KeptPostRow {
  readonly id: string
  readonly browser_hash: string
  readonly site: string
  readonly user_id: string | null
  readonly network: string
  readonly sealed: string
  readonly expires_at: number
}

export const KEPT_SECONDS = 600
/** Strangers can write here. Beyond these, forms are not kept, and nothing else suffers. */
const MAX_OF_NETWORK = 20
const MAX_OF_ALL = 500
const ID = /^[A-Za-z0-9_-]{22}$/

export function createKeptPosts(parts: {
  readonly db: D1Database
  readonly sealer: Sealer
  readonly maxBytes: number
  /** Unix milliseconds. */
  readonly now: () => number
}): KeptPosts {
  const { db, sealer, maxBytes, now } = parts

  function insert(row: KeptPostRow): D1PreparedStatement {
    return db
      .prepare(
        `INSERT INTO kept_post (id, browser_hash, site, user_id, network, sealed, expires_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE (SELECT count(*) FROM kept_post WHERE network = ?5) < ?8 AND (SELECT count(*) FROM kept_post) < ?9
         RETURNING id`,
      )
      .bind(
        row.id,
        row.browser_hash,
        row.site,
        row.user_id,
        row.network,
        row.sealed,
        row.expires_at,
        MAX_OF_NETWORK,
        MAX_OF_ALL,
      )
  }

  return {
    maxBytes,

    async keep(post, { site, browser, userId, network }) {
      const id = randomText(16)
      const at = now()
      const bound = { id, browser_hash: await hashToken(browser), site, user_id: userId }
      const sealed = await sealer.sealBytes(pack(post), contextOf(bound))
      const row = { ...bound, network: network ?? 'unknown', sealed, expires_at: at + KEPT_SECONDS * 1000 }
      const expired = db.prepare('DELETE FROM kept_post WHERE expires_at <= ?1').bind(at)
      const [, inserted] = await db.batch([expired, insert(row)])
      return inserted?.results.length === 1 ? id : null
    },

    async find(id, { site, browser }) {
      if (id === null || !ID.test(id) || browser === null || !isToken(browser)) return null
      const row = await db
        .prepare(
          `SELECT id, browser_hash, site, user_id, network, sealed, expires_at FROM kept_post
           WHERE id = ?1 AND browser_hash = ?2 AND site = ?3 AND expires_at > ?4`,
        )
        .bind(id, await hashToken(browser), site, now())
        .first<KeptPostRow>()
      const packed = row && (await sealer.openBytes(row.sealed, contextOf(row)))
      if (!row || !packed) return null
      return { id, userId: row.user_id, expiresAt: row.expires_at, post: unpack(packed), row }
    },

    async take({ row }) {
      const taken = await db
        .prepare('DELETE FROM kept_post WHERE id = ?1 AND browser_hash = ?2 AND expires_at > ?3 RETURNING id')
        .bind(row.id, row.browser_hash, now())
        .first()
      return taken !== null
    },

    async putBack({ row }) {
      await insert(row).run()
    },
  }
}

/** A row that is moved to another browser, site or user does not open. */
function contextOf(row: Pick<KeptPostRow, 'id' | 'browser_hash' | 'site' | 'user_id'>): string {
  return JSON.stringify([row.id, row.browser_hash, row.site, row.user_id])
}
