import { describe, expect, it } from 'vitest'
import type { Tellable } from '../../src/session/known.ts'
import { createToldMemory, roomBeside } from '../../src/token/told-memory.ts'

const HALF_A_MINUTE = 30_000
const somebody = (id: string): Tellable => ({ record: { id, authenticatedAt: 0, methods: [] }, told: null })
const people = (count: number) => Array.from({ length: count }, (_, i) => somebody(`session_${i}`))
const toldAt = (now: number) => ({ headers: [], fresh: true, until: now + HALF_A_MINUTE })
const held = (all: readonly Tellable[]) => all.filter(({ told }) => told !== null).length

describe('what is remembered of what was told', () => {
  it('is everything while there is room, and no more than there is room for', () => {
    const memory = createToldMemory(() => 100)
    const all = people(150)
    for (const known of all) memory.keep(known, toldAt(0), 0)
    expect(held(all.slice(0, 50))).toBeGreaterThan(0)
    expect(held(all)).toBe(100)
  })

  it('makes place by what is out of date', () => {
    const memory = createToldMemory(
      () => 100,
      () => 1,
    )
    const [before, after] = [people(100), people(100)]
    for (const known of before) memory.keep(known, toldAt(0), 0)
    for (const known of after) memory.keep(known, toldAt(HALF_A_MINUTE), HALF_A_MINUTE)
    expect([held(before), held(after)]).toEqual([0, 100])
  })

  it('serves most of a crowd that comes in turn and is a little larger than the room', () => {
    const memory = createToldMemory(() => 1000)
    const all = people(1200)
    let served = 0
    for (let round = 0; round < 20; round++) {
      for (const known of all) {
        if (known.told) served++
        else memory.keep(known, toldAt(0), 0)
      }
    }
    // Whoever always dropped the oldest would serve nobody.
    expect(served / (20 * all.length)).toBeGreaterThan(0.5)
  })

  it('lets in who comes often although everything might still be sent', () => {
    const memory = createToldMemory(() => 100)
    for (const known of people(100)) memory.keep(known, toldAt(0), 0)
    const often = somebody('often')
    for (let time = 0; time < 300 && often.told === null; time++) memory.keep(often, toldAt(0), 0)
    expect(often.told).not.toBeNull()
  })

  it('gives way when sessions need the memory', () => {
    let room = 100
    const memory = createToldMemory(() => room)
    const all = people(100)
    for (const known of all) memory.keep(known, toldAt(0), 0)
    room = 40
    for (const known of people(20)) memory.keep(known, toldAt(0), 0)
    expect(held(all)).toBeLessThanOrEqual(40)
  })

  it('shares thirty mebibytes with fifty thousand sessions, and holds ten thousand with theirs', () => {
    expect(roomBeside(10_000)).toBeGreaterThan(10_000)
    expect(50_000 * 600 + roomBeside(50_000) * 1400).toBeLessThan(32 * 2 ** 20)
    expect(roomBeside(1_000_000)).toBeGreaterThan(0)
  })
})
