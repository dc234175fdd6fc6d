import { addressAt, type OriginTarget } from './target.ts'

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

/** Sends a request on as it is: bodies stream both ways, redirects stay the browser's, WebSockets pass. */
export async function forward(
  target: OriginTarget,
  request: Request,
  url: URL,
  headers: Headers,
  { timeoutMs, noStore }: ForwardOptions,
): Promise<Response> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  const init: RequestInit = {
    method: request.method,
    headers,
    // Without this `fetch` would follow a redirect itself and send the visitor's cookies along.
    redirect: 'manual',
    signal: timeout.signal,
    ...(request.body === null || isBodiless(request.method) ? {} : { body: request.body }),
    ...(noStore && target.kind === 'url' ? { cache: 'no-store' } : {}),
  }
  try {
    const address = addressAt(target, url)
    // `fetch(address, { body })` refuses a GET with a body, which is legal and in use; a copy of the request carries it.
    const onward =
      request.body !== null && isBodiless(request.method)
        ? new Request(new Request(address, request), init)
        : null
    if (target.kind === 'url') return await (onward ? fetch(onward) : fetch(address, init))
    return await (onward ? target.fetcher.fetch(onward) : target.fetcher.fetch(address, init))
  } catch (cause) {
    throw new OriginFault(timeout.signal.aborted ? 'origin_timeout' : 'origin_unreachable', cause)
  } finally {
    clearTimeout(timer)
  }
}

function isBodiless(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
