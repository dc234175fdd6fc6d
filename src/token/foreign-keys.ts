import { importJWK, type JWK } from 'jose'
import { Fault } from '../errors.ts'
import type { Log } from '../lib/log.ts'
import { readLimited } from '../lib/read-limited.ts'
import { createSharedFlights } from '../lib/shared-flights.ts'
import { within } from '../lib/within.ts'

/** A key with the one algorithm that it verifies. */
export interface ForeignKey {
  readonly kid: string | null
  readonly alg: string
  readonly key: CryptoKey
}

/** The published keys of one issuer: fetched when they are needed, kept for a while, never faster than once in half a minute. */
export interface ForeignKeys {
  /** The key that a token names, or the only one where it names none. `null`: there is no such key. Throws where none can be had. */
  find(kid: string | undefined): Promise<ForeignKey | null>
}

const TIMEOUT_MS = 5000
/** A set of keys is a few KiB; Microsoft's, the largest known, has 30. */
const MAX_BYTES = 262_144
const MAX_KEYS = 100
/** Long enough to be off the way of requests, short enough for keys that were taken back. */
const FRESH_MS = 600_000
/** While the issuer is away what it said last counts for as long as this. */
const STALE_MS = 3_600_000
/** Whoever invents key ids makes us ask no more often than this. */
const RETRY_MS = 30_000

interface Kept {
  readonly keys: readonly ForeignKey[]
  readonly fetchedAt: number
}

export function createForeignKeys(options: {
  readonly url: string
  readonly algorithms: readonly string[]
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Unix milliseconds. */
  readonly now: () => number
  readonly log: Log
}): ForeignKeys {
  const { url, algorithms, now, log } = options
  const share = createSharedFlights<true>()
  let kept: Kept | null = null
  let triedAt = Number.NEGATIVE_INFINITY

  async function refresh(): Promise<true> {
    triedAt = now()
    try {
      const set = await within(TIMEOUT_MS, load(), () => new Error('the key set is slow'))
      kept = { keys: await importKeys(set, algorithms), fetchedAt: now() }
    } catch (error) {
      log({ level: 'error', event: 'issuer.keys_failed', url, error: String(error) })
    }
    return true
  }

  async function load(): Promise<readonly JWK[]> {
    // No redirect is followed: the address is the operator's, and so is the trust in it.
    const response = await options.fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual' })
    if (response.status !== 200) throw new Error(`the key set was answered with ${response.status}`)
    const text = await readLimited(response, MAX_BYTES)
    if (text === null) throw new Error('the key set is too large')
    const { keys } = JSON.parse(text) as { readonly keys?: unknown }
    if (!Array.isArray(keys)) throw new Error('the key set has no keys')
    return (keys as JWK[]).slice(0, MAX_KEYS)
  }

  const isYounger = (ms: number) => kept !== null && now() - kept.fetchedAt < ms
  const pick = (kid: string | undefined): ForeignKey | null => {
    const keys = kept?.keys ?? []
    if (kid !== undefined) return keys.find((key) => key.kid === kid) ?? null
    return keys.length === 1 ? (keys[0] ?? null) : null
  }

  return {
    async find(kid) {
      const isKnown = isYounger(FRESH_MS) && pick(kid) !== null
      if (!isKnown && now() - triedAt >= RETRY_MS) await share('keys', refresh)
      if (!isYounger(STALE_MS)) throw new Fault('storage_unavailable', `no keys of ${url}`)
      return pick(kid)
    },
  }
}

/** Keys that sign, each fixed to one algorithm that the operator allows; all others are left out (P9). */
async function importKeys(
  set: readonly JWK[],
  algorithms: readonly string[],
): Promise<readonly ForeignKey[]> {
  const imported: ForeignKey[] = []
  for (const jwk of set) {
    if (typeof jwk !== 'object' || jwk === null) continue
    const alg = algorithmOf(jwk, algorithms)
    if (alg === null || (jwk.use !== undefined && jwk.use !== 'sig')) continue
    try {
      // The public members only: what else a key says of itself is not ours to follow.
      const { kty, crv, x, y, n, e } = jwk
      const key = await importJWK(JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK, alg)
      if (key instanceof Uint8Array) continue
      imported.push({ kid: typeof jwk.kid === 'string' ? jwk.kid : null, alg, key })
    } catch {
      // One key that cannot be read does not make the others useless.
    }
  }
  return imported
}

const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}

function algorithmOf({ kty, crv, alg }: JWK, allowed: readonly string[]): string | null {
  const fixed =
    kty === 'RSA' ? allowed.find((one) => /^[RP]S/.test(one) && (alg ?? one) === one) : CURVES[crv ?? '']
  if (fixed === undefined || !allowed.includes(fixed)) return null
  return alg === undefined || alg === fixed || (alg === 'Ed25519' && fixed === 'EdDSA') ? fixed : null
}
