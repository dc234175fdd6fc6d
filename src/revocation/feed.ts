import { Fault } from '../errors.ts'
import type { Log } from '../lib/log.ts'
import { createSharedFlights } from '../lib/shared-flights.ts'
import { within } from '../lib/within.ts'
import type { ColoFeed } from './colo-feed.ts'
import { createFeedWindow, WINDOW_MS } from './feed-window.ts'
import {
  FEED_PAGE,
  type FeedRow,
  type Judged,
  MIN_WINDOW,
  type Revocations,
  type Verdict,
} from './revocations.ts'

/**
 * What this isolate knows of the revocation feed, and how old that is. Nobody is served on knowledge older than the bound; within it
 * requests never wait, since whoever finds the knowledge middle-aged has it renewed on the side.
 */
export interface Feed {
  /** Everything up to here is known. */
  readonly position: number
  /** Changes whenever something new is known. */
  readonly version: number
  /**
   * Whether what is known is young enough to be acted upon. Costs a comparison; has the feed read on the side (`later` keeps that going
   * after the answer) when it soon will not be.
   */
  isYoung(request: Request): boolean
  /**
   * Reads the feed if what is known is too old. Throws a fault where that fails; `isKnown` sessions, which this isolate holds already, go
   * on for the grace.
   */
  ensure(isKnown: boolean, request: Request): Promise<void>
  /** Reads the feed if that is due, and waits for it. For who looks only now and then and must not fall behind by two intervals. */
  catchUp(request: Request): Promise<void>
  /** How long what is known counts as fresh; `null`: the feed is not read. */
  readonly readAfterMs: number | null
  judge(session: Judged): Verdict | 'unknown'
  /** Tells of a row that this isolate has just committed itself. */
  note(row: FeedRow): void
}

/** Where work may go on after the answer. */
type Request = { later(work: Promise<unknown>): void }

/** Reading is due after this part of the bound, and after this time at most. */
const READ_AFTER = 0.3
const READ_AFTER_MS = 3000
const READ_TIMEOUT_MS = 5000
/** Nobody asks again sooner, whether the feed failed or another isolate is said to be reading it. */
const RETRY_MS = 1000
/** An isolate that says it is reading has this long before another one of its data centre tries. */
const CLAIM_MS = 2000

export function createFeed(parts: {
  readonly source: Pick<Revocations, 'after' | 'recent'>
  /** What isolates of one data centre share; `null`: nothing. */
  readonly colo: ColoFeed | null
  /** `null`: the feed is not read at all (`revocation: 'eventual'`). */
  readonly boundMs: number | null
  readonly graceMs: number
  /** Unix milliseconds. */
  readonly now: () => number
  readonly log: Log
}): Feed {
  const { source, colo, boundMs, graceMs, now, log } = parts
  const window = createFeedWindow()
  const share = createSharedFlights<true>()
  const readAfterMs = Math.min(READ_AFTER_MS, (boundMs ?? 0) * READ_AFTER)
  const retryMs = Math.min(RETRY_MS, readAfterMs)
  /** All that was committed before this instant is known. */
  let asOf = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY

  const isWithin = (ms: number) => now() - asOf < ms

  /** Takes over what another isolate has read. */
  function adopt(shared: NonNullable<Awaited<ReturnType<ColoFeed['read']>>>): void {
    const isFirst = asOf === Number.NEGATIVE_INFINITY
    if (isFirst && shared.isComplete) window.replace(shared.rows, now())
    else if (!isFirst && shared.after <= window.position) window.append(shared.rows, now())
    else return
    // Clocks of machines differ a little; knowledge from the future is from now.
    asOf = Math.max(asOf, Math.min(shared.asOf, now()))
  }

  function publish(claimedUntil: number): Promise<void> {
    const { rows, after } = window.newest(MIN_WINDOW)
    return (
      colo?.write({ asOf, claimedUntil, rows, after, isComplete: rows.length === window.size }) ?? NOTHING
    )
  }

  async function read(request: Request): Promise<true> {
    triedAt = now()
    const shared = (await colo?.read()) ?? null
    if (shared) {
      adopt(shared)
      const isBeingRead = shared.claimedUntil > now() && shared.claimedUntil <= now() + CLAIM_MS
      if (isWithin(readAfterMs) || (isBeingRead && isWithin(boundMs ?? 0))) return true
      request.later(publish(now() + CLAIM_MS))
    }
    const startedAt = now()
    await within(READ_TIMEOUT_MS, readDatabase(startedAt), () => new Error('the revocation feed is slow'))
    asOf = Math.max(asOf, startedAt)
    failedAt = Number.NEGATIVE_INFINITY
    request.later(publish(0))
    return true
  }

  async function readDatabase(at: number): Promise<void> {
    if (!isWithin(WINDOW_MS)) {
      window.replace(await source.recent(at - WINDOW_MS), at)
      return
    }
    let rows: readonly FeedRow[]
    do {
      rows = await source.after(window.position)
      window.append(rows, at)
    } while (rows.length === FEED_PAGE)
  }

  async function tryToRead(request: Request): Promise<void> {
    try {
      await share('feed', () => read(request))
    } catch (error) {
      if (failedAt <= now() - retryMs) log({ level: 'error', event: 'feed.failed', error: String(error) })
      failedAt = now()
    }
  }

  return {
    get position() {
      return window.position
    },
    get version() {
      return window.version
    },
    isYoung(request) {
      if (boundMs === null || isWithin(readAfterMs)) return true
      if (!isWithin(boundMs)) return false
      if (now() - triedAt >= retryMs) request.later(tryToRead(request))
      return true
    },
    async ensure(isKnown, request) {
      if (this.isYoung(request)) return
      if (now() - failedAt >= retryMs) await tryToRead(request)
      if (isWithin(boundMs ?? 0) || (isKnown && isWithin((boundMs ?? 0) + graceMs))) return
      throw new Fault('storage_unavailable', 'the revocation feed cannot be read')
    },
    async catchUp(request) {
      if (boundMs !== null && !isWithin(readAfterMs)) await tryToRead(request)
    },
    readAfterMs: boundMs === null ? null : readAfterMs,
    judge: (session) => window.judge(session, now()),
    note: (row) => window.note(row),
  }
}

const NOTHING = Promise.resolve()
