import { randomDigits } from '../lib/digits.ts'
import { randomText } from '../lib/random.ts'
import type { Client } from '../session/client.ts'
import { hashToken, isToken, newToken } from '../session/token.ts'
import {
  type IssuedProof,
  MAX_TRIES,
  type MailProof,
  type NewProof,
  type ProofData,
  type Purpose,
} from './proof.ts'

/** The D1 table `proof`: what one mailed link or typed code is good for, once (P25). */
export interface Proofs {
  issue(proof: NewProof): Promise<IssuedProof>
  /** The proof of a link. Looking consumes nothing: mail scanners open every link. */
  findByToken(purpose: Purpose, site: string, token: string): Promise<MailProof | null>
  /** The newest one that a browser has asked for. */
  findByBrowser(purpose: Purpose, site: string, browser: string): Promise<MailProof | null>
  /** Counts a try at the code of a browser's newest proof. `null` when there is none, or none that may still be tried. */
  tryCode(purpose: Purpose, site: string, browser: string, code: string): Promise<TriedCode | null>
  /** Lets the browser that waits go on, if `number` is the one it shows. The link is worth nothing any more then. */
  approve(proof: MailProof, site: string, number: string): Promise<'approved' | 'wrong' | 'spent'>
  /**
   * Uses a proof up: the first statements of the batch of its effect. Where the proof is not good any more the whole batch fails and
   * nothing of it happens; `isSpent` tells that from a fault. Of many at once exactly one batch is committed.
   */
  consume(proof: MailProof, site: string): readonly D1PreparedStatement[]
  /**
   * The same for a registration that is completed on another device, by whoever began it: the proof goes on, and lets the browser that
   * waits for it in to the account. `check` begins the batch, `grant` follows the account's row in it.
   */
  handOver(
    proof: MailProof,
    site: string,
    userId: string,
  ): { readonly check: D1PreparedStatement; readonly grant: D1PreparedStatement }
  remove(proof: MailProof): D1PreparedStatement
  /** For a changed password or address: links that were mailed before are worth nothing. Undoing stays possible. */
  removeAllOf(userId: string): D1PreparedStatement
  /** Undoing one change of address undoes the later ones: their own ways back go with it. */
  removeUndosSince(userId: string, createdAt: number): D1PreparedStatement
}

export interface TriedCode {
  readonly proof: MailProof
  readonly isRight: boolean
}

interface Row {
  readonly id: string
  readonly purpose: Purpose
  readonly user_id: string | null
  readonly email: string
  readonly browser_hash: string | null
  readonly code_hash: string | null
  readonly tries: number
  readonly number: string | null
  readonly approved_at: number | null
  readonly client: string
  readonly data: string
  readonly created_at: number
  readonly expires_at: number
}

const COLUMNS = `id, purpose, user_id, email, browser_hash, code_hash, tries, number, approved_at, client, data, created_at,
  expires_at`
/** Everything is checked at use, the account's state included (P25). */
const IS_GOOD = `purpose = ?2 AND site = ?3 AND expires_at > ?4 AND (user_id IS NULL OR EXISTS (
  SELECT 1 FROM user WHERE user.id = proof.user_id AND user.disabled_at IS NULL
    AND (proof.account_email IS NULL OR user.email = proof.account_email)))`
const NEWEST_OF_BROWSER = `(SELECT id FROM proof WHERE browser_hash = ?1 AND purpose = ?2 ORDER BY created_at DESC, id LIMIT 1)`
/** Once somebody has approved, the rest is pressing a button in the browser that waits. */
const APPROVED_MS = 5 * 60_000
/** Whoever has signed up on a laptop and gone to their phone for the mail comes back. */
const HANDED_OVER_MS = 15 * 60_000

