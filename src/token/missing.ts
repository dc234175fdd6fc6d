/** Long enough to stop a program that goes on with a key that was taken back, short enough to cost nothing. */
const REMEMBERED_MS = 10_000
const MAX_REMEMBERED = 1000

/**
 * What was looked for in vain a moment ago. Bounded: a flood of invented names only pushes out older ones. Sound, because what is looked
 * for is random: what is not there now cannot be made later.
 */
export function createMissing(now: () => number): { has(name: string): boolean; add(name: string): void } {
  const until = new Map<string, number>()
  return {
    has: (name) => (until.get(name) ?? 0) > now(),
    add(name) {
      until.delete(name)
      until.set(name, now() + REMEMBERED_MS)
      for (const oldest of until.keys()) {
        if (until.size <= MAX_REMEMBERED) break
        until.delete(oldest)
      }
    },
  }
}
