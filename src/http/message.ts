import { ERRORS, type ErrorCode } from '../errors.ts'
import type { Identity } from '../identity.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { type MessageKind, renderMessagePage } from '../ui/message-page.tsx'
import { textsFor } from '../ui/text/text.ts'
import { labelOf } from '../user/user.ts'
import type { Visit } from './visit.ts'

/** Which page stands for which code; the rest is a fault. */
const KINDS: Partial<Record<ErrorCode, MessageKind>> = {
  ambiguous_path: 'bad_request',
  invalid_request: 'bad_request',
  unsupported_media_type: 'unsupported',
  body_too_large: 'too_large',
  forbidden: 'forbidden',
  cross_site_request: 'forbidden',
  not_found: 'not_found',
  method_not_allowed: 'method_not_allowed',
  misdirected_request: 'misdirected',
  too_many_attempts: 'too_many',
  origin_unreachable: 'origin_unreachable',
  origin_timeout: 'origin_timeout',
}

/** An error as a page, in the visitor's language and the site's colours. */
export async function messagePage(
  services: Services,
  site: Site,
  visit: Visit,
  code: ErrorCode,
  options: { headers?: Record<string, string>; identity?: Identity | null } = {},
): Promise<Response> {
  const theme = await site.compiledTheme()
  const { identity = null, headers = {} } = options
  const signInAgain = code === 'forbidden' && identity !== null
  const next = encodeURIComponent(visit.url.pathname + visit.url.search)
  const body = renderMessagePage({
    texts: textsFor(visit.language),
    theme,
    kind: KINDS[code] ?? 'fault',
    userLabel: identity ? labelOf(identity) : null,
    loginHref: signInAgain ? `${services.settings.basePath}/login?switch=1&next=${next}` : null,
    homeHref: '/',
    retryAfterSeconds: headers['retry-after'] ? Number(headers['retry-after']) : null,
    requestId: visit.requestId,
  })
  return htmlResponse(body, { status: ERRORS[code].status, theme, headers, https: site.secure })
}
