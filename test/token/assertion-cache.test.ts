import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAssertionCache } from '../../src/token/assertion-cache.ts'
import { NOW } from './support.ts'

test('gives an assertion back for half its life', () => {
  const cache = createAssertionCache({ maxEntries: 10 })
  cache.set('k', 'f', 'a', NOW)
  expect(cache.get('k', 'f', NOW)).toBe('a')
  expect(cache.get('k', 'f', NOW + 29.9)).toBe('a')
  expect(cache.get('k', 'f', NOW + 30)).toBeNull()
})

test('counts its age from the whole second that the assertion states', () => {
  const cache = createAssertionCache({ maxEntries: 10, reuseSeconds: 10 })
  cache.set('k', 'f', 'a', NOW + 0.9)
  expect(cache.get('k', 'f', NOW + 10)).toBeNull()
})

test('forgets an assertion when what it says has changed, even if it changes back', () => {
  const cache = createAssertionCache({ maxEntries: 10 })
  cache.set('k', 'f', 'a', NOW)
  expect(cache.get('k', 'g', NOW)).toBeNull()
  expect(cache.get('k', 'f', NOW)).toBeNull()
})

test('gives nothing from the future when the clock is set back', () => {
  const cache = createAssertionCache({ maxEntries: 10 })
  cache.set('k', 'f', 'a', NOW)
  expect(cache.get('k', 'f', NOW - 1)).toBeNull()
})

test('drops the entry that was used least recently when it is full', () => {
  const cache = createAssertionCache({ maxEntries: 2 })
  cache.set('one', 'f', '1', NOW)
  cache.set('two', 'f', '2', NOW)
  cache.get('one', 'f', NOW)
  cache.set('three', 'f', '3', NOW)
  expect(['one', 'two', 'three'].map((key) => cache.get(key, 'f', NOW))).toEqual(['1', null, '3'])
})

test('needs room for one entry at least', () => {
  for (const maxEntries of [0, -1, 0.5, Number.NaN])
    expect(() => createAssertionCache({ maxEntries })).toThrow(RangeError)
})

const key = fc.constantFrom('a', 'b', 'ab', '', 'constructor', '__proto__')
const fingerprint = fc.constantFrom('1', '2', '')
const step = fc.record({ set: fc.boolean(), key, fingerprint, wait: fc.integer({ min: 0, max: 20 }) })

test('P15: whatever happened before, gives only what was set last for exactly this key and fingerprint', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, maxEntries) => {
      const cache = createAssertionCache({ maxEntries })
      const last = new Map<
        string,
        { readonly assertion: string; readonly fingerprint: string; readonly at: number }
      >()
      let now = NOW
      for (const [index, { set, key, fingerprint, wait }] of steps.entries()) {
        now += wait
        if (set) {
          cache.set(key, fingerprint, `assertion ${index}`, now)
          last.set(key, { assertion: `assertion ${index}`, fingerprint, at: now })
        } else {
          const found = cache.get(key, fingerprint, now)
          const expected = last.get(key)
          if (found !== null) {
            expect(expected).toEqual({ assertion: found, fingerprint, at: expect.any(Number) })
            expect(now - (expected?.at ?? 0)).toBeLessThan(30)
          }
        }
      }
    }),
  )
})

test('never holds more than it may', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (keys, maxEntries) => {
        const cache = createAssertionCache({ maxEntries })
        for (const key of keys) cache.set(key, 'f', 'a', NOW)
        const held = [...new Set(keys)].filter((key) => cache.get(key, 'f', NOW) !== null)
        expect(held.length).toBe(Math.min(maxEntries, new Set(keys).size))
      },
    ),
  )
})
