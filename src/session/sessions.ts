import type { Audit, AuditEvent } from '../audit/audit.ts'
import type { SessionSettings } from '../config/settings.ts'
import type { SessionData } from '../hooks/hooks.ts'
import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import type { Log } from '../lib/log.ts'
import { randomText } from '../lib/random.ts'
import { createSharedFlights } from '../lib/shared-flights.ts'
import { type Announce, rowIdOf } from '../revocation/announce.ts'
import type { Feed } from '../revocation/feed.ts'
import { type Judged, type Revocations, verdictOf } from '../revocation/revocations.ts'
import { identityOf, type User } from '../user/user.ts'
import { type UserRow, type Users, userOfRow } from '../user/users.ts'
import { type Client, isSameClient } from './client.ts'
import { createIsolateCache } from './isolate-cache.ts'
import { createKnown, type Known, type LiveSession, postponeReload, SESSION_CACHE } from './known.ts'
import {
  absoluteEnd,
  expiresAt,
  expiryOf,
  freezeRecord,
  parseRecord,
  refreshMs,
  type SessionRecord,
} from './record.ts'
import type { SessionOwner, SessionStore } from './store.ts'
import { hashToken, isToken, newToken } from './token.ts'

export interface StoredRecord {
  readonly tokenHash: string
  readonly record: SessionRecord
}

export type Loaded =
  | { readonly kind: 'live'; readonly session: LiveSession }
  /** Unknown, expired, ended, of another site, or not a token at all: the next way of being recognised may be tried. */
  | { readonly kind: 'none' }
  /** It would have been live, and strong protection ended it: nothing else may be tried. */
  | { readonly kind: 'refused'; readonly reason: 'client_changed' }

/** Who presents a token, and what of the request matters to its session. */
export type Asker = Pick<Visit, 'comparedClient' | 'later' | 'network' | 'requestId'> & {
  readonly site: { readonly key: string }
}

export interface NewSession {
  readonly site: string
  readonly identity: Identity
  readonly methods: readonly string[]
  readonly client: Client
  readonly authenticatedAt: number
  readonly mfaAt: number | null
  readonly mfaDueAt: number | null
  readonly trust: string | null
  readonly remembered: boolean
  readonly family: string | null
  readonly data: SessionData
  readonly mergedFrom: string | null
  /** The feed's position when the account was read: what changed it since then ends the session. For guests there is none. */
  readonly position: number | null
}

