import { seeOther, textsOf } from '../http/page.ts'
import type { Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { toBase64Url } from '../lib/encoding.ts'
import { once } from '../lib/once.ts'
import type { Services, Site } from '../services.ts'
import { currentUser } from '../session/current.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { renderMessagePage } from '../ui/message-page.tsx'
import { labelOf } from '../user/user.ts'
import { RELOGIN } from './script.ts'

export const reloginRoutes: readonly Route[] = [
  { path: '/assets/relogin.js', kind: 'api', GET: showScript },
  { path: '/signed-in', kind: 'page', GET: showSignedIn },
]

const etagOf = once(async () => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(RELOGIN))
  return `"${toBase64Url(new Uint8Array(digest)).slice(0, 22)}"`
})

const HOUR = 'public, max-age=3600, stale-while-revalidate=86400'
const YEAR = 'public, max-age=31536000, immutable'

/** The same text for everybody: the one answer of the gateway's own that other sites may include and caches may keep. */
async function showScript(_services: Services, _site: Site, visit: Visit): Promise<Response> {
  const etag = await etagOf()
  const headers = {
    'Content-Type': 'text/javascript; charset=utf-8',
    // An address with a version is never asked for again with another content.
    'Cache-Control': visit.query.has('v') ? YEAR : HOUR,
    ETag: etag,
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Access-Control-Allow-Origin': '*',
  }
  const isKnown = visit.request.headers.get('if-none-match')?.includes(etag) ?? false
  return new Response(isKnown ? null : RELOGIN, { status: isKnown ? 304 : 200, headers })
}

/** Where a sign-in ends that was made in a window of its own. */
async function showSignedIn(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { basePath } = services.settings
  const visitor = await currentUser(services, visit)
  if (!visitor) return seeOther(site, `${basePath}/login?next=${encodeURIComponent(`${basePath}/signed-in`)}`)
  const theme = await site.compiledTheme()
  const body = renderMessagePage({
    texts: textsOf(visit),
    theme,
    kind: 'signed_in',
    userLabel: labelOf(visitor.identity),
    loginHref: null,
    homeHref: null,
    retryAfterSeconds: null,
    requestId: null,
  })
  return htmlResponse(body, { theme, https: site.secure })
}
