import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIsolateCache } from '../../src/session/isolate-cache.ts'

const entry = (bytes = 10) => ({ bytes, used: false })

describe('the isolate cache', () => {
  it('never exceeds its bounds, and never answers what was not put there', () => {
    const step = fc.record({
      do: fc.constantFrom('get', 'set', 'delete'),
      key: fc.nat(30).map(String),
      bytes: fc.integer({ min: 1, max: 50 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = createIsolateCache<{ bytes: number; used: boolean }>({ maxEntries: 10, maxBytes: 200 })
        const put = new Map<string, object>()
        for (const { do: what, key, bytes } of steps) {
          if (what === 'set') {
            const value = entry(bytes)
            cache.set(key, value)
            put.set(key, value)
            expect(cache.get(key)).toBe(value)
          } else if (what === 'delete') {
            cache.delete(key)
            put.delete(key)
          } else {
            const found = cache.get(key)
            if (found) expect(found).toBe(put.get(key))
          }
          expect(cache.size).toBeLessThanOrEqual(10)
          expect(cache.bytes).toBeLessThanOrEqual(200)
        }
      }),
    )
  })

  it('keeps what is asked for and drops what is not', () => {
    const cache = createIsolateCache({ maxEntries: 100, maxBytes: 1e9 })
    for (let i = 0; i < 50; i++) cache.set(`live-${i}`, entry())
    for (let i = 0; i < 10_000; i++) {
      cache.set(`once-${i}`, entry())
      cache.get(`live-${i % 50}`)
    }
    const live = Array.from({ length: 50 }, (_, i) => cache.get(`live-${i}`)).filter(Boolean)
    expect(live).toHaveLength(50)
  })

  it('replacing an entry counts its size once', () => {
    const cache = createIsolateCache({ maxEntries: 10, maxBytes: 1000 })
    for (let i = 0; i < 50; i++) cache.set('same', entry(100))
    expect([cache.size, cache.bytes]).toEqual([1, 100])
  })
})
