import type { Cached } from './isolate-cache.ts'
import type { SessionRecord } from './record.ts'

/** A third of an isolate's memory at most; fifty thousand sessions of the usual size are well below. */
export const SESSION_CACHE = { maxEntries: 100_000, maxBytes: 40 * 2 ** 20 }

/** How long an isolate goes without asking the store again. What ends or changes a session comes by the feed, long before. */
export const RELOAD_MS = 60_000
/** A store that is away is asked again after so long. */
const RETRY_MS = 1000
/** A parsed record with its entry takes about as much as its text and this; measured (`npm run bench`). */
const BYTES_OF_OBJECTS = 60

/** What an isolate remembers of a session between requests: data only, nothing that belongs to one of them. */
export interface Known extends Cached, Tellable {
  readonly token: string
  /** Frozen. */
  readonly record: SessionRecord
  readonly endsAt: number
  readonly loadedAt: number
  /** When the store is asked again. */
  reloadAt: number
  /** What the feed knew when it last said that the session is good. */
  version: number
}

/** A session as it has just been read or written. `bytes` of its stored text. Instants are unix milliseconds. */
export function createKnown(
  token: string,
  record: SessionRecord,
  at: { readonly now: number; readonly endsAt: number; readonly version: number; readonly textBytes: number },
): Known {
  return {
    token,
    record,
    endsAt: at.endsAt,
    loadedAt: at.now,
    reloadAt: at.now + RELOAD_MS,
    version: at.version,
    told: null,
    bytes: at.textBytes + BYTES_OF_OBJECTS,
    used: false,
  }
}

/** Puts off asking a store that is away; false where what is known is older than the grace allows. */
export function postponeReload(
  known: { readonly endsAt: number; readonly loadedAt: number; reloadAt: number },
  now: number,
  graceMs: number,
): boolean {
  if (now >= known.endsAt || now >= known.loadedAt + RELOAD_MS + graceMs) return false
  known.reloadAt = now + RETRY_MS
  return true
}

/** What an isolate remembers of a credential, a session's or a token's, as far as the origin is told of it. */
export interface Tellable {
  readonly record: {
    /** What sessions and sign-ins are called; only its hash is told. */
    readonly id: string
    /** Last real credential (unix milliseconds), `null` where there was none. */
    readonly authenticatedAt: number | null
    readonly methods: readonly string[]
  }
  told: Told | null
}

/** The identity headers as they went out, assertion included. */
export interface Told {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly fresh: boolean
  /** Unix milliseconds; from then on they are made again. */
  readonly until: number
}

/** A session with the token that opened it. Exists for the length of one request. */
export interface LiveSession {
  readonly token: string
  readonly record: SessionRecord
  readonly known: Known
  /** Whether browser and network are those it began with; always true without protection. */
  readonly sameClient: boolean
}
