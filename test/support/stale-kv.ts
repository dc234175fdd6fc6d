const MAX_KEY_BYTES = 512
const MIN_TTL_SECONDS = 60
const MIN_CACHE_SECONDS = 30
/** How long a location may go on answering what it has read before (docs/sessions.md). */
const STALE_MS = 60_000

interface Central {
  readonly values: Map<string, { readonly value: string; readonly expiresAt: number }>
  readonly writtenAt: Map<string, number>
}

/**
 * KV as it is in production and not as it is simulated here: what a location has read once, a missing key included, it may answer for a
 * minute whatever is written elsewhere; its own writes it sees at once. Refuses what KV refuses. One `createCentralKv`, one view of it per
 * location.
 */
export function createCentralKv(clock: { readonly now: number }): { location(): KVNamespace } {
  const central: Central = { values: new Map(), writtenAt: new Map() }
  return { location: () => view(central, clock) }
}

function view(central: Central, clock: { readonly now: number }): KVNamespace {
  const seen = new Map<string, { readonly value: string | null; readonly until: number }>()

  function current(key: string): string | null {
    const stored = central.values.get(key)
    return stored && stored.expiresAt > clock.now ? stored.value : null
  }

  function write(key: string, value: string | null, expirationTtl: number): void {
    checkKey(key)
    // One write a second to the same key (429 beyond it).
    const last = central.writtenAt.get(key)
    if (last !== undefined && clock.now > last && clock.now - last < 1000)
      throw new Error('KV PUT failed: 429 Too Many Requests')
    central.writtenAt.set(key, clock.now)
    if (value === null) central.values.delete(key)
    else central.values.set(key, { value, expiresAt: clock.now + expirationTtl * 1000 })
    seen.set(key, { value, until: clock.now + STALE_MS })
  }

  return {
    async get(key: string, options: { readonly cacheTtl?: number } = {}) {
      checkKey(key)
      if (options.cacheTtl !== undefined && options.cacheTtl < MIN_CACHE_SECONDS)
        throw new Error(`KV GET failed: 400 Invalid cache_ttl of ${options.cacheTtl}`)
      const known = seen.get(key)
      if (known && known.until > clock.now) return known.value
      const value = current(key)
      seen.set(key, { value, until: clock.now + STALE_MS })
      return value
    },
    async put(key: string, value: string, { expirationTtl }: { readonly expirationTtl: number }) {
      if (!(expirationTtl >= MIN_TTL_SECONDS))
        throw new Error(`KV PUT failed: 400 Invalid expiration_ttl of ${expirationTtl}`)
      write(key, value, expirationTtl)
    },
    async delete(key: string) {
      write(key, null, 0)
    },
    async list({ prefix }: { readonly prefix: string }) {
      const keys = [...central.values.keys()].filter((key) => key.startsWith(prefix) && current(key) !== null)
      return { keys: keys.slice(0, 1000).map((name) => ({ name })), list_complete: true }
    },
  } as unknown as KVNamespace
}

function checkKey(key: string): void {
  if (key === '' || key === '.' || key === '..' || new TextEncoder().encode(key).length > MAX_KEY_BYTES)
    throw new Error('KV: 414 invalid key')
}
