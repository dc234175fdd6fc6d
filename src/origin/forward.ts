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
    headers,
    // Without this `fetch` would follow a redirect itself and send the visitor's cookies along.
    redirect: 'manual',
  }
  if (noStore && target.kind === 'url') init.cf = BYPASS_CACHE
  const address = addressAt(target, url)
  try {
    const response = await within(timeoutMs, send(target, request, address, init))
    // A status that is none (600, or 101 without a socket) cannot be passed on.
    const isAnswer = response.status >= 200 && response.status <= 599
    if (!isAnswer && !response.webSocket) throw new OriginFault('origin_unreachable')
    return response
  } catch (cause) {
    throw cause instanceof OriginFault ? cause : new OriginFault('origin_unreachable', cause)
  }
}

/**
 * What `cache: 'no-store'` tells the platform, without what that adds for the origin: `Cache-Control: no-cache` and `Pragma`,
 * upon which Express and others never answer 304.
 */
const BYPASS_CACHE = { cacheTtl: -1, cacheLevel: 'bypass' } as const

function send(target: OriginTarget, request: Request, address: string, init: RequestInit): Promise<Response> {
  if (request.body !== null) {
    if (request.method === 'GET' || request.method === 'HEAD') {
      // A GET with a body is legal and in use, and refused where `init` names the method; a copy of the request carries both.
      const onward = new Request(new Request(address, request), init)
      return target.kind === 'url' ? fetch(onward) : target.fetcher.fetch(onward)
    }
    init.body = request.body
  }
  init.method = request.method
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