export interface Sessions {
  start(begin: NewSession): Promise<LiveSession>
  /** A session that this isolate knows and may serve as it is, without asking anybody. `null`: `load` has to. */
  recall(token: string, asker: Asker): LiveSession | null
  /** `exact` asks the database whether the session has been ended, instead of trusting what the feed has told. */
  load(token: string, asker: Asker, exact?: boolean): Promise<Loaded>
  /**
   * Whose session a token opened that opens none any more, while the store still knows: only to keep from others what they left behind.
   */
  formerUser(token: string, asker: Asker): Promise<string | null>
  /**
   * What has become of a session that opened something long-lived. Asked every `watchMs`, it knows within the bound of revocation.
   */
  watch(token: string, asker: Asker): Promise<Loaded>
  /** `null`: sessions are not watched, as nothing but the store tells of their end. */
  readonly watchMs: number | null
  /** How many this isolate remembers. */
  readonly held: number
  /** Writes a changed record under the same token. */
  save<S extends LiveSession | StoredRecord>(session: S, change: Partial<SessionRecord>): Promise<S>
  /**
   * Commits what a session does, in a batch that writes nothing when it has been ended meanwhile: `null` then. For what outlives it.
   */
  commit(
    session: LiveSession,
    statements: readonly D1PreparedStatement[],
  ): Promise<readonly D1Result[] | null>
  /**
   * The session goes on under a new token and a new id, and the old ones end as `end` ends them: a late write of the old record cannot
   * bring its token back. For every change of privilege. `null` when the session has been ended or rotated meanwhile, and nothing
   * of `along` is written then: of several at once exactly one gets the next token.
   */
  rotate(
    session: LiveSession,
    change: Partial<SessionRecord>,
    along: readonly D1PreparedStatement[],
  ): Promise<LiveSession | null>
  /**
   * As `rotate`, and every other session of the user ends with it. The new record is stored first, so that D1 decides: when the batch fails
   * nothing has happened, and once it is committed nothing can fail any more. `user` is the account as it was read before.
   */
  rotateAlone(
    session: LiveSession,
    asker: Asker,
    user: User,
    change: Partial<SessionRecord>,
    along: readonly D1PreparedStatement[],
  ): Promise<LiveSession | null>
  /** Whether the record is old enough to be refreshed: the user read again, and moved on if `slides`. */
  isDue(record: SessionRecord, slides: boolean): boolean
  /** Whether a refresh that failed may be put off: it has not been due for longer than the grace. */
  isInGrace(record: SessionRecord): boolean
  /** Reads the user again. `null` when the session has been ended or the account is gone or disabled. */
  refresh(session: LiveSession, slides: boolean): Promise<LiveSession | null>
  /**
   * Ends a session for good, with every other that its remember-me family has restored: in D1 together with `along`, then in the store.
   * Throws when it could not. Answers the results of `along`.
   */
  end(
    session: LiveSession | StoredRecord,
    along: readonly D1PreparedStatement[],
  ): Promise<readonly D1Result[]>
  /** Ends every session that a remember-me family has restored, also those that the store does not list yet. */
  endFamily(subjectId: string, familyId: string, along: readonly D1PreparedStatement[]): Promise<void>
  /** Ends all sessions of a user but `spared`. Answers how many were found in the store. */
  endAll(subjectId: string, spared: string | null, along: readonly D1PreparedStatement[]): Promise<number>
  /** Commits a change of an account: its live sessions go on and read it again. Answers the results of `change`. */
  readonly changeAccount: Announce['change']
  /** What the store has of a user, which may be behind what has been ended. */
  list(subjectId: string): Promise<readonly StoredRecord[]>
  /** The same without what this isolate knows to have ended. */
  listLive(subjectId: string): Promise<readonly StoredRecord[]>
}

