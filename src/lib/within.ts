/**
 * The result of some work if it comes in time, else a rejection with `late()`. A timer and no `AbortSignal`: with one the runtime keeps
 * the request's context awake for as long as a body flows. What comes too late is dropped.
 */
export async function within<T>(timeoutMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(reject, timeoutMs, TOO_LATE)
  work.then(resolve, reject)
  try {
    return await promise
  } catch (cause) {
    throw cause === TOO_LATE ? late() : cause
  } finally {
    clearTimeout(timer)
  }
}

const TOO_LATE = Symbol('too late')
