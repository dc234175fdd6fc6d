/**
 * Remembers the first result of an asynchronous function. Calls that overlap may each compute it: in the Workers runtime a
 * request must not wait for a promise that belongs to another request, and these results are equal anyway.
 */
export function once<T>(compute: () => Promise<T>): () => Promise<T> {
  let result: { readonly value: T } | null = null
  return async () => {
    result ??= { value: await compute() }
    return result.value
  }
}
