import type { FeedKind, FeedRow, Judged, Verdict } from './revocations.ts'
import { MIN_WINDOW } from './revocations.ts'

/**
 * How far back the feed must reach for sessions that come from KV: an ended session's record is deleted there, and ten minutes is ten
 * times what KV takes to say so everywhere (docs/sessions.md).
 */
export const WINDOW_MS = 600_000
/** Beyond this many rows the oldest go, and what only they could tell is asked of the database. */
const MAX_ROWS = 20_000
const MAX_NOTED = 1000

/** The rows of the feed that an isolate remembers, and what they say of a session. Knows no clock and does no I/O. */
export interface FeedWindow {
  /** The newest row's number. */
  readonly position: number
  /** Changes whenever anything is added, so that what was judged once need not be judged again. */
  readonly version: number
  /** Rows that follow the newest. `now` is unix milliseconds. */
  append(rows: readonly FeedRow[], now: number): void
  /** All that is known from now on: rows without a gap up to the newest one. */
  replace(rows: readonly FeedRow[], now: number): void
  /** A row of this isolate's own making, whose predecessors may not have been read yet. */
  note(row: FeedRow): void
  /** `unknown`: rows that might concern the session have been dropped. */
  judge(session: Judged, now: number): Verdict | 'unknown'
  /** The newest rows, oldest first, and the position they follow. */
  newest(count: number): { readonly rows: readonly FeedRow[]; readonly after: number }
  /** How many rows are remembered. */
  readonly size: number
}

interface Mark {
  readonly id: number
  readonly kind: FeedKind
  readonly spared: string | null
}

export function createFeedWindow(): FeedWindow {
  let rows: FeedRow[] = []
  let position = 0
  let version = 0
  /** Number and age of the newest row that was dropped. */
  let dropped = { id: 0, at: 0 }
  /** Rows of our own making that have not come by the feed yet. */
  let noted: FeedRow[] = []
  /** By session id, lineage, remember-me family or subject. A name seldom has more than one. */
  const marks = new Map<string, readonly Mark[]>()

  function mark({ id, kind, sessionId, subjectId, spared }: FeedRow): void {
    const name = sessionId ?? subjectId
    if (name === null) return
    const known = marks.get(name) ?? []
    if (!known.some((other) => other.id === id)) marks.set(name, [...known, { id, kind, spared }])
  }

  function unmark({ id, sessionId, subjectId }: FeedRow): void {
    const name = sessionId ?? subjectId
    if (name === null) return
    const left = (marks.get(name) ?? []).filter((other) => other.id !== id)
    if (left.length > 0) marks.set(name, left)
    else marks.delete(name)
  }

  function trim(now: number): void {
    let excess = 0
    const spare = rows.length - MIN_WINDOW
    while (excess < spare && isExcess(rows[excess], rows.length - excess, now)) excess++
    for (const row of rows.slice(0, excess)) {
      unmark(row)
      dropped = { id: row.id, at: row.at }
    }
    if (excess > 0) rows = rows.slice(excess)
  }

  function append(more: readonly FeedRow[], now: number): void {
    for (const row of more) {
      if (row.id <= position) continue
      rows.push(row)
      mark(row)
      position = row.id
    }
    version++
    trim(now)
  }

  return {
    get position() {
      return position
    },
    get version() {
      return version
    },
    get size() {
      return rows.length
    },
    append,
    replace(all, now) {
      // A read that began earlier and took longer: what is known is newer.
      if ((all.at(-1)?.id ?? 0) < position) return
      rows = []
      marks.clear()
      position = 0
      const [first] = all
      dropped = { id: first ? first.id - 1 : 0, at: first?.at ?? 0 }
      append(all, now)
      for (const row of noted) mark(row)
    },
    note(row) {
      mark(row)
      noted.push(row)
      version++
      if (noted.length <= MAX_NOTED) return
      for (const old of noted.slice(0, -MAX_NOTED / 2)) if (old.id > position) unmark(old)
      noted = noted.slice(-MAX_NOTED / 2)
    },
    judge(session, now) {
      const names = [session.id, session.lineage, session.subjectId, session.family]
      const about = names.flatMap((name) => (name === null ? [] : (marks.get(name) ?? [])))
      const since = about.filter(({ id, spared }) => id > session.position && spared !== session.id)
      if (since.some(({ kind }) => kind === 'end')) return 'ended'
      if (session.position < dropped.id && dropped.at > now - WINDOW_MS) return 'unknown'
      return since.length > 0 ? 'reload' : 'valid'
    },
    newest: (count) => ({
      rows: rows.slice(-count),
      after: rows.length > count ? (rows.at(-count - 1)?.id ?? 0) : dropped.id,
    }),
  }
}

function isExcess(row: FeedRow | undefined, count: number, now: number): boolean {
  return row !== undefined && (count > MAX_ROWS || row.at < now - WINDOW_MS)
}
