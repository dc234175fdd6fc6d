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

/** What goes on to the origin: a visitor's request, under another address and with other headers. */
export interface Onward {
  readonly address: string
  readonly request: Request
  readonly headers: Headers
}

export interface ForwardOptions {
  /** Until the answer begins; how long it then takes is the origin's affair. */
  readonly timeoutMs: number
  /** Keeps the platform's cache out, for whatever carries an identity. */
  readonly noStore: boolean
}

/** Sends a request on as it is: bodies stream both ways, redirects stay the browser's, WebSockets pass. */
export async function forward(
  target: OriginTarget,
  onward: Onward,
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

/** Without `manual`, `fetch` would follow a redirect itself and send the visitor's cookies along. */
function send(
  target: OriginTarget,
  { address, request, headers }: Onward,
  noStore: boolean,
): Promise<Response> {
  const init: RequestInit = { headers, redirect: 'manual' }
  // A Worker behind a binding may read `request.cf`, which a copy of the request brings along.
  if (target.kind !== 'url') return target.fetcher.fetch(new Request(address, request), init)
  if (noStore) init.cf = BYPASSING_CACHE
  if (request.body !== null) return fetch(new Request(address, request), init)
  // Most have no body and need no copy, which would parse `request.cf` and copy the visitor's headers once more.
  init.method = request.method
  return fetch(address, init)
}

const tooLate = () => new OriginFault('origin_timeout')

/**
 * What `cache: 'no-store'` tells the platform, without what that adds for the origin: `Cache-Control: no-cache` and `Pragma`,
 * upon which Express and others never answer 304.
 */
const BYPASSING_CACHE = { cacheTtl: -1, cacheLevel: 'bypass' }
