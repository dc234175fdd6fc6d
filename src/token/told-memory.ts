import type { Tellable, Told } from '../session/known.ts'

/** Remembers what origins were sent last of sessions and tokens, for as long as it may be sent again and there is room. */
export interface ToldMemory {
  keep(known: Tellable, told: Told, now: number): void
}

/** What an isolate gives to sessions together with what was told of them; 50,000 sessions take nearly all of it. */
const MAX_BYTES = 30 * 2 ** 20
/** Measured (`npm run bench`). */
const SESSION_BYTES = 600
const TOLD_BYTES = 1400
const MIN_ROOM = 1000
/**
 * How often a newcomer takes the place of what might still be sent. If it always did, a little more sessions than there is room for,
 * coming one after the other, would each find that theirs has just gone.
 */
const TAKES_A_PLACE = 1 / 8

/** For how many there is room beside so many sessions. */
export function roomBeside(sessions: number): number {
  return Math.max(MIN_ROOM, Math.floor((MAX_BYTES - sessions * SESSION_BYTES) / TOLD_BYTES))
}

export function createToldMemory(room: () => number, random: () => number = Math.random): ToldMemory {
  // Who was told first comes first, and is out of date first.
  const holders = new Set<Tellable>()

  return {
    keep(known, told, now) {
      holders.delete(known)
      known.told = null
      for (const oldest of holders) {
        const isOver = oldest.told === null || now >= oldest.told.until
        if (!isOver && holders.size < room()) break
        if (!isOver && holders.size === room() && random() >= TAKES_A_PLACE) return
        holders.delete(oldest)
        oldest.told = null
      }
      known.told = told
      holders.add(known)
    },
  }
}
