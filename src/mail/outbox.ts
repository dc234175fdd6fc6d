import type { Audit } from '../audit/audit.ts'
import type { Log } from '../lib/log.ts'
import { randomText } from '../lib/random.ts'
import type { Sealer } from '../lib/seal.ts'
import { within } from '../lib/within.ts'
import { normalizeEmail } from '../user/identifier.ts'
import type { Letter, Mail, Sender, Sent } from './mail.ts'
import { type Backlog, createOutboxTable, type NewRow, type OutboxRow } from './outbox-table.ts'
import { renderMail } from './render.tsx'
import { nextAttemptAt } from './retry.ts'

/** Mails that leave after the answer, and not before the change they speak of is in the database. */
export interface Outbox {
  /**
   * A statement for the SAME batch as that change: both happen or neither. Afterwards `visit.later(outbox.flush())` sends it; should
   * that never run, the scheduled job does. Throws for an address that is not in its one spelling, and for links that lead elsewhere.
   */
  queue(mail: Mail): Promise<D1PreparedStatement>
  /** The same for a notice, of which an account gets so many of a kind within some time and no more. */
  queueNotice(
    mail: Mail & { readonly userId: string },
    limit: { readonly most: number; readonly withinMs: number },
  ): Promise<readonly D1PreparedStatement[]>
  /** Sends what is due, in rounds of five. Never rejects: a sender that is down breaks no page. */
  flush(options?: { readonly rounds?: number }): Promise<Flushed>
  /** Removes what is not worth sending any more, with an audit row each. */
  removeExpired(): Promise<number>
  backlog(): Promise<Backlog>
}

export interface Flushed {
  readonly sent: number
  readonly postponed: number
  readonly givenUp: number
}

/** With what is claimed, sent and settled this stays below the fifty subrequests of a request on the free plan. */
const ROUND_SIZE = 5
const SEND_MS = 10_000
/** A sender that has not settled by then is dead. Longer than sending may take, so that nothing is sent twice because of slowness. */
const LEASE_MS = 60_000
const MAX_BYTES = 60_000

interface Parts {
  readonly db: D1Database
  readonly sender: Sender
  readonly sealer: Sealer
  readonly from: { readonly name: string | null; readonly address: string }
  readonly replyTo: string | null
  readonly audit: Audit
  readonly now: () => number
  readonly log: Log
}

export function createOutbox(parts: Parts): Outbox {
  const { db, sealer, audit, now, log } = parts
  const table = createOutboxTable(db)

  async function rowOf(mail: Mail): Promise<NewRow> {
    if (normalizeEmail(mail.to) !== mail.to)
      throw new TypeError('mail goes to addresses in their one spelling')
    const message = renderMail(mail)
    const letter: Omit<Letter, 'id'> = {
      ...message,
      from: { name: parts.from.name ?? mail.site.theme.name, address: parts.from.address },
      replyTo: parts.replyTo,
      to: mail.to,
    }
    const id = randomText(16)
    const text = JSON.stringify(letter)
    if (text.length > MAX_BYTES) throw new TypeError('this mail is too long')
    const { kind, userId, expiresAt } = mail
    return { id, kind, site: mail.site.key, userId, sealed: await sealer.seal(text, id), expiresAt }
  }

  async function sendRound(): Promise<readonly Sent[]> {
    const claim = randomText(12)
    const rows = await table.claim(claim, ROUND_SIZE, now(), now() + LEASE_MS)
    if (rows.length === 0) return []
    const outcomes = await Promise.all(rows.map(async (row) => ({ row, outcome: await sendOne(row) })))
    const settled = outcomes.map(({ row, outcome }) => settle(row, claim, outcome))
    await db.batch(settled.flatMap(({ statements }) => statements))
    return settled.map(({ result }) => result)
  }

  async function sendOne(row: OutboxRow): Promise<Sent> {
    const text = await sealer.open(row.sealed, row.id)
    // The secret it was sealed under has been taken out of EDGEGATE_SECRET.
    if (text === null) return { kind: 'refused', reason: 'sealed_under_another_secret' }
    const letter: Letter = { ...(JSON.parse(text) as Omit<Letter, 'id'>), id: row.id }
    try {
      return await within(SEND_MS, parts.sender(letter), () => new Error('the sender took too long'))
    } catch (error) {
      // The message of a foreign error may quote what was sent; its class says enough.
      return {
        kind: 'later',
        reason: error instanceof Error ? error.name : 'unknown',
        retryAfterSeconds: null,
      }
    }
  }

  /** What an outcome does to its row, and what it comes to in the end. */
  function settle(row: OutboxRow, claim: string, outcome: Sent) {
    const about = { mail: row.id, kind: row.kind, site: row.site, attempts: row.attempts }
    if (outcome.kind === 'sent') {
      log({ level: 'info', event: 'mail.sent', ...about })
      return { statements: [table.remove(row.id, claim)], result: outcome }
    }
    const { reason } = outcome
    const dueAt = outcome.kind === 'later' ? nextAttemptAt(row, now(), outcome.retryAfterSeconds) : null
    if (dueAt !== null) {
      log({ level: 'warn', event: 'mail.postponed', ...about, reason, until: new Date(dueAt).toISOString() })
      return { statements: [table.postpone(row.id, claim, dueAt)], result: outcome }
    }
    return {
      statements: [table.remove(row.id, claim), givenUp(row, reason)],
      result: { kind: 'refused', reason } as const,
    }
  }

  function givenUp(row: OutboxRow, reason: string): D1PreparedStatement {
    return audit.statement({
      event: 'mail.given_up',
      site: row.site,
      userId: row.userId,
      sessionId: null,
      network: null,
      requestId: null,
      detail: { mail: row.id, kind: row.kind, attempts: row.attempts, reason },
    })
  }

  return {
    queue: async (mail) => table.insert(await rowOf(mail), now()),

    async queueNotice(mail, { most, withinMs }) {
      const row = await rowOf(mail)
      return table.insertNotice(row, { most, sinceAt: now() - withinMs }, now())
    },

    async flush({ rounds = 1 } = {}) {
      const results: Sent[] = []
      try {
        for (let round = 0; round < rounds; round++) {
          const outcomes = await sendRound()
          results.push(...outcomes)
          // Who is away or says "slow down" is not asked again in the same breath.
          if (outcomes.length < ROUND_SIZE || outcomes.some(({ kind }) => kind === 'later')) break
        }
      } catch (error) {
        log({ level: 'error', event: 'mail.outbox_failed', error: String(error) })
      }
      const count = (kind: Sent['kind']) => results.filter((result) => result.kind === kind).length
      return { sent: count('sent'), postponed: count('later'), givenUp: count('refused') }
    },

    backlog: table.backlog,

    async removeExpired() {
      const rows = await table.removeExpired(now())
      if (rows.length > 0) await db.batch(rows.map((row) => givenUp(row, 'expired')))
      return rows.length
    },
  }
}
