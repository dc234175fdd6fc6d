import type { SessionSettings } from '../config/settings.ts'
import type { SessionData } from '../hooks/hooks.ts'
import type { Identity } from '../identity.ts'
import { randomText } from '../lib/random.ts'
import { identityOf } from '../user/user.ts'
import { type UserRow, type Users, userOfRow } from '../user/users.ts'
import { type Client, isSameClient } from './client.ts'
import { absoluteEnd, expiryOf, parseRecord, refreshMs, type SessionRecord } from './record.ts'
import type { Revocations } from './revocations.ts'
import type { SessionOwner, SessionStore } from './store.ts'
import { hashToken, isToken, newToken } from './token.ts'

export interface StoredRecord {
  readonly tokenHash: string
  readonly record: SessionRecord
}

/** A session with the token that opened it. Exists for the length of one request. */
export interface LiveSession extends StoredRecord {
  readonly token: string
  /** The stored text: equal text means nothing has changed. */
  readonly text: string
  /** Whether browser and network are those it began with; always true without protection. */
  readonly sameClient: boolean
}

export type Loaded =
  | { readonly kind: 'live'; readonly session: LiveSession }
  /** Unknown, expired, of another site, or not a token at all: the next way of being recognised may be tried. */
  | { readonly kind: 'none' }
  /** It would have been live, and strong protection ended it: nothing else may be tried. */
  | { readonly kind: 'refused'; readonly reason: 'client_changed' }

export interface NewSession {
  readonly site: string
  readonly identity: Identity
  readonly methods: readonly string[]
  readonly client: Client
  readonly authenticatedAt: number
  readonly remembered: boolean
  readonly family: string | null
  readonly data: SessionData
  /** When the account was read, where that was earlier: what changed it since then ends the session. */
  readonly createdAt?: number
}

export interface Sessions {
  start(begin: NewSession): Promise<LiveSession>
  load(token: string, site: string, client: Client): Promise<Loaded>
  /** Writes a changed record under the same token. */
  save<S extends StoredRecord>(
    session: S,
    change: Partial<SessionRecord>,
  ): Promise<S & { readonly text: string }>
  /**
   * The session goes on under a new token and a new id, and the old ones end as `end` ends them: a late write of the old record cannot
   * bring its token back. For every change of privilege. `null` when the session has been ended or rotated meanwhile: of several at
   * once exactly one gets the next token.
   */
  rotate(
    session: LiveSession,
    change: Partial<SessionRecord>,
    along: readonly D1PreparedStatement[],
  ): Promise<LiveSession | null>
  /** Whether the record is old enough to be refreshed: the user read again, and moved on if `slides`. */
  isDue(record: SessionRecord, slides: boolean): boolean
  /** Whether what is known of the user is young enough to go on with while the database is away. */
  isInGrace(record: SessionRecord): boolean
  /** Reads the user again. `null` when the session has been ended or the account is gone or disabled. */
  refresh(session: LiveSession, slides: boolean): Promise<LiveSession | null>
  /** Ends a session for good: in D1 together with `along`, then in the store. Throws when it could not. */
  end(session: StoredRecord, along: readonly D1PreparedStatement[]): Promise<void>
  /** Ends all sessions of a user but `spared`. Answers how many were found in the store. */
  endAll(subjectId: string, spared: string | null, along: readonly D1PreparedStatement[]): Promise<number>
  list(subjectId: string): Promise<readonly StoredRecord[]>
}

