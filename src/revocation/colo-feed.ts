import { toBase64Url } from '../lib/encoding.ts'
import type { FeedRow } from './revocations.ts'

/** What one isolate has read of the revocation feed, for the others of its data centre. */
export interface SharedFeed {
  /** Everything committed before this instant (unix milliseconds) that follows `after` is in `rows`. */
  readonly asOf: number
  readonly after: number
  readonly rows: readonly FeedRow[]
  /** Whether the rows are all that a new isolate needs. */
  readonly isComplete: boolean
  /** Until when an isolate is about to read on. */
  readonly claimedUntil: number
}

/** The place where isolates of one data centre find each other's reading. Never throws: without it everybody reads for themselves. */
export interface ColoFeed {
  read(): Promise<SharedFeed | null>
  write(shared: SharedFeed): Promise<void>
}

const CACHE_NAME = 'edgegate'
const LIFETIME_SECONDS = 60

/**
 * The feed in the Cache API. The entry's name and its MAC come from the secret: deployments of one zone do not meet, and nobody who can
 * write to the zone's caches can hide a revocation. `origins` tells deployments apart that share a secret all the same; the entry lies
 * under the first one, as the Cache API wants addresses of one's own zone. No visitor reaches it there: named caches are not asked for
 * requests.
 */
export function createColoFeed(parts: {
  readonly caches: Pick<CacheStorage, 'open'>
  /** Bytes for this purpose alone, the current secret's first. */
  readonly secret: () => Promise<readonly Uint8Array<ArrayBuffer>[]>
  /** Scheme and host of every site, as visitors see them. */
  readonly origins: readonly string[]
}): ColoFeed {
  const { caches, secret, origins } = parts
  let place: { readonly url: string; readonly key: CryptoKey } | null = null

  async function whereabouts() {
    if (place) return place
    const [current] = await secret()
    if (!current) throw new TypeError('there is no secret')
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', current, algorithm, false, ['sign', 'verify'])
    const name = await crypto.subtle.sign('HMAC', key, encode(`name of ${origins.join()}`))
    place = { key, url: `${origins[0]}/.edgegate/feed/${toBase64Url(new Uint8Array(name))}` }
    return place
  }

  return {
    async read() {
      try {
        const { url, key } = await whereabouts()
        const found = await (await caches.open(CACHE_NAME)).match(url)
        if (!found) return null
        const bytes = new Uint8Array(await found.arrayBuffer())
        const [mac, text] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)]
        if (!(await crypto.subtle.verify('HMAC', key, mac, text))) return null
        return JSON.parse(new TextDecoder().decode(text)) as SharedFeed
      } catch {
        return null
      }
    },

    async write(shared) {
      try {
        const { url, key } = await whereabouts()
        const text = encode(JSON.stringify(shared))
        const body = new Uint8Array(MAC_BYTES + text.length)
        body.set(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)))
        body.set(text, MAC_BYTES)
        const headers = { 'cache-control': `max-age=${LIFETIME_SECONDS}` }
        await (await caches.open(CACHE_NAME)).put(url, new Response(body, { headers }))
      } catch {
        // Nobody shares, everybody reads.
      }
    },
  }
}

const MAC_BYTES = 32

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text))
}
