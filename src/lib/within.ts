/**
 * The result of some work if it comes in time, else a rejection with `late()`. A timer and no `AbortSignal`: with one the runtime keeps
 * the request's context awake for as long as a body flows. What comes too late is dropped.
 */
export async function within<T>(timeoutMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
