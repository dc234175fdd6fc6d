import type { Log } from '../lib/log.ts'

const TIMEOUT_MS = 2000
/** A padded range answer is about 40 KB; more is not one. */
const MAX_ANSWER_BYTES = 262_144

/**
 * Asks a range API (the form of Have I Been Pwned) whether a password has leaked. Only the first five characters of its SHA-1
 * leave the Worker. When there is no usable answer the password counts as good and a line in the log says so: a service that is
 * away must not keep people from changing a password.
 */
export function createBreachCheck(options: {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly url: string
  readonly log: Log
}): (password: string) => Promise<boolean> {
  return async (password) => {
    try {
      const hash = await sha1Hex(password)
      const response = await options.fetch(`${options.url}${hash.slice(0, 5)}`, {
        headers: { 'add-padding': 'true' },
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (response.status !== 200) throw new Error(`the range API answered ${response.status}`)
      return (await readBounded(response)).split(/\r?\n/).some((line) => {
        const [suffix, count] = line.split(':')
        return suffix?.toUpperCase() === hash.slice(5) && Number(count) > 0
      })
    } catch (error) {
      options.log({
        level: 'warn',
        event: 'breach_check.unavailable',
        error: error instanceof Error ? error.name : 'unknown',
      })
      return false
    }
  }
}

async function sha1Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) throw new Error('the range API answered too much')
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}
