import { randomDigits } from '../lib/digits.ts'
import { randomText } from '../lib/random.ts'
import type { Judged } from '../revocation/revocations.ts'
import { hashToken, isToken, newToken } from '../session/token.ts'
import type { Codes } from './code.ts'

/** What the approving device is shown of the one that waits. */
export interface WaitingClient {
  readonly agent: string
  /** Address or /64; `null` where the platform tells none. */
  readonly network: string | null
  readonly city: string | null
  /** ISO 3166-1, two letters. */
  readonly country: string | null
}

export interface Handoff {
  readonly id: string
  readonly state: 'waiting' | 'approved' | 'refused'
  /** Two digits that the waiting browser shows, among those that the other device chooses from. */
  readonly number: string
  readonly choices: readonly string[]
  readonly client: WaitingClient
  readonly remember: boolean
  /** Unix milliseconds, as all instants here. */
  readonly createdAt: number
  readonly expiresAt: number
}

/** Who approved: the session it was done in must still stand when the other browser goes on. */
export interface Approval {
  readonly session: Judged
  /** When that session's user last showed a real credential. */
  readonly authenticatedAt: number
  /** Whether reading the mailbox is what that session began with: a mailed code beside it would be the same thing twice (P8). */
  readonly isByMail: boolean
}

/**
 * The D1 table `handoff`: a sign-in that waits in one browser until another device approves it. The waiting browser is known by its cookie
 * and the other device by the code that is shown, each of them useless in place of the other.
 */
export interface Handoffs {
  /** Answers the waiting browser's secret; `null` when too many wait already. */
  begin(waiting: {
    readonly site: string
    readonly client: WaitingClient
    readonly remember: boolean
  }): Promise<string | null>
  /** The code that a browser shows. */
  codeOf(browser: string): Promise<string>
  findByBrowser(browser: string | null, site: string): Promise<Handoff | null>
  /** Only what still waits. */
  findByCode(code: string, site: string): Promise<Handoff | null>
  /** The first statements of a batch that fails as a whole (`isSpent`) when somebody has decided before. */
  approve(handoff: Handoff, approval: Approval): readonly D1PreparedStatement[]
  refuse(handoff: Handoff): readonly D1PreparedStatement[]
  /** Uses an approval up: exactly one of many gets it. */
  take(browser: string, site: string): Promise<{ handoff: Handoff; approval: Approval } | null>
  remove(browser: string): Promise<void>
}

export const HANDOFF_SECONDS = 600
/** Strangers can write here. */
const MAX_OF_NETWORK = 20
const MAX_OF_ALL = 1000

interface Row {
  readonly id: string
  readonly state: Handoff['state']
  readonly number: string
  readonly choices: string
  readonly client: string
  readonly remember: number
  readonly approval: string | null
  readonly created_at: number
  readonly expires_at: number
}

const COLUMNS = 'id, state, number, choices, client, remember, approval, created_at, expires_at'

export function createHandoffs(db: D1Database, codes: Codes, now: () => number): Handoffs {
  const first = async (sql: string, ...values: readonly (string | number)[]) =>
    await db
      .prepare(sql)
      .bind(...values)
      .first<Row>()

  /** What is no JSON is an error, and an error takes the whole batch back (isSpent). */
  const unlessDecided = ({ id }: Handoff) =>
    db
      .prepare(
        `SELECT iif(EXISTS (SELECT 1 FROM handoff WHERE id = ?1 AND state = 'waiting' AND expires_at > ?2), 1, json('spent'))`,
      )
      .bind(id, now())

  return {
    codeOf: codes.ofBrowser,

    async begin({ site, client, remember }) {
      const browser = newToken()
      const at = now()
      const choices = threeNumbers()
      const number = choices[Number(randomDigits(6)) % choices.length] ?? ''
      const insert = db
        .prepare(
          `INSERT INTO handoff (id, browser_hash, code_hash, site, number, choices, client, network, remember, created_at, expires_at)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
           WHERE (SELECT count(*) FROM handoff WHERE network = ?8) < ?12 AND (SELECT count(*) FROM handoff) < ?13
           ON CONFLICT DO NOTHING RETURNING id`,
        )
        .bind(
          randomText(16),
          await hashToken(browser),
          await codes.hash(await codes.ofBrowser(browser)),
          site,
          number,
          JSON.stringify(choices),
          JSON.stringify(client),
          client.network ?? 'unknown',
          remember ? 1 : 0,
          at,
          at + HANDOFF_SECONDS * 1000,
          MAX_OF_NETWORK,
          MAX_OF_ALL,
        )
      const expired = db.prepare('DELETE FROM handoff WHERE expires_at <= ?1').bind(at)
      const [, inserted] = await db.batch([expired, insert])
      return inserted?.results.length === 1 ? browser : null
    },

    async findByBrowser(browser, site) {
      if (browser === null || !isToken(browser)) return null
      const sql = `SELECT ${COLUMNS} FROM handoff WHERE browser_hash = ?1 AND site = ?2 AND expires_at > ?3`
      return fromRow(await first(sql, await hashToken(browser), site, now()))
    },

    async findByCode(code, site) {
      const sql = `SELECT ${COLUMNS} FROM handoff WHERE code_hash = ?1 AND site = ?2 AND expires_at > ?3 AND state = 'waiting'`
      return fromRow(await first(sql, await codes.hash(code), site, now()))
    },

    approve: (handoff, approval) => [
      unlessDecided(handoff),
      db
        .prepare(`UPDATE handoff SET state = 'approved', user_id = ?2, approval = ?3 WHERE id = ?1`)
        .bind(handoff.id, approval.session.subjectId, JSON.stringify(approval)),
    ],

    refuse: (handoff) => [
      unlessDecided(handoff),
      db.prepare(`UPDATE handoff SET state = 'refused' WHERE id = ?1`).bind(handoff.id),
    ],

    async take(browser, site) {
      if (!isToken(browser)) return null
      const sql = `DELETE FROM handoff WHERE browser_hash = ?1 AND site = ?2 AND expires_at > ?3 AND state = 'approved'
        RETURNING ${COLUMNS}`
      const row = await first(sql, await hashToken(browser), site, now())
      const handoff = fromRow(row)
      if (!handoff || !row?.approval) return null
      return { handoff, approval: JSON.parse(row.approval) as Approval }
    },

    async remove(browser) {
      await db
        .prepare('DELETE FROM handoff WHERE browser_hash = ?1')
        .bind(await hashToken(browser))
        .run()
    },
  }
}

function threeNumbers(): readonly string[] {
  const numbers = new Set<string>()
  while (numbers.size < 3) numbers.add(randomDigits(2))
  return [...numbers]
}

function fromRow(row: Row | null): Handoff | null {
  return (
    row && {
      id: row.id,
      state: row.state,
      number: row.number,
      choices: JSON.parse(row.choices) as string[],
      client: JSON.parse(row.client) as WaitingClient,
      remember: row.remember === 1,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }
  )
}
