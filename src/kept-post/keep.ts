import { mediaType, readBytes } from '../http/body.ts'
import { isFromOwnPages } from '../http/same-site.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import { isOverVolume } from '../session/guest.ts'
import { isToken, newToken } from '../session/token.ts'
import { KEPT_SECONDS } from './kept-posts.ts'

const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data']

/**
 * Keeps the form post of a visit that is being refused. Answers its id, or `null` for what is not kept: the visitor must then be told.
 * Never one that another site may have sent: it would be shown to the visitor as their own work.
 */
export async function keepPost(
  services: Services,
  visit: Visit,
  /** Who is asked to confirm; `null` where nobody was recognised. */
  knownUserId: string | null,
): Promise<string | null> {
  const { keptPosts, sessions, audit, log } = services
  const { request, site } = visit
  const contentType = request.headers.get('content-type')
  if (!keptPosts || contentType === null || !FORMS.includes(mediaType(request) ?? '')) return null
  if (!isFromOwnPages(request.headers, site.publicOrigin) || request.bodyUsed) return null
  if (Number(request.headers.get('content-length') ?? 0) > keptPosts.maxBytes) return null
  try {
    if (await isOverVolume(services, visit)) return null
    const body = await readBytes(request, keptPosts.maxBytes)
    if (typeof body === 'string') return null
    const cookies = request.headers.get('cookie')
    const formerToken = readCookie(cookies, visit.cookies.session)
    const userId = knownUserId ?? (formerToken && (await sessions.formerUser(formerToken, visit)))
    // One secret for all forms of a browser: many tabs can be at the login page at once.
    const presented = readCookie(cookies, visit.cookies.kept)
    const browser = presented !== null && isToken(presented) ? presented : newToken()
    const target = visit.url.pathname + visit.url.search
    const post = { target, contentType, from: pageBefore(visit), body }
    const id = await keptPosts.keep(post, { site: site.key, browser, userId, network: visit.network() })
    if (id === null) return null
    visit.setCookie(visit.cookies.kept, browser, KEPT_SECONDS)
    audit.logOnly(postEvent('post.kept', visit, userId))
    return id
  } catch (error) {
    // The refusal itself stands and is answered.
    log({ level: 'error', event: 'post.keep_failed', requestId: visit.requestId, error: String(error) })
    return null
  }
}

/** The page with the form: a path of this site. */
export function pageBefore({ request, site }: Visit): string | null {
  const referer = URL.parse(request.headers.get('referer') ?? '')
  return referer?.origin === site.publicOrigin ? referer.pathname + referer.search : null
}

export function postEvent(
  event: 'post.kept' | 'post.sent' | 'post.discarded',
  visit: Visit,
  userId: string | null,
) {
  return {
    event,
    site: visit.site.key,
    userId,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: {},
  } as const
}
