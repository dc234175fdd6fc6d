import type { Feed } from './feed.ts'
import type { FeedRow, Revocations } from './revocations.ts'

/**
 * Commits what ends or changes something, in one batch with the row of the feed that tells everybody, and lets this isolate know at once.
 * Answers the results of the statements that went along. Throws when it could not: a revocation that failed is no success.
 */
export interface Announce {
  /** One session, sign-in of a program or API key is over, by the name it has in the feed. */
  end(name: string, along: readonly D1PreparedStatement[]): Promise<readonly D1Result[]>
  /** Everything that a user has opened is over, but `spared`. */
  endAll(
    subjectId: string,
    spared: string | null,
    along: readonly D1PreparedStatement[],
  ): Promise<readonly D1Result[]>
  /** An account has changed: what it has opened goes on and reads it again. */
  change(subjectId: string, change: readonly D1PreparedStatement[]): Promise<readonly D1Result[]>
}

export function createAnnounce(parts: {
  readonly db: D1Database
  readonly revocations: Revocations
  readonly feed: Pick<Feed, 'note'>
  readonly now: () => number
}): Announce {
  const { db, revocations, feed, now } = parts

  async function commit(
    row: Omit<FeedRow, 'id' | 'at'>,
    statement: D1PreparedStatement,
    along: readonly D1PreparedStatement[],
  ): Promise<readonly D1Result[]> {
    const [written, ...others] = await db.batch([statement, ...along])
    feed.note({ ...row, id: rowIdOf(written), at: now() })
    return others
  }

  return {
    end: (name, along) =>
      commit(
        { kind: 'end', sessionId: name, subjectId: null, spared: null },
        revocations.ofSession(name, now()),
        along,
      ),
    endAll: (subjectId, spared, along) =>
      commit(
        { kind: 'end', sessionId: null, subjectId, spared },
        revocations.ofSubject(subjectId, spared, now()),
        along,
      ),
    change: (subjectId, change) =>
      commit(
        { kind: 'reload', sessionId: null, subjectId, spared: null },
        revocations.reload(subjectId, now()),
        change,
      ),
  }
}

/** The number of the feed's row that a statement of a batch has written. */
export function rowIdOf(result: D1Result | undefined): number {
  if (!result) throw new TypeError('D1 answered a batch with too few results')
  return result.meta.last_row_id
}
