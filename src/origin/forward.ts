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
  const init: RequestInit = {
    method: request.method,
    headers,
    // Without this `fetch` would follow a redirect itself and send the visitor's cookies along.
    redirect: 'manual',
  }
  if (noStore && target.kind === 'url') init.cache = 'no-store'
  const address = addressAt(target, url)
  try {
    return await within(timeoutMs, send(target, request, address, init))
  } catch (cause) {
    throw cause instanceof OriginFault ? cause : new OriginFault('origin_unreachable', cause)
  }
}

function send(target: OriginTarget, request: Request, address: string, init: RequestInit): Promise<Response> {
  if (request.body !== null) {
    if (request.method === 'GET' || request.method === 'HEAD') {
      // `fetch(address, { body })` refuses a GET with a body, which is legal and in use; a copy of the request carries it.
      const onward = new Request(new Request(address, request), init)
      return target.kind === 'url' ? fetch(onward) : target.fetcher.fetch(onward)
    }
    init.body = request.body
  }
  return target.kind === 'url' ? fetch(address, init) : target.fetcher.fetch(address, init)
}

/**
 * The answer, if it begins in time. A timer and no `AbortSignal`: with one the runtime keeps the request's context awake for as
 * long as the body flows, which costs a fifth of the throughput. An answer that comes too late is dropped with the context.
 */
async function within(timeoutMs: number, answer: Promise<Response>): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OriginFault('origin_timeout')), timeoutMs)
  })
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
