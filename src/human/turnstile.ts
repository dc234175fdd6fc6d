import type { Log } from '../lib/log.ts'
import { readLimited } from '../lib/read-limited.ts'
import { within } from '../lib/within.ts'

/** `null`: a person, as far as anybody can tell. What is not known counts as a robot (P14). */
export type RobotProblem = 'not_human' | 'human_unavailable'

export interface Turnstile {
  verify(
    token: string,
    expected: { readonly action: string; readonly hostname: string; readonly ip: string | null },
  ): Promise<RobotProblem | null>
}

export interface TurnstileOptions {
  readonly secret: string
  /** `https://challenges.cloudflare.com` outside tests. */
  readonly service: string
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly log: Log
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 5000
/** As its documentation says. */
const MAX_TOKEN = 2048
const MAX_ANSWER_BYTES = 16_384
/** What is the visitor's: no token, a wrong one, one that is old or has been used. Every other code is ours or the service's. */
const VISITORS: readonly unknown[] = [
  'missing-input-response',
  'invalid-input-response',
  'timeout-or-duplicate',
]

interface Answer {
  readonly success?: unknown
  readonly hostname?: unknown
  readonly action?: unknown
  readonly 'error-codes'?: unknown
}

/**
 * Asks Cloudflare whether a token of its widget is good: for this host and this form, and only once (the service sees to that). Neither
 * the secret nor the token is ever logged.
 */
export function createTurnstile(options: TurnstileOptions): Turnstile {
  const { secret, service, fetch, log, timeoutMs = TIMEOUT_MS } = options

  async function ask(token: string, ip: string | null): Promise<Answer> {
    const response = await fetch(`${service}/turnstile/v0/siteverify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret, response: token, ...(ip === null ? {} : { remoteip: ip }) }),
      redirect: 'manual',
    })
    const text = await readLimited(response, MAX_ANSWER_BYTES)
    const answer: unknown = JSON.parse(text ?? '')
    if (typeof answer !== 'object' || answer === null) throw new TypeError('the answer is no object')
    return answer
  }

  const fail = (reason: string): 'human_unavailable' => {
    log({ level: 'error', event: 'turnstile.failed', reason })
    return 'human_unavailable'
  }

  return {
    async verify(token, { action, hostname, ip }) {
      if (token === '' || token.length > MAX_TOKEN) return 'not_human'
      let answer: Answer
      try {
        answer = await within(timeoutMs, ask(token, ip), () => new DOMException('too late', 'TimeoutError'))
      } catch (error) {
        return fail(error instanceof Error ? error.name : 'unknown')
      }
      if (answer.success !== true) {
        const codes = Array.isArray(answer['error-codes']) ? answer['error-codes'] : []
        const ours = codes.filter((code) => !VISITORS.includes(code))
        if (codes.length > 0 && ours.length === 0) return 'not_human'
        const [code] = ours
        return fail(typeof code === 'string' && /^[a-z-]{1,60}$/.test(code) ? code : 'no_reason')
      }
      // A token of another form, or of another site with the same key, was solved for something else.
      if (answer.hostname === hostname && answer.action === action) return null
      log({ level: 'warn', event: 'turnstile.mismatch', action })
      return 'not_human'
    },
  }
}
