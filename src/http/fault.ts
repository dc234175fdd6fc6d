import { type ErrorCode, Fault } from '../errors.ts'
import { OriginFault } from '../origin/forward.ts'
import { HasherBusy } from '../password/hash.ts'
import type { Services, Site } from '../services.ts'
import { messagePage } from './message.ts'
import { problemResponse } from './problem.ts'
import type { Visit } from './visit.ts'

/** The one place where faults become answers: closed, with a code for the visitor and the cause for the log. */
export async function answerFault(
  services: Services,
  site: Site,
  visit: Visit,
  error: unknown,
): Promise<Response> {
  const { code, retryAfterSeconds } = describe(error)
  services.log({
    level: 'error',
    event: 'fault',
    code,
    site: site.key,
    requestId: visit.requestId,
    method: visit.request.method,
    path: visit.url.pathname.slice(0, 512),
    error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    cause: error instanceof Error && error.cause !== undefined ? String(error.cause) : undefined,
  })
  const headers: Record<string, string> =
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  if (visit.kind === 'navigation') return await messagePage(services, site, visit, code, { headers })
  return problemResponse(code, { headers, requestId: visit.requestId, secure: site.secure })
}

/**
 * KV and D1 report their troubles as plain `Error`s. A TypeError or its like is a mistake of ours. Neither lets anybody in.
 */
function describe(error: unknown): { readonly code: ErrorCode; readonly retryAfterSeconds: number | null } {
  if (error instanceof Fault) return error
  if (error instanceof OriginFault) return { code: error.code, retryAfterSeconds: null }
  if (error instanceof HasherBusy) return { code: 'busy', retryAfterSeconds: 2 }
  const isOurMistake =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  return isOurMistake
    ? { code: 'internal_error', retryAfterSeconds: null }
    : { code: 'storage_unavailable', retryAfterSeconds: 5 }
}
