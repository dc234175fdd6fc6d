/**
 * The headers that a request came with: names read at once, a value when somebody asks for it. A question to the runtime costs more than
 * all that is done here with the answer, and most questions are about headers that nobody sent.
 */
export interface ReceivedHeaders {
  readonly headers: Headers
  /** In lower case. */
  readonly names: readonly string[]
  has(name: string): boolean
  get(name: string): string | null
}

/** Names are asked for in lower case. The headers must not change afterwards. */
export function receivedHeaders(headers: Headers): ReceivedHeaders {
  const names = [...headers.keys()]
  const values: (string | null)[] = []
  return {
    headers,
    names,
    has: (name) => names.includes(name),
    get(name) {
      const at = names.indexOf(name)
      if (at < 0) return null
      values[at] ??= headers.get(name)
      return values[at] ?? null
    },
  }
}