export function createSessions(parts: {
  readonly store: SessionStore
  readonly users: Users
  readonly revocations: Revocations
  readonly feed: Feed
  readonly announce: Announce
  readonly db: D1Database
  readonly audit: Audit
  readonly settings: SessionSettings
  /** Unix milliseconds. */
  readonly now: () => number
  readonly log: Log
}): Sessions {
  const { store, users, revocations, feed, announce, db, audit, settings, now, log } = parts
  const graceMs = settings.graceSeconds * 1000
  const cache = createIsolateCache<Known>(SESSION_CACHE)
  const share = createSharedFlights<string | null>()

  /** Keeps a record that is known to be good at this moment. A store that is exact gains nothing by being remembered. */
  function keep(token: string, record: SessionRecord): Known {
    const known = createKnown(token, freezeRecord(record), {
      now: now(),
      endsAt: expiresAt(record, settings),
      version: feed.version,
      textBytes: JSON.stringify(record).length,
    })
    if (settings.store === 'kv') cache.set(token, known)
    return known
  }

  function live(known: Known, asker: Asker): LiveSession {
    const { token, record } = known
    const sameClient = settings.protection === 'none' || isSameClient(record.client, asker.comparedClient())
    return { token, record, known, sameClient }
  }

  async function write(tokenHash: string, record: SessionRecord): Promise<void> {
    // The storage may forget it at its absolute end; idling is judged by the record.
    // Anybody can become a guest, and most never come back: those are forgotten as soon as they have idled away.
    const end = record.identity.kind === 'guest' ? expiresAt(record, settings) : absoluteEnd(record, settings)
    await store.write(tokenHash, JSON.stringify(record), ownerOf(record), end)
  }

  /**
   * Replaces a record, and takes it away again when the session was ended meanwhile: the end may have removed the old record before this
   * wrote the new one. Guests are left at that: there is nothing to win.
   */
  async function rewrite(tokenHash: string, record: SessionRecord): Promise<boolean> {
    await write(tokenHash, record)
    if (record.identity.kind === 'guest') return true
    if (verdictOf(await revocations.since(judged(record)).all()) !== 'ended') return true
    await store.remove(tokenHash, ownerOf(record))
    return false
  }

  async function commit(
    { record }: LiveSession,
    statements: readonly D1PreparedStatement[],
  ): Promise<readonly D1Result[] | null> {
    try {
      return (await db.batch([revocations.demand(judged(record)), ...statements])).slice(1)
    } catch (fault) {
      if (verdictOf(await revocations.since(judged(record)).all()) === 'ended') return null
      throw fault
    }
  }

  async function writeNew(record: SessionRecord): Promise<LiveSession> {
    const token = newToken()
    await write(await hashToken(token), record)
    const known = keep(token, record)
    return { token, record: known.record, known, sameClient: true }
  }

  /** The record as the store has it, or `null`. */
  async function readStore(token: string): Promise<SessionRecord | null> {
    const text = await share(token, async () => await store.read(await hashToken(token)))
    return text === null ? null : parseRecord(text)
  }

  /** The record of a token. Where the store is away, what the isolate has known for no longer than the grace allows. */
  async function recordOf(token: string, known: Known | undefined): Promise<SessionRecord | null> {
    if (known && now() < known.reloadAt && now() < known.endsAt && judge(known.record) === 'valid')
      return known.record
    try {
      return await readStore(token)
    } catch (fault) {
      if (!known || !postponeReload(known, now(), graceMs)) throw fault
      log({ level: 'warn', event: 'session.reload_failed', error: String(fault) })
      return known.record
    }
  }

  const judge = (record: SessionRecord) => feed.judge(judged(record))

  /** Reads the account again and writes down what it says. */
  async function renew(
    token: string,
    record: SessionRecord,
    seenAt: number,
    sameClient: boolean,
  ): Promise<LiveSession | null> {
    const [rows, since] = await db.batch([
      users.selectById(record.identity.id),
      revocations.since(judged(record)),
    ])
    const user = userOfRow(rows?.results[0] as UserRow | undefined)
    const tokenHash = await hashToken(token)
    if (!user || user.disabledAt !== null || verdictOf(since) === 'ended') {
      cache.delete(token)
      await store.remove(tokenHash, ownerOf(record))
      return null
    }
    const { position } = user
    const next = { ...record, identity: identityOf(user), seenAt, checkedAt: now(), position }
    try {
      if (!(await rewrite(tokenHash, next))) {
        cache.delete(token)
        return null
      }
    } catch (fault) {
      // What the database said holds. Another isolate, or this one later, will write it down.
      log({ level: 'warn', event: 'session.write_failed', error: String(fault) })
    }
    const known = keep(token, next)
    return { token, record: known.record, known, sameClient }
  }

  async function listStored(subjectId: string) {
    const found: StoredRecord[] = []
    for (const { tokenHash, record: text } of await store.list(subjectId)) {
      const record = parseRecord(text)
      if (record && expiryOf(record, settings, now()) === null) found.push({ tokenHash, record })
    }
    return found
  }

  async function end(
    session: LiveSession | StoredRecord,
    along: readonly D1PreparedStatement[],
  ): Promise<readonly D1Result[]> {
    const { lineage, family } = session.record
    const results = await announce.end(family === null ? lineage : [lineage, family], along)
    if ('token' in session) cache.delete(session.token)
    await store.remove(await hashOf(session), ownerOf(session.record))
    return results
  }

  /** Takes out of the store what D1 has ended. The feed has told already, so a fault only leaves it to expire. */
  async function tidy(find: () => Promise<readonly StoredRecord[]>): Promise<void> {
    try {
      for (const { tokenHash, record } of await find()) await store.remove(tokenHash, ownerOf(record))
    } catch (fault) {
      log({ level: 'warn', event: 'session.tidy_failed', error: String(fault) })
    }
  }

  /** Ends a session that another client presents. Guests leave no row: strangers could make them without end. */
  async function endForProtection(session: LiveSession, asker: Asker): Promise<void> {
    const { id, identity } = session.record
    const event = protectionEvent(asker, identity.id, id)
    if (identity.kind === 'guest') audit.logOnly(event)
    await end(session, identity.kind === 'guest' ? [] : [audit.statement(event)])
  }

  return {
    async start({ position, ...begin }) {
      const at = now()
      return await writeNew({
        v: 5,
        id: randomText(12),
        lineage: randomText(12),
        ...begin,
        createdAt: at,
        seenAt: at,
        checkedAt: at,
        position: position ?? feed.position,
      })
    },

    recall(token, asker) {
      const known = cache.get(token)
      if (known === undefined || !feed.isYoung(asker)) return null
      const at = now()
      if (at >= known.reloadAt || at >= known.endsAt || known.record.site !== asker.site.key) return null
      if (known.version !== feed.version) {
        if (judge(known.record) !== 'valid') return null
        known.version = feed.version
      }
      const session = live(known, asker)
      return session.sameClient || settings.protection !== 'strong' ? session : null
    },

    async load(token, asker, exact = false) {
      if (!isToken(token)) return NONE
      const known = cache.get(token)
      const [ready, read] = await Promise.allSettled([
        exact ? null : feed.ensure(known !== undefined, asker),
        recordOf(token, known),
      ])
      if (read.status === 'rejected') throw read.reason
      const record = read.value
      if (record === null || record.site !== asker.site.key || expiryOf(record, settings, now()) !== null) {
        cache.delete(token)
        return NONE
      }
      if (ready.status === 'rejected') throw ready.reason
      const said = exact ? 'unknown' : judge(record)
      const verdict = said === 'unknown' ? verdictOf(await revocations.since(judged(record)).all()) : said
      if (verdict === 'ended') {
        cache.delete(token)
        return NONE
      }
      const kept = known?.record === record ? known : keep(token, record)
      kept.version = feed.version
      const session = live(kept, asker)
      if (!session.sameClient && settings.protection === 'strong') {
        await endForProtection(session, asker)
        return { kind: 'refused', reason: 'client_changed' }
      }
      if (verdict === 'valid') return { kind: 'live', session }
      const renewed = await renew(token, record, record.seenAt, session.sameClient)
      return renewed ? { kind: 'live', session: renewed } : NONE
    },

    async formerUser(token, asker) {
      const record = isToken(token) ? await readStore(token) : null
      return record?.site === asker.site.key && record.identity.kind === 'user' ? record.identity.id : null
    },

    async watch(token, asker) {
      await feed.catchUp(asker)
      return await this.load(token, asker)
    },

    watchMs: feed.readAfterMs,

    get held() {
      return cache.size
    },

    async save(session, change) {
      const tokenHash = await hashOf(session)
      const latest = 'token' in session ? await readStore(session.token) : null
      const record = { ...(latest ?? session.record), ...change }
      await rewrite(tokenHash, record)
      if (!('token' in session)) return { ...session, record }
      const known = keep(session.token, record)
      return { ...session, known, record: known.record }
    },

    commit,

    async rotate(session, change, along) {
      const former = session.record
      const latest = (await readStore(session.token)) ?? former
      const results = await commit(session, [
        users.selectById(former.identity.id),
        revocations.ofSession(former.id, now()),
        ...along,
      ])
      cache.delete(session.token)
      if (results === null) return null
      const [rows, ended] = results
      const position = rowIdOf(ended)
      feed.note({ id: position, at: now(), kind: 'end', sessionId: former.id, subjectId: null, spared: null })
      const user = userOfRow(rows?.results[0] as UserRow | undefined)
      if (!user || user.disabledAt !== null) return null
      const identity = identityOf(user)
      const next = await writeNew({ ...latest, ...change, id: randomText(12), identity, position })
      await store.remove(await hashToken(session.token), ownerOf(former))
      return next
    },

    async rotateAlone(session, asker, user, change, along) {
      const former = session.record
      const latest = (await readStore(session.token)) ?? former
      const { position } = user
      const id = randomText(12)
      const identity = identityOf(user)
      const next: SessionRecord = { ...latest, ...change, id, identity, checkedAt: now(), position }
      const token = newToken()
      const tokenHash = await hashToken(token)
      await write(tokenHash, next)
      const discard = () => asker.later(tidy(async () => [{ tokenHash, record: next }]))
      let results: readonly D1Result[]
      try {
        results = await db.batch([
          revocations.since(judged(former)),
          revocations.ofSubject(identity.id, id, now()),
          ...along,
        ])
      } catch (fault) {
        discard()
        throw fault
      }
      const [since, ended] = results
      feed.note({
        id: rowIdOf(ended),
        at: now(),
        kind: 'end',
        sessionId: null,
        subjectId: identity.id,
        spared: id,
      })
      cache.delete(session.token)
      asker.later(tidy(async () => (await listStored(identity.id)).filter(({ record }) => record.id !== id)))
      if (verdictOf(since) === 'ended') {
        discard()
        return null
      }
      const known = keep(token, next)
      return { token, record: known.record, known, sameClient: true }
    },

    isDue(record, slides) {
      const after = refreshMs(settings)
      const at = now()
      return (
        (record.identity.kind !== 'guest' && at - record.checkedAt >= after) ||
        (slides && at - record.seenAt >= after)
      )
    },

    isInGrace: (record) => now() - record.checkedAt < refreshMs(settings) + graceMs,

    async refresh(session, slides) {
      const { token, sameClient } = session
      const stored = await readStore(token)
      const record = stored ?? session.record
      const seenAt = slides ? now() : record.seenAt
      if (record.identity.kind === 'guest') {
        if (stored === null) return null
        return await this.save(session, { seenAt, checkedAt: now() })
      }
      if (stored && !this.isDue(stored, slides) && judge(stored) === 'valid') {
        // Another isolate has just done it.
        const known = keep(token, stored)
        return { token, record: known.record, known, sameClient }
      }
      return await renew(token, record, seenAt, sameClient)
    },

    end,

    async endFamily(subjectId, familyId, along) {
      await announce.end(familyId, along)
      for (const { tokenHash, record } of await listStored(subjectId)) {
        if (record.family === familyId) await store.remove(tokenHash, ownerOf(record))
      }
    },

    async endAll(subjectId, spared, along) {
      await announce.endAll(subjectId, spared, along)
      const found = (await listStored(subjectId)).filter(({ record }) => record.id !== spared)
      for (const { tokenHash, record } of found) await store.remove(tokenHash, ownerOf(record))
      return found.length
    },

    changeAccount: announce.change,

    list: listStored,

    listLive: async (subjectId) =>
      (await listStored(subjectId)).filter(({ record }) => judge(record) !== 'ended'),
  }
}

const NONE: Loaded = { kind: 'none' }

/** What is written down when strong protection ends a session, or the token that would restore one (then without `sessionId`). */
export function protectionEvent(asker: Asker, userId: string, sessionId: string | null): AuditEvent {
  return {
    event: 'session.ended',
    site: asker.site.key,
    userId,
    sessionId,
    network: asker.network(),
    requestId: asker.requestId,
    detail: { by: 'protection' },
  }
}

function judged({ id, lineage, identity, family, position }: SessionRecord): Judged {
  return { id, lineage, subjectId: identity.id, family, position }
}

function ownerOf(record: SessionRecord): SessionOwner {
  return { subjectId: record.identity.id, sessionId: record.id, listed: record.identity.kind !== 'guest' }
}

async function hashOf(session: LiveSession | StoredRecord): Promise<string> {
  return 'token' in session ? await hashToken(session.token) : session.tokenHash
}
