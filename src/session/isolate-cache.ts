/** What an entry brings along for the cache's own use. */
export interface Cached {
  /** What it takes, roughly. */
  readonly bytes: number
  /** Whether it was asked for since the cache last looked. Written by the cache. */
  used: boolean
}

/**
 * A bounded map in isolate memory: the clock algorithm (second chance). A hit sets a flag and moves nothing; a new entry has no flag
 * yet, so a flood of entries that nobody asks for again pushes out itself and not what is in use.
 */
export interface IsolateCache<V extends Cached> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
  readonly size: number
  readonly bytes: number
}

export function createIsolateCache<V extends Cached>(bounds: {
  readonly maxEntries: number
  readonly maxBytes: number
}): IsolateCache<V> {
  // Iterates in the order of insertion: the clock's hand is at the first entry.
  const entries = new Map<string, V>()
  let bytes = 0

  function remove(key: string): void {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  function makeRoom(needed: number): void {
    for (const [key, value] of entries) {
      if (entries.size < bounds.maxEntries && bytes + needed <= bounds.maxBytes) return
      entries.delete(key)
      if (value.used) {
        value.used = false
        entries.set(key, value)
      } else {
        bytes -= value.bytes
      }
    }
  }

  return {
    get(key) {
      const value = entries.get(key)
      if (value) value.used = true
      return value
    },
    set(key, value) {
      remove(key)
      makeRoom(value.bytes)
      entries.set(key, value)
      bytes += value.bytes
    },
    delete: remove,
    get size() {
      return entries.size
    },
    get bytes() {
      return bytes
    },
  }
}
