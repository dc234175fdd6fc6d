import type { ErrorCode } from '../errors.ts'
import { MFA } from '../factor/policy.ts'
import type { Services, Site } from '../services.ts'
import { problemResponse } from './problem.ts'
import type { Visit } from './visit.ts'

/** 401 with the challenge of RFC 6750 and, as `login_url`, the page where a person answers it. */
export function challenge(
  services: Services,
  site: Site,
  visit: Visit,
  code: Extract<ErrorCode, 'not_authenticated' | 'credential_refused' | 'insufficient_user_authentication'>,
  options: { readonly parameters?: string; readonly page?: 'login' | 'reauth' | 'mfa' } = {},
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

/** What a rule or an action asks of somebody who is known: to have shown enough, within `maxAgeSeconds` (`null`: at any time). */
export interface Missing {
  readonly reason: 'not_fresh' | 'second_factor'
  readonly maxAgeSeconds: number | null
}

/** Somebody is known and must show more, or show it again (RFC 9470). */
export function challengeMore(
  services: Services,
  site: Site,
  visit: Visit,
  { reason, maxAgeSeconds }: Missing,
): Response {
  const parameters = [
    'error="insufficient_user_authentication"',
    ...(reason === 'second_factor' ? [`acr_values="${MFA}"`] : []),
    ...(maxAgeSeconds === null ? [] : [`max_age=${maxAgeSeconds}`]),
  ].join(', ')
  return challenge(services, site, visit, 'insufficient_user_authentication', {
    parameters,
    page: reason === 'second_factor' ? 'mfa' : 'reauth',
  })
}
