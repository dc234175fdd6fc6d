import { hashToken, isToken, newToken } from '../session/token.ts'

/** Long enough for a round of questions. */
const TICKET_MS = 120_000

/** The D1 table `operator_ticket`: how the command line, which can write to the database, proves itself to the gateway. */
export interface Tickets {
  /** A ticket that has been stored; also removes those that are over. */
  issue(): Promise<string>
  isGood(ticket: string): Promise<boolean>
}

export function createTickets(db: D1Database, now: () => number): Tickets {
  return {
    async issue() {
      const ticket = newToken()
      const at = now()
      await db.batch([
        db.prepare('DELETE FROM operator_ticket WHERE expires_at <= ?1').bind(at),
        db
          .prepare('INSERT INTO operator_ticket (token_hash, expires_at) VALUES (?1, ?2)')
          .bind(await hashToken(ticket), at + TICKET_MS),
      ])
      return ticket
    },
    async isGood(ticket) {
      if (!isToken(ticket)) return false
      const found = await db
        .prepare('SELECT 1 FROM operator_ticket WHERE token_hash = ?1 AND expires_at > ?2')
        .bind(await hashToken(ticket), now())
        .first()
      return found !== null
    },
  }
}
