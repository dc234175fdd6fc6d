import { randomText } from '../lib/random.ts'
import { POSITION_SQL } from '../revocation/revocations.ts'
import type { Client } from './client.ts'
import { FAMILY_ID_BYTES, judgeUse, readRotatingToken, writeRotatingToken } from './rotation.ts'
import { hashToken, newToken } from './token.ts'

/** "Keep me signed in": families of single-use tokens in D1 (rotation.ts). Whoever holds the newer one of a stolen family loses it too. */
export interface Remember {
  /** A family's first token, and the statement that stores it: unless the user's sessions were ended after `position`. */
  begin(
    family: NewFamily,
  ): Promise<{ readonly familyId: string; readonly token: string; readonly statement: D1PreparedStatement }>
  /** Exchanges a token. Consumes it: exactly one of many parallel calls gets the next one. */
  use(token: string, site: string): Promise<Remembered>
  /** Takes back an exchange whose next token never reached the browser: the token presented is good again. */
  takeBack(next: string): Promise<void>
  /** More has been proved in the browser that a family belongs to. */
  strengthen(familyId: string, methods: readonly string[]): D1PreparedStatement
  endFamily(familyId: string): D1PreparedStatement
  /** The browsers that a user is remembered in. */
  listOf(userId: string): Promise<readonly RememberedBrowser[]>
  /** Ends the family that a browser's cookie belongs to; `null` for what is no token. */
  endPresented(token: string | null): Promise<D1PreparedStatement | null>
  endAllOf(userId: string, sparedFamily: string | null): D1PreparedStatement
}

export interface NewFamily {
  readonly userId: string
  readonly site: string
  readonly methods: readonly string[]
  readonly client: Client
  readonly authenticatedAt: number
  /** The feed's position when the account was read. */
  readonly position: number
}

/** A browser that is remembered, as its owner sees it. Instants are unix milliseconds. */
export interface RememberedBrowser {
  readonly familyId: string
  readonly site: string
  readonly client: Client
  readonly methods: readonly string[]
  readonly startedAt: number
  /** When its token was last exchanged. */
  readonly usedAt: number
}

export type Remembered =
  | {
      readonly kind: 'restored'
      readonly userId: string
      readonly familyId: string
      readonly methods: readonly string[]
      readonly authenticatedAt: number
      /** The browser that was asked to remember. */
      readonly client: Client
      /** The feed's position in the same transaction: what ends the user's sessions from then on ends the one that is restored. */
      readonly position: number
      /** The next token; `null` when a parallel request of the same browser has just got it. */
      readonly token: string | null
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'stolen'; readonly userId: string; readonly familyId: string }

interface FamilyRow {
  readonly user_id: string
  readonly methods: string
  readonly authenticated_at: number
  readonly client: string
  readonly previous_hash: string | null
  readonly rotated_at: number
  readonly position: number
}

interface ListedRow {
  readonly id: string
  readonly site: string
  readonly client: string
  readonly methods: string
  readonly created_at: number
  readonly rotated_at: number
}

export function createRemember(db: D1Database, lifeSeconds: number | null, now: () => number): Remember {
  return {
    async begin(family) {
      const familyId = randomText(FAMILY_ID_BYTES)
      const secret = newToken()
      const at = now()
      const statement = db
        .prepare(
          `INSERT INTO remember_family
             (id, user_id, site, token_hash, rotated_at, authenticated_at, methods, client, created_at, expires_at)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?5, ?9 WHERE NOT EXISTS (
             SELECT 1 FROM revocation WHERE subject_id = ?2 AND kind = 'end' AND id > ?10)`,
        )
        .bind(
          familyId,
          family.userId,
          family.site,
          await hashToken(secret),
          at,
          family.authenticatedAt,
          JSON.stringify(family.methods),
          JSON.stringify(family.client),
          at + (lifeSeconds ?? 0) * 1000,
          family.position,
        )
      return { familyId, token: writeRotatingToken({ familyId, secret }), statement }
    },

    async use(token, site) {
      const parts = lifeSeconds === null ? null : readRotatingToken(token)
      if (!parts) return { kind: 'unknown' }
      const { familyId } = parts
      const presented = await hashToken(parts.secret)
      const next = newToken()
      const at = now()
      const [exchanged, found] = await db.batch<FamilyRow>([
        db
          .prepare(
            `UPDATE remember_family SET token_hash = ?3, previous_hash = token_hash, rotated_at = ?4
             WHERE id = ?1 AND token_hash = ?2 AND site = ?5 AND expires_at > ?4
             RETURNING id`,
          )
          .bind(familyId, presented, await hashToken(next), at, site),
        db
          .prepare(
            `SELECT user_id, methods, authenticated_at, client, previous_hash, rotated_at, ${POSITION_SQL} AS position
             FROM remember_family WHERE id = ?1 AND site = ?2 AND expires_at > ?3`,
          )
          .bind(familyId, site, at),
      ])
      const family = found?.results[0]
      if (!family) return { kind: 'unknown' }
      const use = judgeUse(exchanged?.results[0] !== undefined, family, presented, at)
      if (use === 'stolen') return { kind: 'stolen', userId: family.user_id, familyId }
      const renewed = use === 'exchanged' ? writeRotatingToken({ familyId, secret: next }) : null
      return { kind: 'restored', familyId, ...restored(family), token: renewed }
    },

    async takeBack(next) {
      const parts = readRotatingToken(next)
      if (!parts) return
      await db
        .prepare(
          `UPDATE remember_family SET token_hash = previous_hash, previous_hash = NULL
           WHERE id = ?1 AND token_hash = ?2 AND previous_hash IS NOT NULL`,
        )
        .bind(parts.familyId, await hashToken(parts.secret))
        .run()
    },

    async listOf(userId) {
      const { results } = await db
        .prepare(
          `SELECT id, site, client, methods, created_at, rotated_at FROM remember_family
           WHERE user_id = ?1 AND expires_at > ?2`,
        )
        .bind(userId, now())
        .all<ListedRow>()
      return results.map((row) => ({
        familyId: row.id,
        site: row.site,
        client: clientOf(row.client),
        methods: JSON.parse(row.methods) as string[],
        startedAt: row.created_at,
        usedAt: row.rotated_at,
      }))
    },
    strengthen: (familyId, methods) =>
      db
        .prepare('UPDATE remember_family SET methods = ?2 WHERE id = ?1')
        .bind(familyId, JSON.stringify(methods)),

    endFamily: (familyId) => db.prepare('DELETE FROM remember_family WHERE id = ?1').bind(familyId),

    async endPresented(token) {
      const parts = readRotatingToken(token ?? '')
      return (
        parts &&
        db
          .prepare('DELETE FROM remember_family WHERE id = ?1 AND (token_hash = ?2 OR previous_hash = ?2)')
          .bind(parts.familyId, await hashToken(parts.secret))
      )
    },

    endAllOf: (userId, sparedFamily) =>
      db
        .prepare('DELETE FROM remember_family WHERE user_id = ?1 AND id IS NOT ?2')
        .bind(userId, sparedFamily),
  }
}

/** Rows of an earlier version know no place. */
function clientOf(text: string): Client {
  return { place: null, ...(JSON.parse(text) as Omit<Client, 'place'> & Partial<Client>) }
}

function restored(row: FamilyRow) {
  return {
    userId: row.user_id,
    methods: JSON.parse(row.methods) as string[],
    authenticatedAt: row.authenticated_at,
    client: clientOf(row.client),
    position: row.position,
  }
}
