/**
 * The result of some work if it comes in time, else a rejection with `late()`. A timer and no `AbortSignal`: with one the runtime keeps
 * the request's context awake for as long as a body flows. What comes too late is dropped.
 */
export function within<T>(timeoutMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timeoutMs)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (cause) => {
        clearTimeout(timer)
        reject(cause)
      },
    )
  })
}
