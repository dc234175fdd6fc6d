import { within } from '../lib/within.ts'
import type { OriginTarget } from './target.ts'

/** The origin could not be asked, or did not answer in time. */
export class OriginFault extends Error {
  readonly code: 'origin_unreachable' | 'origin_timeout'

  constructor(code: 'origin_unreachable' | 'origin_timeout', cause?: unknown) {
    super(code, { cause })
    this.name = 'OriginFault'
    this.code = code
  }
}

export interface ForwardOptions {
  /** Until the answer begins; how long it then takes is the origin's affair. */
  readonly timeoutMs: number
  /** Keeps the platform's cache out, for whatever carries an identity. */
  readonly noStore: boolean
}

/**
 * Sends a request on as it is: bodies stream both ways, redirects stay the browser's, WebSockets pass. `onward` is a copy of the
 * visitor's request at the origin's address.
 */
export async function forward(
  target: OriginTarget,
  onward: Request,
  { timeoutMs, noStore }: ForwardOptions,
): Promise<Response> {
  try {
    const answer = send(target, onward, noStore)
    const response = await within(timeoutMs, answer, tooLate)
    // A status that is none (600, or 101 without a socket) cannot be passed on.
    const isAnswer = response.status >= 200 && response.status <= 599
    if (!isAnswer && !response.webSocket) throw new OriginFault('origin_unreachable')
    return response
  } catch (cause) {
    throw cause instanceof OriginFault ? cause : new OriginFault('origin_unreachable', cause)
  }
}

function send(target: OriginTarget, onward: Request, noStore: boolean): Promise<Response> {
  if (target.kind !== 'url') return target.fetcher.fetch(onward, PLAINLY)
  if (noStore) return fetch(onward, BYPASSING_CACHE)
  // What comes in is `manual` already; saying nothing saves reading the options.
  return onward.redirect === 'manual' ? fetch(onward) : fetch(onward, PLAINLY)
}

const tooLate = () => new OriginFault('origin_timeout')

// Without `manual`, `fetch` would follow a redirect itself and send the visitor's cookies along.
const PLAINLY: RequestInit = { redirect: 'manual' }
/**
 * What `cache: 'no-store'` tells the platform, without what that adds for the origin: `Cache-Control: no-cache` and `Pragma`,
 * upon which Express and others never answer 304.
 */
const BYPASSING_CACHE: RequestInit = { redirect: 'manual', cf: { cacheTtl: -1, cacheLevel: 'bypass' } }
