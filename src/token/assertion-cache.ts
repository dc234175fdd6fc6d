/** Signed assertions by session, so that a signed-in page costs no signature. Kept in isolate memory only. */
export interface AssertionCache {
  /**
   * The assertion last set for `key`, if it was set with exactly this fingerprint and is young enough to be sent. `now` is
   * in unix seconds.
   */
  get(key: string, fingerprint: string, now: number): string | null
  set(key: string, fingerprint: string, assertion: string, now: number): void
}

export interface AssertionCacheOptions {
  readonly maxEntries: number
  /**
   * How long an assertion is sent again after it was signed, default 30: of its 60 seconds the origin then always sees at
   * least half, whatever the network and its clock do. Half of the signer's `lifetimeSeconds` where that is shorter.
   */
  readonly reuseSeconds?: number
}

interface Entry {
  readonly fingerprint: string
  readonly assertion: string
  readonly signedAt: number
}

const DEFAULT_REUSE_SECONDS = 30

/**
 * One cache per signer, so that issuer and audience never meet in it. `key` is what the session is found by; `fingerprint` is
 * everything else that the assertion says (the serialised record, whether it is fresh now): a change of either is a miss.
 * Holds `maxEntries` at most and drops the one that was used least recently; needs no timer.
 */
export function createAssertionCache(options: AssertionCacheOptions): AssertionCache {
  const { maxEntries, reuseSeconds = DEFAULT_REUSE_SECONDS } = options
  if (!Number.isInteger(maxEntries) || maxEntries < 1) throw new RangeError('maxEntries must be 1 or more')
  // A Map iterates in the order of insertion: the first entry is the one that was not used for longest.
  const entries = new Map<string, Entry>()

  function get(key: string, fingerprint: string, now: number): string | null {
    const entry = entries.get(key)
    if (!entry) return null
    entries.delete(key)
    const age = now - entry.signedAt
    // Below zero the clock was set back: to the origin the assertion would come from the future.
    if (entry.fingerprint !== fingerprint || !(age >= 0 && age < reuseSeconds)) return null
    entries.set(key, entry)
    return entry.assertion
  }

  function set(key: string, fingerprint: string, assertion: string, now: number): void {
    entries.delete(key)
    for (const oldest of entries.keys()) {
      if (entries.size < maxEntries) break
      entries.delete(oldest)
    }
    // Whole seconds, as in the assertion's `iat`: counted from the exact instant, reuse could outlast the stated life.
    entries.set(key, { fingerprint, assertion, signedAt: Math.floor(now) })
  }

  return { get, set }
}
