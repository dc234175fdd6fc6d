import { randomText } from '../lib/random.ts'
import type { Client } from '../session/client.ts'
import { hashToken, isToken, newToken } from '../session/token.ts'

/**
 * Browsers that need no second factor for a while: the D1 table `trusted_device`. Not a way in: it only stands in for the factor that was
 * shown there, and says how long ago that was.
 */
export interface TrustedDevices {
  /** The cookie's value, and the statement that stores it. */
  begin(
    device: NewTrustedDevice,
  ): Promise<{ readonly token: string; readonly statement: D1PreparedStatement }>
  /** The device of a cookie if this account trusts it on this site; `null` for every other cookie. */
  recognise(token: string | null, userId: string, site: string): Promise<TrustedDevice | null>
  list(userId: string): Promise<readonly TrustedDevice[]>
  end(userId: string, id: string): D1PreparedStatement
  endAllOf(userId: string): D1PreparedStatement
}

export interface NewTrustedDevice {
  readonly userId: string
  readonly site: string
  readonly client: Client
}

export interface TrustedDevice {
  readonly id: string
  readonly site: string
  readonly client: Client
  /** When a second factor was shown there. */
  readonly provedAt: number
  readonly lastUsedAt: number
  readonly expiresAt: number
}

interface Row {
  readonly id: string
  readonly site: string
  readonly client: string
  readonly proved_at: number
  readonly last_used_at: number
  readonly expires_at: number
}

/** A new password ends all trust: it may have been given because somebody else knew the old one. */
const STANDS_SQL = `proved_at > coalesce(
  (SELECT password_changed_at FROM user WHERE user.id = trusted_device.user_id), 0)`
const ID = /^[A-Za-z0-9_-]{16}$/

export function createTrustedDevices(
  db: D1Database,
  trustSeconds: number | null,
  now: () => number,
): TrustedDevices {
  return {
    async begin({ userId, site, client }) {
      const id = randomText(12)
      const secret = newToken()
      const at = now()
      const statement = db
        .prepare(
          `INSERT INTO trusted_device (id, user_id, site, token_hash, client, proved_at, last_used_at, expires_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)`,
        )
        .bind(
          id,
          userId,
          site,
          await hashToken(secret),
          JSON.stringify(client),
          at,
          at + (trustSeconds ?? 0) * 1000,
        )
      return { token: `${id}.${secret}`, statement }
    },

    async recognise(token, userId, site) {
      const [id = '', secret = ''] = (token ?? '').split('.')
      if (trustSeconds === null || !ID.test(id) || !isToken(secret)) return null
      const at = now()
      const row = await db
        .prepare(
          `UPDATE trusted_device SET last_used_at = ?5
           WHERE id = ?1 AND token_hash = ?2 AND user_id = ?3 AND site = ?4 AND expires_at > ?5 AND ${STANDS_SQL}
           RETURNING id, site, client, proved_at, last_used_at, expires_at`,
        )
        .bind(id, await hashToken(secret), userId, site, at)
        .first<Row>()
      // The operator may have shortened the time since.
      return row && row.proved_at + trustSeconds * 1000 > at ? fromRow(row) : null
    },

    async list(userId) {
      const { results } = await db
        .prepare(
          `SELECT id, site, client, proved_at, last_used_at, expires_at FROM trusted_device
           WHERE user_id = ?1 AND expires_at > ?2 AND ${STANDS_SQL}
           ORDER BY last_used_at DESC, id`,
        )
        .bind(userId, now())
        .all<Row>()
      return results.map(fromRow)
    },

    end: (userId, id) =>
      db.prepare('DELETE FROM trusted_device WHERE id = ?2 AND user_id = ?1').bind(userId, id),

    endAllOf: (userId) => db.prepare('DELETE FROM trusted_device WHERE user_id = ?1').bind(userId),
  }
}

function fromRow(row: Row): TrustedDevice {
  return {
    id: row.id,
    site: row.site,
    client: JSON.parse(row.client) as Client,
    provedAt: row.proved_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  }
}
