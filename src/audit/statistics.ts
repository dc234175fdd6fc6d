/** One day in UTC, counted from 1970. */
export interface Day {
  readonly day: number
  readonly signIns: number
  readonly failures: number
  /** Different people who signed in or came back to a remembered browser. */
  readonly people: number
  readonly accounts: number
}

export interface Statistics {
  /** Every day of the span, the oldest first, also those on which nothing happened. */
  readonly days: readonly Day[]
  /** Sign-ins by country (ISO 3166), the most first; `null` where the platform tells none. */
  readonly countries: readonly { readonly country: string | null; readonly count: number }[]
}

const DAY_MS = 86_400_000
const SHOWN_COUNTRIES = 8

const COUNTS_SQL = `SELECT at / 86400000 AS day, event, count(*) AS count FROM audit
  WHERE event IN ('session.started', 'login.failed', 'user.added', 'user.registered') AND at >= ?1 GROUP BY day, event`
const PEOPLE_SQL = `SELECT at / 86400000 AS day, count(DISTINCT user_id) AS people FROM audit
  WHERE event IN ('session.started', 'session.restored') AND at >= ?1 GROUP BY day`
const COUNTRIES_SQL = `SELECT detail->>'country' AS country, count(*) AS count FROM audit
  WHERE event = 'session.started' AND at >= ?1 GROUP BY country ORDER BY count DESC LIMIT ${SHOWN_COUNTRIES}`

interface CountRow {
  readonly day: number
  readonly event: string
  readonly count: number
}

/** What the audit log says of the last days. One round trip. `now` is unix milliseconds. */
export async function readStatistics(db: D1Database, now: number, span: number): Promise<Statistics> {
  const today = Math.floor(now / DAY_MS)
  const first = today - span + 1
  const since = first * DAY_MS
  const [counts, people, countries] = await db.batch([
    db.prepare(COUNTS_SQL).bind(since),
    db.prepare(PEOPLE_SQL).bind(since),
    db.prepare(COUNTRIES_SQL).bind(since),
  ])
  const rows = (counts?.results ?? []) as CountRow[]
  const came = new Map(
    ((people?.results ?? []) as { day: number; people: number }[]).map(({ day, people }) => [day, people]),
  )
  const countOf = (day: number, ...events: string[]) =>
    rows
      .filter((row) => row.day === day && events.includes(row.event))
      .reduce((sum, { count }) => sum + count, 0)
  return {
    days: Array.from({ length: span }, (_, index) => first + index).map((day) => ({
      day,
      signIns: countOf(day, 'session.started'),
      failures: countOf(day, 'login.failed'),
      people: came.get(day) ?? 0,
      accounts: countOf(day, 'user.added', 'user.registered'),
    })),
    countries: (countries?.results ?? []) as Statistics['countries'],
  }
}
