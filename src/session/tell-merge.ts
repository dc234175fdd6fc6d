import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from './known.ts'
import type { SessionRecord } from './record.ts'

/** The store takes a while to say that a site has been told. Until then an isolate asks the database no more often than this. */
const ASK_AGAIN_MS = 10_000
const askAgainAt = new WeakMap<SessionRecord, number>()

/**
 * Whether this request may tell the site of a merged guest: pages and what scripts ask for. Pictures, styles and the like are often served
 * by something that reads no assertion.
 */
export function owesMerge(
  { now }: Services,
  visit: Visit,
  session: LiveSession | null,
): session is LiveSession {
  if (session === null || session.record.mergedFrom === null) return false
  if (now() < (askAgainAt.get(session.record) ?? 0)) return false
  if (visit.kind !== 'navigation' && visit.kind !== 'script') return false
  const destination = visit.request.headers.get('sec-fetch-dest')
  return destination === null || ['document', 'empty', 'iframe'].includes(destination)
}

/**
 * Sends a request that may carry `merged_from`. Of several at once one does; the others go as usual. A site that does not answer, or with a
 * fault of its own, hears of it in the next one. So it is in exactly one request that was answered below 500; in none only if the Worker
 * dies between asking and hearing.
 */
export async function tellingMerge(
  services: Services,
  visit: Visit,
  session: LiveSession,
  send: (merged: { readonly mergedFrom?: string }) => Promise<Response>,
): Promise<Response> {
  const { guestMerges, sessions, now } = services
  const { mergedFrom } = session.record
  if (mergedFrom === null || !(await isMine(services, visit, session.record, mergedFrom)))
    return await send({})
  let response: Response | null = null
  try {
    response = await send({ mergedFrom })
    return response
  } finally {
    if (response === null || response.status >= 500) await guestMerges.putBack(mergedFrom)
    else {
      askAgainAt.set(session.record, now() + ASK_AGAIN_MS)
      visit.later(sessions.save(session, { mergedFrom: null }).catch(() => undefined))
    }
  }
}

async function isMine(
  { guestMerges, now, log }: Services,
  { requestId }: Visit,
  record: SessionRecord,
  guestId: string,
): Promise<boolean> {
  try {
    const claimed = await guestMerges.claim(guestId, record.lineage, now())
    if (!claimed) askAgainAt.set(record, now() + ASK_AGAIN_MS)
    return claimed
  } catch (fault) {
    // Nothing that the visitor asked for depends on it, and the next request tells.
    log({ level: 'warn', event: 'merge.claim_failed', requestId, error: String(fault) })
    return false
  }
}
