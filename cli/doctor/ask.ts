export interface Question {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type Reply =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly location: string | null
      readonly text: string
      /** From the first byte sent to the last one received. */
      readonly ms: number
    }
  | { readonly kind: 'failed'; readonly reason: string }

const TIMEOUT_MS = 10_000
/** What is read of an answer. */
const MAX_BYTES = 256 * 1024

/** One request that follows no redirect. Never throws: that nothing answers is an answer. */
export async function asks({ url, method = 'GET', headers = {}, body }: Question): Promise<Reply> {
  const startedAt = performance.now()
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body }),
    })
    const text = await readSome(response)
    const { status } = response
    return {
      kind: 'answered',
      status,
      location: response.headers.get('location'),
      text,
      ms: performance.now() - startedAt,
    }
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) }
  }
}

async function readSome(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > MAX_BYTES) break
  }
  return text
}

/** `fetch` hides what happened in the cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.name : String(error))
}
