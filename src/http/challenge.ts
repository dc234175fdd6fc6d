import type { ErrorCode } from '../errors.ts'
import type { Services, Site } from '../services.ts'
import { problemResponse } from './problem.ts'
import type { Visit } from './visit.ts'

/** 401 with the challenge of RFC 6750 and, as `login_url`, the page where a person answers it. */
export function challenge(
  services: Services,
  site: Site,
  visit: Visit,
  code: Extract<ErrorCode, 'not_authenticated' | 'credential_refused' | 'insufficient_user_authentication'>,
  options: { readonly parameters?: string; readonly page?: 'login' | 'reauth' } = {},
): Response {
  const { parameters, page = 'login' } = options
  const realm = `Bearer realm="${site.host}"`
  return problemResponse(code, {
    headers: { 'www-authenticate': parameters ? `${realm}, ${parameters}` : realm },
    members: { login_url: `${site.publicOrigin}${services.settings.basePath}/${page}` },
    requestId: visit.requestId,
    secure: site.secure,
  })
}

/** Somebody is known, and must have shown who they are within `maxAgeSeconds` (RFC 9470). */
export function challengeFreshness(
  services: Services,
  site: Site,
  visit: Visit,
  maxAgeSeconds: number,
): Response {
  const parameters = `error="insufficient_user_authentication", max_age=${maxAgeSeconds}`
  return challenge(services, site, visit, 'insufficient_user_authentication', { parameters, page: 'reauth' })
}
