import type { Limits } from '../gate/limits.ts'
import type { Identity } from '../identity.ts'
import type { Cached } from '../session/isolate-cache.ts'
import type { Tellable } from '../session/known.ts'

/** What a token stands for. Instants are unix milliseconds. */
export interface CredentialRecord {
  readonly kind: 'access' | 'key' | 'foreign'
  /** The sign-in's or key's name, in the revocation feed too; of a foreign token its issuer's name and `jti`. */
  readonly id: string
  readonly identity: Identity
  readonly scopes: readonly string[]
  readonly limits: Limits | null
  readonly authenticatedAt: number | null
  readonly methods: readonly string[]
  /** Whether its owner had just proved who they are when it was made. */
  readonly fresh: boolean
  /** The feed's position when the account was read; `null`: the feed says nothing of it. */
  readonly position: number | null
  readonly expiresAt: number | null
}

/** What an isolate remembers of a token between requests. Data only. */
export interface KnownCredential extends Cached, Tellable {
  /** Frozen. */
  readonly record: CredentialRecord
  /** From then on it is looked at as if for the first time. */
  readonly endsAt: number
  readonly loadedAt: number
  /** When the database is asked again. */
  reloadAt: number
  /** What the feed knew when it last said that this is good. */
  version: number
}

/** The size is a guess on the safe side: text of token and record, and the objects around them. */
const BYTES_OF_OBJECTS = 400

export function createKnownCredential(
  record: CredentialRecord,
  at: {
    readonly now: number
    readonly endsAt: number
    readonly reloadAt: number
    readonly version: number
    readonly textBytes: number
  },
): KnownCredential {
  const { identity } = record
  const frozen = { ...identity, roles: Object.freeze([...identity.roles]) }
  return {
    record: Object.freeze({ ...record, identity: Object.freeze(frozen) }),
    endsAt: at.endsAt,
    loadedAt: at.now,
    reloadAt: at.reloadAt,
    version: at.version,
    told: null,
    bytes: 2 * at.textBytes + BYTES_OF_OBJECTS,
    used: false,
  }
}
