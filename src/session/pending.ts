import { hashToken, isToken, newToken } from './token.ts'

/**
 * Sign-ins that wait for a second factor: the D1 table `pending_sign_in`. A browser holds the token in a cookie of its own; until the
 * factor has been shown there is no session (P8).
 */
export interface PendingSignIns {
  /** The cookie's value, and the statements that store it in the place of an older one of the same browser. */
  begin(
    pending: NewPending,
    former: string | null,
  ): Promise<{ readonly token: string; readonly statements: readonly D1PreparedStatement[] }>
  find(token: string | null, site: string): Promise<Pending | null>
  /** Counts a try, before it is looked at: `null` when there is none left, however many come at once. */
  try(token: string | null, site: string): Promise<Pending | null>
  /** Takes a try back that was not looked at. */
  giveBack(pending: Pending): Promise<void>
  /**
   * Uses it up, if it still stands and, for a first factor, the account has got none meanwhile. Of many that finish at the same time one
   * is told so.
   */
  finish(pending: Pending, how?: { readonly asFirstFactor: boolean }): Promise<boolean>
  endPresented(token: string): Promise<D1PreparedStatement | null>
  endAllOf(userId: string): D1PreparedStatement
}

export interface NewPending {
  readonly userId: string
  readonly site: string
  /** What has been proved so far. */
  readonly methods: readonly string[]
  readonly remember: boolean
  readonly next: string | null
  /** The feed's position when the account was read. */
  readonly position: number
  /** Of a sign-in that another device approved: when its owner last showed something there. */
  readonly provedElsewhereAt: number | null
}

export interface Pending extends NewPending {
  readonly tokenHash: string
  readonly tries: number
  readonly expiresAt: number
}

/** Long enough to fetch a telephone, short enough that a stolen half of a sign-in is soon worth nothing. */
export const PENDING_SECONDS = 600
const MAX_TRIES = 5

interface Row {
  readonly token_hash: string
  readonly user_id: string
  readonly site: string
  readonly methods: string
  readonly remember: number
  readonly next: string | null
  readonly position: number
  readonly proved_elsewhere_at: number | null
  readonly tries: number
  readonly expires_at: number
}

/** Whatever ended the account's sessions since ends this too: a new password, above all. */
const STANDS_SQL = `NOT EXISTS (
  SELECT 1 FROM revocation
  WHERE subject_id = pending_sign_in.user_id AND kind = 'end' AND id > pending_sign_in.position)`
const NO_FACTOR_SQL = `NOT EXISTS (SELECT 1 FROM totp WHERE totp.user_id = pending_sign_in.user_id)
  AND NOT EXISTS (SELECT 1 FROM passkey WHERE passkey.user_id = pending_sign_in.user_id)`
const COLUMNS =
  'token_hash, user_id, site, methods, remember, next, position, proved_elsewhere_at, tries, expires_at'

export function createPendingSignIns(db: D1Database, now: () => number): PendingSignIns {
  const remove = (tokenHash: string) =>
    db.prepare('DELETE FROM pending_sign_in WHERE token_hash = ?1').bind(tokenHash)

  return {
    async begin(pending, former) {
      const token = newToken()
      const insert = db
        .prepare(
          `INSERT INTO pending_sign_in (token_hash, user_id, site, methods, remember, next, position, proved_elsewhere_at, expires_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
        )
        .bind(
          await hashToken(token),
          pending.userId,
          pending.site,
          JSON.stringify(pending.methods),
          pending.remember ? 1 : 0,
          pending.next,
          pending.position,
          pending.provedElsewhereAt,
          now() + PENDING_SECONDS * 1000,
        )
      const replaced = former !== null && isToken(former) ? [remove(await hashToken(former))] : []
      return { token, statements: [...replaced, insert] }
    },

    async find(token, site) {
      if (token === null || !isToken(token)) return null
      const row = await db
        .prepare(
          `SELECT ${COLUMNS} FROM pending_sign_in
           WHERE token_hash = ?1 AND site = ?2 AND expires_at > ?3 AND tries < ?4 AND ${STANDS_SQL}`,
        )
        .bind(await hashToken(token), site, now(), MAX_TRIES)
        .first<Row>()
      return row && fromRow(row)
    },

    async try(token, site) {
      if (token === null || !isToken(token)) return null
      const row = await db
        .prepare(
          `UPDATE pending_sign_in SET tries = tries + 1
           WHERE token_hash = ?1 AND site = ?2 AND expires_at > ?3 AND tries < ?4 AND ${STANDS_SQL}
           RETURNING ${COLUMNS}`,
        )
        .bind(await hashToken(token), site, now(), MAX_TRIES)
        .first<Row>()
      return row && fromRow(row)
    },

    async giveBack({ tokenHash }) {
      await db
        .prepare('UPDATE pending_sign_in SET tries = max(0, tries - 1) WHERE token_hash = ?1')
        .bind(tokenHash)
        .run()
    },

    async finish({ tokenHash }, { asFirstFactor } = { asFirstFactor: false }) {
      const row = await db
        .prepare(
          `DELETE FROM pending_sign_in WHERE token_hash = ?1 AND expires_at > ?2 AND ${STANDS_SQL}
             ${asFirstFactor ? `AND ${NO_FACTOR_SQL}` : ''} RETURNING user_id`,
        )
        .bind(tokenHash, now())
        .first()
      return row !== null
    },

    async endPresented(token) {
      return isToken(token) ? remove(await hashToken(token)) : null
    },

    endAllOf: (userId) => db.prepare('DELETE FROM pending_sign_in WHERE user_id = ?1').bind(userId),
  }
}

function fromRow(row: Row): Pending {
  return {
    tokenHash: row.token_hash,
    userId: row.user_id,
    site: row.site,
    methods: JSON.parse(row.methods) as string[],
    remember: row.remember === 1,
    next: row.next,
    position: row.position,
    provedElsewhereAt: row.proved_elsewhere_at,
    tries: row.tries,
    expiresAt: row.expires_at,
  }
}