export function createSessions(parts: {
  store: SessionStore
  users: Users
  revocations: Revocations
  db: D1Database
  settings: SessionSettings
  now: () => number
}): Sessions {
  const { store, users, revocations, db, settings, now } = parts

  async function write(tokenHash: string, record: SessionRecord): Promise<string> {
    const text = JSON.stringify(record)
    // The storage may forget it at its absolute end; idling is judged by the record.
    await store.write(tokenHash, text, ownerOf(record), absoluteEnd(record, settings))
    return text
  }

  async function writeNew(record: SessionRecord): Promise<LiveSession> {
    const token = newToken()
    const tokenHash = await hashToken(token)
    return { token, tokenHash, record, text: await write(tokenHash, record), sameClient: true }
  }

  async function listAll(subjectId: string) {
    const found: StoredRecord[] = []
    for (const { tokenHash, record: text } of await store.list(subjectId)) {
      const record = JSON.parse(text) as SessionRecord
      if (expiryOf(record, settings, now()) === null) found.push({ tokenHash, record })
    }
    return found
  }

  async function end(
    { tokenHash, record }: StoredRecord,
    along: readonly D1PreparedStatement[],
  ): Promise<void> {
    await db.batch([revocations.ofSession(record.lineage, now()), ...along])
    await store.remove(tokenHash, ownerOf(record))
  }

  return {
    async start(begin) {
      const at = now()
      const record: SessionRecord = {
        v: 2,
        id: randomText(12),
        lineage: randomText(12),
        ...begin,
        createdAt: begin.createdAt ?? at,
        seenAt: at,
        checkedAt: at,
      }
      return await writeNew(record)
    },

    async load(token, site, client) {
      if (!isToken(token)) return { kind: 'none' }
      const tokenHash = await hashToken(token)
      const text = await store.read(tokenHash)
      const record = text === null ? null : parseRecord(text, site)
      if (text === null || record === null || expiryOf(record, settings, now()) !== null)
        return { kind: 'none' }
      const sameClient = settings.protection === 'none' || isSameClient(record.client, client)
      const session: LiveSession = { token, tokenHash, record, text, sameClient }
      if (!sameClient && settings.protection === 'strong') {
        await end(session, [])
        return { kind: 'refused', reason: 'client_changed' }
      }
      return { kind: 'live', session }
    },

    async save(session, change) {
      const record = { ...session.record, ...change }
      return { ...session, record, text: await write(session.tokenHash, record) }
    },

    async rotate(session, change, along) {
      const { record } = session
      const [revoked] = await db.batch([
        revocations.check({ ...record, subjectId: record.identity.id }),
        revocations.ofSession(record.id, now()),
        ...along,
      ])
      if ((revoked?.results.length ?? 1) > 0) return null
      const next = await writeNew({ ...record, ...change, id: randomText(12) })
      await store.remove(session.tokenHash, ownerOf(record))
      return next
    },

    isDue(record, slides) {
      const after = refreshMs(settings)
      const at = now()
      return (
        (record.identity.kind !== 'guest' && at - record.checkedAt >= after) ||
        (slides && at - record.seenAt >= after)
      )
    },

    isInGrace: (record) => now() - record.checkedAt < 2 * refreshMs(settings),

    async refresh(session, slides) {
      const { record } = session
      const at = now()
      const moved = { checkedAt: at, seenAt: slides ? at : record.seenAt }
      if (record.identity.kind === 'guest') return await this.save(session, moved)
      const [rows, revoked] = await db.batch([
        users.selectById(record.identity.id),
        revocations.check({ ...record, subjectId: record.identity.id }),
      ])
      const user = userOfRow(rows?.results[0] as UserRow | undefined)
      if (!user || user.disabledAt !== null || (revoked?.results.length ?? 1) > 0) {
        await store.remove(session.tokenHash, ownerOf(record))
        return null
      }
      return await this.save(session, { ...moved, identity: identityOf(user) })
    },

    end,

    async endAll(subjectId, spared, along) {
      await db.batch([revocations.ofSubject(subjectId, spared, now()), ...along])
      const found = (await listAll(subjectId)).filter(({ record }) => record.id !== spared)
      for (const { tokenHash, record } of found) await store.remove(tokenHash, ownerOf(record))
      return found.length
    },

    list: listAll,
  }
}

function ownerOf(record: SessionRecord): SessionOwner {
  return { subjectId: record.identity.id, sessionId: record.id, listed: record.identity.kind !== 'guest' }
}
