/** How long somebody waits for work that another request does. That request may have been cancelled, and says nothing then. */
const MAX_WAIT_MS = 1000
/** Work of cancelled requests is never reported done; beyond this many the oldest are forgotten. */
const MAX_FLIGHTS = 1000

type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly cause: unknown }

interface Flight<T> {
  readonly startedAt: number
  readonly tell: ((outcome: Outcome<T>) => void)[]
}

/**
 * Lets requests of one isolate share work that several of them need at once: the first does it, the others are told.
 *
 * The Workers runtime forbids a request to wait for what belongs to another, so nobody awaits the first one's promise. Everybody who
 * waits makes a promise and a timer of their own, and the first one resolves those promises with a plain value, which the runtime
 * delivers in the context that made each. Values must be data: no streams, no bindings' objects.
 */
export function createSharedFlights<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, Flight<T>>()

  async function lead(key: string, work: () => Promise<T>): Promise<T> {
    const flight: Flight<T> = { startedAt: Date.now(), tell: [] }
    flights.delete(key)
    flights.set(key, flight)
    for (const oldest of flights.keys()) {
      if (flights.size <= MAX_FLIGHTS) break
      flights.delete(oldest)
    }
    const land = (outcome: Outcome<T>) => {
      if (flights.get(key) === flight) flights.delete(key)
      for (const tell of flight.tell) tell(outcome)
    }
    try {
      const value = await work()
      land({ kind: 'done', value })
      return value
    } catch (cause) {
      land({ kind: 'failed', cause })
      throw cause
    }
  }

  return async (key, work) => {
    const flight = flights.get(key)
    if (!flight || Date.now() - flight.startedAt >= MAX_WAIT_MS) return await lead(key, work)
    let timer: ReturnType<typeof setTimeout> | null = null
    const outcome = await new Promise<Outcome<T> | null>((resolve) => {
      flight.tell.push(resolve)
      timer = setTimeout(() => resolve(null), MAX_WAIT_MS)
    })
    clearTimeout(timer)
    if (outcome === null) return await lead(key, work)
    if (outcome.kind === 'failed') throw outcome.cause
    return outcome.value
  }
}
