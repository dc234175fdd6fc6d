import type { Audit } from '../../src/audit/audit.ts'
import type { SessionSettings } from '../../src/config/settings.ts'
import type { Announce } from '../../src/revocation/announce.ts'
import type { ColoFeed, SharedFeed } from '../../src/revocation/colo-feed.ts'
import { createFeed } from '../../src/revocation/feed.ts'
import { type FeedRow, type Judged, MIN_WINDOW, type Revocations } from '../../src/revocation/revocations.ts'
import type { SessionRecord } from '../../src/session/record.ts'
import { type Asker, createSessions, type Sessions } from '../../src/session/sessions.ts'
import type { SessionStore } from '../../src/session/store.ts'
import type { UserRow, Users } from '../../src/user/users.ts'
import type { Timeline } from './timeline.ts'

/** What is asked of the storage, all over the simulated part of the world. */
export interface Counts {
  requests: number
  feedReads: number
  feedRows: number
  refreshTrips: number
  kvReads: number
  kvWrites: number
  sharedReads: number
  sharedWrites: number
  waited: number
  lateAnswers: number
}

export interface Database {
  readonly rows: FeedRow[]
  end(sessionId: string): void
}

export const SITE = 'scale.example'
const CLIENT = { agent: 'Firefox on Linux', network: 'AS64496 DE', place: 'Hamburg, DE' }
/** How long KV answers from a location's own copy. */
const KV_COPY_MS = 60_000

export function createDatabase(now: () => number): Database {
  const rows: FeedRow[] = []
  return {
    rows,
    end: (sessionId) =>
      rows.push({ id: rows.length + 1, at: now(), kind: 'end', sessionId, subjectId: null, spared: null }),
  }
}

/** One data centre: what its isolates share, and how far the database is. */
export function createDataCentre(timeline: Timeline, database: Database, counts: Counts, d1Ms: number) {
  let shared: SharedFeed | null = null
  const colo: ColoFeed = {
    read: () => {
      counts.sharedReads++
      return timeline.after(2, () => shared)
    },
    write: (next) => {
      counts.sharedWrites++
      return timeline.after(2, () => {
        shared = next
      })
    },
  }
  const answer = (pick: () => readonly FeedRow[]) => {
    counts.feedReads++
    return timeline.after(d1Ms, () => {
      const found = pick()
      counts.feedRows += found.length
      return found
    })
  }
  const source: Pick<Revocations, 'after' | 'recent'> = {
    // Rows are numbered from one without a gap.
    after: (position) => answer(() => database.rows.slice(position)),
    recent: (instant) =>
      answer(() => {
        const young = database.rows.findLastIndex(({ at }) => at < instant) + 1
        return database.rows.slice(Math.min(young, Math.max(0, database.rows.length - MIN_WINDOW)))
      }),
  }
  return { colo, source }
}

type DataCentre = ReturnType<typeof createDataCentre>

/** KV as one location sees it: records that everybody writes, copies that last a minute. */
export function createStore(
  timeline: Timeline,
  records: Map<string, SessionRecord>,
  counts: Counts,
): SessionStore {
  const copies = new Map<string, { readonly text: string | null; readonly until: number }>()
  const written = new Map<string, string>()
  return {
    read(tokenHash) {
      counts.kvReads++
      const copy = copies.get(tokenHash)
      if (copy && copy.until > timeline.now()) return timeline.after(3, () => copy.text)
      return timeline.after(40, () => {
        const record = records.get(tokenHash)
        const text = written.get(tokenHash) ?? (record ? JSON.stringify(record) : null)
        copies.set(tokenHash, { text, until: timeline.now() + KV_COPY_MS })
        return text
      })
    },
    async write(tokenHash, record) {
      counts.kvWrites++
      written.set(tokenHash, record)
    },
    /** Gone from KV itself; copies stay until they have had their minute. */
    async remove(tokenHash) {
      records.delete(tokenHash)
      written.delete(tokenHash)
    },
    async list() {
      return []
    },
  }
}

/** One isolate: the gateway's own feed and sessions, over what its data centre gives it. */
export function createIsolate(
  timeline: Timeline,
  database: Database,
  centre: DataCentre,
  store: SessionStore,
  settings: SessionSettings,
  d1Ms: number,
  counts: Counts,
): { readonly sessions: Sessions } {
  const { now } = timeline
  const log = () => {}
  const feed = createFeed({
    source: centre.source,
    colo: centre.colo,
    boundMs: settings.revocationSeconds === null ? null : settings.revocationSeconds * 1000,
    graceMs: settings.graceSeconds * 1000,
    now,
    log,
  })
  // What a refresh asks of D1 is counted and answered; its SQL is tested elsewhere.
  const { rows } = database
  const sinceOf = ({ id, position }: Judged) => ({
    results: rows.slice(position).filter(({ sessionId }) => sessionId === id),
  })
  const db = {
    batch: ([, { judged }]: readonly [unknown, { readonly judged: Judged }]) => {
      counts.refreshTrips++
      return timeline.after(d1Ms, () => [{ results: [{ ...USER, position: rows.length }] }, sinceOf(judged)])
    },
  } as unknown as D1Database
  const revocations = {
    since: (judged: Judged) => ({
      judged,
      all: () => {
        counts.refreshTrips++
        return timeline.after(d1Ms, () => sinceOf(judged))
      },
    }),
  } as unknown as Revocations
  const users = { selectById: () => null } as unknown as Users
  return {
    sessions: createSessions({
      store,
      users,
      revocations,
      feed,
      announce: NO_ANNOUNCE,
      db,
      audit: NO_AUDIT,
      settings,
      now,
      log,
    }),
  }
}

/** Nothing that is simulated is written down, or ended by its owner. */
const NO_AUDIT = {} as Audit
const NO_ANNOUNCE = {} as Announce

const USER = {
  id: 'user',
  kind: 'user',
  email: 'somebody@scale.example',
  email_verified: 1,
  username: null,
  name: null,
  roles: '[]',
  password_hash: null,
  password_changed_at: null,
  disabled_at: null,
  disabled_reason: null,
  created_at: 0,
  language: null,
  delete_at: null,
  passkeys: 0,
  apps: 0,
  recovery_codes: 0,
  asked_at: null,
  position: 0,
} satisfies UserRow

export function recordOf(id: string, at: number, position: number): SessionRecord {
  return {
    v: 5,
    id,
    lineage: `lineage-${id}`,
    site: SITE,
    identity: {
      kind: 'user',
      id: `user-${id}`,
      email: `${id}@scale.example`,
      emailVerified: true,
      username: null,
      name: null,
      roles: [],
    },
    createdAt: at,
    seenAt: at,
    checkedAt: at,
    position,
    authenticatedAt: at,
    mfaAt: null,
    mfaDueAt: null,
    trust: null,
    remembered: false,
    family: null,
    methods: ['pwd'],
    client: CLIENT,
    data: {},
    mergedFrom: null,
  }
}

export function askerOf(pending: Set<Promise<unknown>>): Asker {
  return {
    site: { key: SITE },
    comparedClient: () => CLIENT,
    network: () => CLIENT.network,
    requestId: '',
    later: (work) => {
      pending.add(work)
      void work.finally(() => pending.delete(work))
    },
  }
}
