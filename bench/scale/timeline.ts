/** Simulated time: what is to happen, in order. Promises of the code under test settle between two events. */
export interface Timeline {
  /** Unix milliseconds. */
  readonly now: () => number
  at(instant: number, happen: () => void): void
  /** Something that takes a while and costs nothing else. */
  after<T>(ms: number, value: () => T): Promise<T>
  run(until: number): Promise<void>
}

interface Event {
  readonly instant: number
  readonly happen: () => void
}

export function createTimeline(start: number): Timeline {
  // A binary heap: the next event is at the root.
  const heap: Event[] = []
  let now = start

  function push(event: Event): void {
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((heap[parent] as Event).instant <= event.instant) break
      heap[at] = heap[parent] as Event
      at = parent
    }
    heap[at] = event
  }

  function pop(): Event | undefined {
    const [first] = heap
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    let at = 0
    while (true) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && (heap[child + 1] as Event).instant < (heap[child] as Event).instant)
        child++
      if ((heap[child] as Event).instant >= last.instant) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = last
    return first
  }

  const timeline: Timeline = {
    now: () => now,
    at: (instant, happen) => push({ instant: Math.max(instant, now), happen }),
    after: (ms, value) =>
      new Promise((resolve, reject) => {
        timeline.at(now + ms, () => {
          try {
            resolve(value())
          } catch (error) {
            reject(error)
          }
        })
      }),
    async run(until) {
      while (heap.length > 0 && (heap[0] as Event).instant <= until) {
        const event = pop() as Event
        now = event.instant
        event.happen()
        await settle()
      }
      now = until
    },
  }
  return timeline
}

/** Lets everything go on that waits for nothing but promises. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
