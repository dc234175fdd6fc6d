import { ERRORS, type ErrorCode } from '../errors.ts'
import type { DenialReason } from '../hooks/hooks.ts'
import { challenge, challengeMore } from '../http/challenge.ts'
import { emptyResponse } from '../http/json.ts'
import { messagePage } from '../http/message.ts'
import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import type { Services, Site } from '../services.ts'
import { isBearer } from '../token/bearer.ts'
import { invalidToken } from '../token/view.ts'
import type { Refusal } from './decide.ts'
import { loginLocation } from './next.ts'
import type { Rule } from './rule.ts'
import { type WayBack, wayBack } from './way-back.ts'

export type Refused =
  | { readonly reason: 'ambiguous_path' }
  | { readonly reason: 'throttled'; readonly rule: Rule }
  | { readonly reason: 'credential_refused'; readonly because: string; readonly rule: Rule }
  | (Refusal & { readonly rule: Rule; readonly identity: Identity | null })

/** Answers a request that may not pass: a page or a redirect for a navigation, problem+json for everything else. */
export async function refuse(
  services: Services,
  site: Site,
  visit: Visit,
  refused: Refused,
): Promise<Response> {
  return (await denied(services, site, visit, refused)) ?? (await answer(services, site, visit, refused))
}

async function answer(services: Services, site: Site, visit: Visit, refused: Refused): Promise<Response> {
  switch (refused.reason) {
    case 'ambiguous_path':
      return await refusal(services, site, visit, 'ambiguous_path')
    case 'throttled':
      return await refusal(services, site, visit, 'too_many_attempts', { 'retry-after': '60' })
    case 'credential_refused': {
      const news = ENDED.get(refused.because)
      if (news) return await askToSignIn(services, site, visit, refused.rule, news)
      const parameters = invalidToken(refused.because)
      return challenge(services, site, visit, 'credential_refused', { parameters })
    }
    case 'not_authenticated':
      return await askToSignIn(services, site, visit, refused.rule, null)
    case 'forbidden':
      return await refusal(services, site, visit, 'forbidden', {}, refused.identity)
    case 'insufficient_scope':
      return await lackOfScope(services, site, visit, refused.scopes, refused.identity)
    case 'second_factor':
    case 'not_fresh':
      return await askForMore(services, site, visit, refused)
  }
}

/** Sessions that ended in a way their owner should hear of, and what the login page says (login/page.tsx). */
const ENDED: ReadonlyMap<string, string> = new Map([
  ['client_changed', 'session_ended'],
  ['account_disabled', 'session_ended'],
  ['remember_stolen', 'remember_stolen'],
])

/** Nobody is known: to the login page, or 401, or whatever the rule says instead. */
async function askToSignIn(
  services: Services,
  site: Site,
  visit: Visit,
  rule: Rule,
  news: string | null,
): Promise<Response> {
  if (rule.deny === 403) return await refusal(services, site, visit, 'forbidden')
  if (rule.deny === 404) return await refusal(services, site, visit, 'not_found')
  if (rule.deny === 'login' && visit.kind === 'navigation') {
    return sendTo('login', services, site, await wayBack(services, visit, null), news)
  }
  return challenge(services, site, visit, 'not_authenticated')
}

/** Somebody is known and must show more, or show it again (RFC 9470). */
async function askForMore(
  services: Services,
  site: Site,
  visit: Visit,
  asked: Extract<Refused, { readonly reason: 'not_fresh' | 'second_factor' }>,
): Promise<Response> {
  const { rule, identity, reason } = asked
  // Whoever came by a token has no session to confirm: the program behind it signs in again.
  const isByToken = isBearer(visit.request.headers.get('authorization') ?? '')
  if (rule.deny === 'login' && visit.kind === 'navigation' && !isByToken) {
    const page = reason === 'second_factor' ? 'mfa' : 'reauth'
    return sendTo(page, services, site, await wayBack(services, visit, identity?.id ?? null), null)
  }
  return challengeMore(services, site, visit, asked)
}

/** A token that is good, but not for this (RFC 6750 section 3.1). */
async function lackOfScope(
  services: Services,
  site: Site,
  visit: Visit,
  scopes: readonly string[],
  identity: Identity | null,
): Promise<Response> {
  const needed = scopes.length > 0 ? `, scope="${scopes.join(' ')}"` : ''
  const needs = `Bearer realm="${site.host}", error="insufficient_scope"${needed}`
  return await refusal(services, site, visit, 'insufficient_scope', { 'www-authenticate': needs }, identity)
}

async function refusal(
  services: Services,
  site: Site,
  visit: Visit,
  code: ErrorCode,
  headers: Record<string, string> = {},
  identity: Identity | null = null,
): Promise<Response> {
  if (visit.kind === 'navigation')
    return await messagePage(services, site, visit, code, { headers, identity })
  return problemResponse(code, {
    headers,
    requestId: visit.requestId,
    secure: site.secure,
    detail: ERRORS[code].fix,
  })
}

/** To a page of ours, and from there back. */
function sendTo(
  page: 'login' | 'reauth' | 'mfa',
  { settings: { basePath } }: Services,
  { secure }: Site,
  { next, lost }: WayBack,
  news: string | null,
): Response {
  const base = loginLocation(basePath, next).replace(`${basePath}/login`, `${basePath}/${page}`)
  const query = [...(news === null ? [] : [`news=${news}`]), ...(lost ? ['post=lost'] : [])].join('&')
  const location = query === '' ? base : `${base}${base.includes('?') ? '&' : '?'}${query}`
  return emptyResponse(302, { headers: { location }, secure })
}

/** Audit and hook. Only refusals of somebody known are stored: strangers could fill the table. */
async function denied(
  services: Services,
  site: Site,
  visit: Visit,
  refused: Refused,
): Promise<Response | null> {
  if (refused.reason === 'ambiguous_path' || refused.reason === 'throttled') return null
  const identity = 'identity' in refused ? refused.identity : null
  const reason: DenialReason = refused.reason
  const event = {
    event: 'access.denied',
    site: site.key,
    userId: identity?.id ?? null,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: {
      reason,
      ...('because' in refused ? { because: refused.because } : {}),
      method: visit.request.method,
      path: visit.url.pathname.slice(0, 512),
      rule: refused.rule.path,
    },
  } as const
  if (identity && identity.kind !== 'guest' && reason === 'forbidden')
    visit.later(services.audit.statement(event).run())
  else services.audit.logOnly(event)
  const { onDenied } = services.settings.hooks
  if (!onDenied) return null
  try {
    const said = await onDenied({
      request: visit.request,
      reason,
      identity,
      site: site.key,
      requestId: visit.requestId,
    })
    if (!(said instanceof Response)) return null
    // A body that somebody holds would fail only when it is sent, after the headers.
    if (said.status < 200 || said.status > 599 || said.bodyUsed || said.body?.locked)
      throw new TypeError('the answer has no status that can be sent, or its body is in use')
    return new Response(said.body, said)
  } catch (error) {
    services.log({
      level: 'error',
      event: 'hook.failed',
      hook: 'onDenied',
      requestId: visit.requestId,
      error: String(error),
    })
    return null
  }
}
