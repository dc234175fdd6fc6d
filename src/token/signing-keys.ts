import {
  type KeyPair,
  keyPairFrom,
  type PublicJwk,
  SEED_BYTES,
  type SigningAlgorithm,
} from './private-key.ts'
import type { Secrets } from './secrets.ts'

export interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly key: CryptoKey
}

/** The keys of one kind of token. `now` is in unix seconds everywhere. */
export interface KeyRing {
  /** The key of the current secret for the period that `now` falls into. */
  signingKey(now: number): Promise<SigningKey>
  /**
   * What verifiers may trust at `now`: the current secret's previous, current and next period (the next one early, so that
   * caches know it before it signs) and the older secrets' previous and current ones. A removed secret's keys are gone.
   */
  published(now: number): Promise<readonly PublicJwk[]>
}

export interface KeyRingOptions {
  readonly secrets: Secrets
  /** What is signed with these keys; nothing else ever is (P10). */
  readonly purpose: 'assertion' | 'access-token'
  readonly algorithm: SigningAlgorithm
  /** Default 30 days; an hour at least, so that a key outlives every cache of the key set and every token it signed. */
  readonly rotationSeconds?: number
}

const DEFAULT_ROTATION_SECONDS = 30 * 86_400
const MIN_ROTATION_SECONDS = 3600
/** Periods kept: the three that are published, and one that has just passed. */
const KEPT_PERIODS = 4

/**
 * Keys that rotate by the calendar and are stored nowhere: the key of period n is derived from the secret and n, so every
 * isolate arrives at the same one without asking anybody. The purpose is part of the label: no token kind can ever be signed with
 * the keys of another.
 */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { secrets, purpose, algorithm, rotationSeconds = DEFAULT_ROTATION_SECONDS } = options
  if (!Number.isInteger(rotationSeconds) || rotationSeconds < MIN_ROTATION_SECONDS) {
    throw new RangeError(`rotationSeconds must be a whole number of ${MIN_ROTATION_SECONDS} or more`)
  }

  // Results, not promises: workerd does not let a request wait for work begun by another. Two first requests may both
  // derive a period; they arrive at the same keys. Keyed by period only, as secrets, algorithm and rotation are the ring's.
  const periods = new Map<number, readonly KeyPair[]>()

  function periodOf(now: number): number {
    if (!Number.isFinite(now) || now < 0) throw new RangeError('now must be unix seconds')
    return Math.floor(now / rotationSeconds)
  }

  /** One pair per secret, the current one first. */
  async function pairsOf(period: number): Promise<readonly KeyPair[]> {
    const known = periods.get(period)
    if (known) return known
    const seeds = await secrets.derive(`edgegate/${purpose}/${algorithm}/${period}`, SEED_BYTES[algorithm])
    const pairs = await Promise.all(seeds.map((seed) => keyPairFrom(algorithm, seed)))
    periods.set(period, pairs)
    for (const oldest of periods.keys()) {
      if (periods.size <= KEPT_PERIODS) break
      periods.delete(oldest)
    }
    return pairs
  }

  async function signingKey(now: number): Promise<SigningKey> {
    const [current] = await pairsOf(periodOf(now))
    if (!current) throw new TypeError('There is no secret to sign with')
    return { kid: current.jwk.kid, alg: current.jwk.alg, key: current.key }
  }

  async function published(now: number): Promise<readonly PublicJwk[]> {
    const period = periodOf(now)
    const previous = period > 0 ? await pairsOf(period - 1) : []
    const current = await pairsOf(period)
    const next = await pairsOf(period + 1)
    return [...current, ...previous, ...next.slice(0, 1)].map((pair) => pair.jwk)
  }

  return { signingKey, published }
}