export function createProofs(db: D1Database, now: () => number): Proofs {
  const first = async (statement: D1PreparedStatement) => {
    const row = await statement.first<Row>()
    return row && fromRow(row)
  }

  return {
    async issue(proof) {
      const token = newToken()
      const code = proof.withCode && proof.browser !== null ? randomDigits(6) : null
      const at = now()
      const statement = db
        .prepare(
          `INSERT INTO proof (id, purpose, subject, site, user_id, account_email, email, token_hash, browser_hash, code_hash, number,
             client, data, created_at, expires_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
           ON CONFLICT (purpose, subject) DO UPDATE SET id = ?1, site = ?4, user_id = ?5, account_email = ?6, email = ?7,
             token_hash = ?8, browser_hash = ?9, code_hash = ?10, tries = 0, number = ?11, approved_at = NULL, client = ?12,
             data = ?13, created_at = ?14, expires_at = ?15`,
        )
        .bind(
          randomText(12),
          proof.purpose,
          proof.subject,
          proof.site,
          proof.userId,
          proof.accountEmail,
          proof.email,
          await hashToken(token),
          proof.browser === null ? null : await hashToken(proof.browser),
          code === null ? null : await hashCode(proof.browser, code),
          code === null ? null : String(10 + (Number(randomDigits(6)) % 90)),
          JSON.stringify(proof.client),
          JSON.stringify(proof.data),
          at,
          at + proof.lifeSeconds * 1000,
        )
      return { token, code, statement }
    },

    async findByToken(purpose, site, token) {
      if (!isToken(token)) return null
      const sql = `SELECT ${COLUMNS} FROM proof WHERE token_hash = ?1 AND ${IS_GOOD}`
      return await first(db.prepare(sql).bind(await hashToken(token), purpose, site, now()))
    },

    async findByBrowser(purpose, site, browser) {
      const sql = `SELECT ${COLUMNS} FROM proof WHERE id = ${NEWEST_OF_BROWSER} AND ${IS_GOOD}`
      return await first(db.prepare(sql).bind(await hashToken(browser), purpose, site, now()))
    },

    async tryCode(purpose, site, browser, code) {
      const sql = `UPDATE proof SET tries = tries + 1
        WHERE id = ${NEWEST_OF_BROWSER} AND tries < ${MAX_TRIES} AND code_hash IS NOT NULL AND ${IS_GOOD} RETURNING ${COLUMNS}`
      const proof = await first(db.prepare(sql).bind(await hashToken(browser), purpose, site, now()))
      return proof && { proof, isRight: proof.codeHash === (await hashCode(browser, code)) }
    },

    async approve(proof, site, number) {
      const row = await db
        .prepare(
          `UPDATE proof SET tries = tries + (number <> ?5), approved_at = iif(number = ?5, ?4, NULL),
             token_hash = iif(number = ?5, 'approved ' || id, token_hash),
             expires_at = iif(number = ?5, min(expires_at, ?4 + ${APPROVED_MS}), expires_at)
           WHERE id = ?1 AND approved_at IS NULL AND tries < ${MAX_TRIES} AND ${IS_GOOD} RETURNING approved_at`,
        )
        .bind(proof.id, proof.purpose, site, now(), number)
        .first<{ approved_at: number | null }>()
      if (!row) return 'spent'
      return row.approved_at === null ? 'wrong' : 'approved'
    },

    consume: ({ id, purpose }, site) => [
      // What is no JSON is an error, and an error takes the whole transaction back.
      db
        .prepare(`SELECT iif(EXISTS (SELECT 1 FROM proof WHERE id = ?1 AND ${IS_GOOD}), 1, json('spent'))`)
        .bind(id, purpose, site, now()),
      db.prepare('DELETE FROM proof WHERE id = ?1').bind(id),
    ],

    handOver: ({ id, purpose }, site, userId) => ({
      check: db
        .prepare(
          `SELECT iif(EXISTS (SELECT 1 FROM proof WHERE id = ?1 AND approved_at IS NULL AND ${IS_GOOD}), 1, json('spent'))`,
        )
        .bind(id, purpose, site, now()),
      grant: db
        .prepare(
          `UPDATE proof SET user_id = ?2, approved_at = ?3, token_hash = 'approved ' || id, code_hash = NULL,
             expires_at = ?3 + ${HANDED_OVER_MS}, data = json_object('next', data->>'next') WHERE id = ?1`,
        )
        .bind(id, userId, now()),
    }),

    remove: ({ id }) => db.prepare('DELETE FROM proof WHERE id = ?1').bind(id),

    removeAllOf: (userId) =>
      db.prepare("DELETE FROM proof WHERE user_id = ?1 AND purpose <> 'undo_email'").bind(userId),

    removeUndosSince: (userId, createdAt) =>
      db
        .prepare("DELETE FROM proof WHERE user_id = ?1 AND purpose = 'undo_email' AND created_at >= ?2")
        .bind(userId, createdAt),
  }
}

/** Whether a batch failed because the proof in it was used, replaced or late: an expected outcome, and nothing has happened. */
export function isSpent(error: unknown): boolean {
  return error instanceof Error && error.message.includes('malformed JSON')
}

/** Six digits alone are guessed from their hash in no time; without the browser's cookie nobody can. */
async function hashCode(browser: string | null, code: string): Promise<string> {
  return await hashToken(`${browser} ${code}`)
}

function fromRow(row: Row): MailProof {
  return {
    id: row.id,
    purpose: row.purpose,
    userId: row.user_id,
    email: row.email,
    browserHash: row.browser_hash,
    codeHash: row.code_hash,
    tries: row.tries,
    number: row.number,
    isApproved: row.approved_at !== null,
    client: JSON.parse(row.client) as Client,
    data: JSON.parse(row.data) as ProofData,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
