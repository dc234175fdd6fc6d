import type { Somebody } from '../gate/protect.ts'
import type { Visit } from '../http/visit.ts'
import { cutCookies } from '../origin/cut-cookies.ts'
import type { Services, Site } from '../services.ts'
import { OWN_COOKIE_NAMES } from '../session/cookie.ts'
import { carriesOurs } from '../token/credentials.ts'
import { tell, toldBefore } from '../token/told.ts'

/**
 * "Let it pass", with what the proxy must put in the place of the visitor's own headers. Every name is there, empty where there is nothing
 * to say: a proxy that copies only what it finds would hand on what the visitor wrote (CVE-2026-30851). Among them are `Cookie`
 * without ours and `Authorization` without what was meant for us.
 */
export async function allow(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Somebody | null,
  finish: (headers: Headers) => void,
): Promise<Response> {
  const received = visit.request.headers
  const headers = new Headers()
  headers.set('cookie', cutCookies(received.get('cookie') ?? '', OWN_COOKIE_NAMES))
  headers.set('authorization', isForUs(received, site, visitor) ? '' : (received.get('authorization') ?? ''))
  for (const name of site.identityNames) headers.set(name, '')
  const told = visitor ? (toldBefore(services, visitor) ?? (await tell(services, site, visit, visitor))) : []
  for (const [name, value] of told) headers.set(name, value)
  // The runtime sends empty headers, but not under these names; a proxy that must find them finds them here.
  for (const name of ['cookie', 'authorization']) headers.set(`x-edgegate-${name}`, headers.get(name) ?? '')
  finish(headers)
  // Marks the one answer that lets a request pass, so that no other 2xx (of a network in between, say) is taken for it.
  headers.set('x-edgegate-decision', 'allow')
  headers.set('x-request-id', visit.requestId)
  headers.set('cache-control', 'no-store')
  return new Response(null, { status: 200, headers })
}

/** Where nobody was recognised the header has not been looked at. */
function isForUs(received: Headers, site: Site, visitor: Somebody | null): boolean {
  const header = received.get('authorization')
  return header !== null && (visitor?.usedAuthorization ?? carriesOurs(header, site))
}
