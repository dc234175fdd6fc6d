import type { SiteSettings } from '../config/settings.ts'
import type { Address } from '../gate/canonical-url.ts'
import { emptyResponse } from './json.ts'
import { problemResponse } from './problem.ts'
import type { Visit } from './visit.ts'

/** `request.url` has the scheme that the visitor used, also where the platform ends TLS. Nothing leaves a loopback address. */
export function isUnencrypted(site: SiteSettings, { protocol }: Address): boolean {
  return protocol === 'http:' && site.secure && !site.local
}

/**
 * Plain http on a site of https. A browser is sent over; a program must be told, as a redirect would hide from it that it sends its
 * credentials in the clear each time.
 */
export function askForHttps({ site, request, url, kind, requestId }: Visit): Response {
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  if (kind !== 'navigation' || !isReading)
    return problemResponse('https_required', { requestId, secure: false })
  const location = site.publicOrigin + url.pathname + url.search
  return emptyResponse(308, { headers: { location }, secure: false })
}
