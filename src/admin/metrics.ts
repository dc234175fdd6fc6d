import { AUDIT_EVENTS, type AuditEventName } from '../audit/audit.ts'

/** What the audit log and the outbox say at one instant. Nothing in it names anybody. */
export interface Metrics {
  /** Different people who signed in or came back to a remembered browser within the last day. */
  readonly people: number
  /** Events that happened within the last five minutes and the last day. */
  readonly events: ReadonlyMap<AuditEventName, { readonly recent: number; readonly day: number }>
  /** In the outbox, and for how long the oldest has been there. */
  readonly mails: { readonly waiting: number; readonly oldestSeconds: number }
}

const RECENT_MS = 300_000
const DAY_MS = 86_400_000

const PEOPLE_SQL = `SELECT count(DISTINCT user_id) AS people FROM audit
  WHERE event IN ('session.started', 'session.restored') AND at >= ?1`
const EVENTS_SQL =
  'SELECT event, count(*) AS day, sum(at >= ?2) AS recent FROM audit WHERE at >= ?1 GROUP BY event'
const MAILS_SQL = 'SELECT count(*) AS waiting, min(created_at) AS oldest FROM mail WHERE expires_at > ?1'

interface EventRow {
  readonly event: AuditEventName
  readonly day: number
  readonly recent: number
}

/** One round trip. `now` is unix milliseconds. */
export async function readMetrics(db: D1Database, now: number): Promise<Metrics> {
  const [people, events, mails] = await db.batch([
    db.prepare(PEOPLE_SQL).bind(now - DAY_MS),
    db.prepare(EVENTS_SQL).bind(now - DAY_MS, now - RECENT_MS),
    db.prepare(MAILS_SQL).bind(now),
  ])
  const { waiting = 0, oldest = null } = (mails?.results[0] ?? {}) as {
    waiting?: number
    oldest?: number | null
  }
  return {
    people: ((people?.results[0] ?? { people: 0 }) as { people: number }).people,
    events: new Map(((events?.results ?? []) as EventRow[]).map(({ event, ...counts }) => [event, counts])),
    mails: { waiting, oldestSeconds: oldest === null ? 0 : Math.max(0, (now - oldest) / 1000) },
  }
}

/**
 * In the text format of Prometheus, version 0.0.4. Everything is a gauge: counted anew from the database each time, so that it is true of the
 * whole deployment and not of whichever isolate was asked. Events that did not happen are there with zero, so that an alert can be written
 * before the first one.
 */
export function formatMetrics(
  users: { readonly total: number; readonly disabled: number },
  { people, events, mails }: Metrics,
): string {
  const windowed = AUDIT_EVENTS.flatMap((event) => {
    const { recent, day } = events.get(event) ?? { recent: 0, day: 0 }
    return [
      [`event="${event}",window="5m"`, recent],
      [`event="${event}",window="1d"`, day],
    ] as const
  })
  return [
    gauge('edgegate_users', 'Accounts by state.', [
      ['state="active"', users.total - users.disabled],
      ['state="disabled"', users.disabled],
    ]),
    gauge('edgegate_people', 'People who signed in or came back within the window.', [
      ['window="1d"', people],
    ]),
    gauge('edgegate_events', 'Events of the audit log within the window.', windowed),
    gauge('edgegate_mails_waiting', 'Mails in the outbox.', [['', mails.waiting]]),
    gauge('edgegate_mails_oldest_seconds', 'How long the oldest mail has been in the outbox.', [
      ['', mails.oldestSeconds],
    ]),
  ].join('')
}

function gauge(name: string, help: string, samples: readonly (readonly [labels: string, value: number])[]) {
  const lines = samples.map(([labels, value]) => `${name}${labels && `{${labels}}`} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}
