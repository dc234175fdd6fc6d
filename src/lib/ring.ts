/**
 * Lets a number of things stand and drops the oldest for each new one. For what is quickly out of date anyway, where keeping track of
 * use would cost more than making it again.
 */
export function createRing<T>(size: number, drop: (oldest: T) => void): (newest: T) => void {
  const slots: T[] = []
  let next = 0
  return (newest) => {
    const oldest = slots[next]
    if (oldest !== undefined) drop(oldest)
    slots[next] = newest
    next = (next + 1) % size
  }
}
