import { toHex } from '../lib/encoding.ts'
import type { Log } from '../lib/log.ts'

const TIMEOUT_MS = 2000
/** A padded answer has about a thousand lines of forty bytes. */
const MAX_BYTES = 262_144

export interface BreachCheckOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** A range API in the form of Have I Been Pwned, such as `https://api.pwnedpasswords.com/range/`. */
  readonly url: string
  readonly log: Log
  readonly timeoutMs?: number
}

/**
 * Asks whether a password is in a public breach, by k-anonymity: five characters of its SHA-1 leave the Worker, padding hides
 * the size of the answer. Never throws: when the API does not answer in time, or too much, the password passes and one log line
 * says so. Neither the password nor any of its hash is logged.
 */
export function createBreachCheck({ fetch, url, log, timeoutMs = TIMEOUT_MS }: BreachCheckOptions) {
  const base = url.endsWith('/') ? url : `${url}/`

  return async function isBreached(password: string): Promise<boolean> {
    try {
      const bytes = new TextEncoder().encode(password.normalize('NFC'))
      const hash = toHex(new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))).toUpperCase()
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(`${base}${hash.slice(0, 5)}`, {
        headers: { 'add-padding': 'true', accept: 'text/plain' },
        redirect: 'manual',
        signal,
      })
      if (response.status !== 200) {
        await response.body?.cancel()
        return pass(`status ${response.status}`)
      }
      const text = await readBounded(response, signal)
      return text === null ? pass('answer too large') : lists(text, hash.slice(5))
    } catch (error) {
      // The name only: messages of fetch may quote the address, which holds a part of the hash.
      return pass(error instanceof Error ? error.name : 'unknown')
    }
  }

  function pass(reason: string): false {
    log({ level: 'warn', event: 'password.breach_check_failed', reason })
    return false
  }
}

/** Lines are `SUFFIX:COUNT`; those of the padding count 0. */
function lists(text: string, suffix: string): boolean {
  return text.split('\n').some((line) => {
    const [listed = '', count = ''] = line.trim().split(':')
    return listed.toUpperCase() === suffix && Number(count) > 0
  })
}

/** The body, counted while it is read: `Content-Length` may lie or be missing (P23). `null` when there is too much. */
async function readBounded(response: Response, signal: AbortSignal): Promise<string | null> {
  if (!response.body) return ''
  const reader = response.body.getReader()
  const stop = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', stop)
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) return text + decoder.decode()
      size += value.byteLength
      if (size > MAX_BYTES) {
        stop()
        return null
      }
      text += decoder.decode(value, { stream: true })
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
