import type { Feed } from './feed.ts'
import type { FeedRow, Revocations } from './revocations.ts'

/**
 * Commits what ends or changes something, in one batch with the row of the feed that tells everybody, and lets this isolate know at once.
 * Answers the results of the statements that went along. Throws when it could not: a revocation that failed is no success.
 */
export interface Announce {
  /** Sessions, sign-ins of programs or API keys are over, by the names they have in the feed. */
  end(names: string | readonly string[], along: readonly D1PreparedStatement[]): Promise<readonly D1Result[]>
  /** Everything that a user has opened is over, but `spared`. */
  endAll(
    subjectId: string,
    spared: string | null,
    along: readonly D1PreparedStatement[],
  ): Promise<readonly D1Result[]>
  /**
   * An account has changed: what it has opened goes on and reads it again. Where `change` may turn out to be none, `updatedAt` is the instant
   * that it writes into the account; nobody is told then of what did not happen.
   */
  change(
    subjectId: string,
    change: readonly D1PreparedStatement[],
    updatedAt?: number,
  ): Promise<readonly D1Result[]>
}

export function createAnnounce(parts: {
  readonly db: D1Database
  readonly revocations: Revocations
  readonly feed: Pick<Feed, 'note'>
  readonly now: () => number
}): Announce {
  const { db, revocations, feed, now } = parts

  type Row = Omit<FeedRow, 'id' | 'at'>
  const note = (row: Row, written: D1Result | undefined) =>
    feed.note({ ...row, id: rowIdOf(written), at: now() })

  return {
    async end(names, along) {
      const ended = typeof names === 'string' ? [names] : names
      const rows = ended.map((name) => revocations.ofSession(name, now()))
      const results = await db.batch([...rows, ...along])
      for (const [index, sessionId] of ended.entries())
        note({ kind: 'end', sessionId, subjectId: null, spared: null }, results[index])
      return results.slice(ended.length)
    },

    async endAll(subjectId, spared, along) {
      const [written, ...others] = await db.batch([revocations.ofSubject(subjectId, spared, now()), ...along])
      note({ kind: 'end', sessionId: null, subjectId, spared }, written)
      return others
    },

    async change(subjectId, change, updatedAt) {
      const row = revocations.reload(subjectId, updatedAt ?? null, now())
      const results = await db.batch([...change, row])
      const written = results.at(-1)
      if (written?.meta.changes === 1)
        note({ kind: 'reload', sessionId: null, subjectId, spared: null }, written)
      return results.slice(0, -1)
    },
  }
}

/** The number of the feed's row that a statement of a batch has written. */
export function rowIdOf(result: D1Result | undefined): number {
  if (!result) throw new TypeError('D1 answered a batch with too few results')
  return result.meta.last_row_id
}
