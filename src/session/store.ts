/** Where session records live. Both implementations pass one contract suite (test/session/store-contract.ts). */
export interface SessionStore {
  /** The stored text under a token's hash, or `null`. Throws on a storage fault, never answers `null` for one. */
  read(tokenHash: string): Promise<string | null>
  /** Creates or replaces. `expiresAt` (unix milliseconds) is when the storage may forget it. */
  write(tokenHash: string, record: string, owner: SessionOwner, expiresAt: number): Promise<void>
  remove(tokenHash: string, owner: SessionOwner): Promise<void>
  /** The sessions of one user, in no order. May lag behind by the store's own consistency. */
  list(subjectId: string): Promise<readonly StoredSession[]>
}

export interface SessionOwner {
  readonly subjectId: string
  readonly sessionId: string
  /** Sessions of users are listed; those of guests are too many and nobody asks for them. */
  readonly listed: boolean
}

export interface StoredSession {
  readonly tokenHash: string
  readonly record: string
}
