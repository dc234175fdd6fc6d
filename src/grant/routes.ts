import * as v from 'valibot'
import { ERRORS, type ErrorCode } from '../errors.ts'
import { type FieldError, readForm, readJson } from '../http/body.ts'
import { challenge } from '../http/challenge.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { TOKENS } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { giveTokens, renewTokens, type TokenPair } from './give.ts'
import { INTROSPECTION_SCOPE, introspect, mayIntrospect } from './introspect.ts'
import { revokeToken } from './revoke.ts'
import { readTokenRequest, TOKEN_REQUEST } from './token-request.ts'

export const grantRoutes: readonly Route[] = [
  {
    path: '/api/token',
    kind: 'api',
    POST: postToken,
    describe: {
      POST: {
        summary: 'Tokens for a program, for a password or a refresh token',
        body: () => TOKEN_REQUEST,
        isFormToo: true,
        answers: { 200: () => TOKENS },
      },
    },
  },
  {
    path: '/api/token/revoke',
    kind: 'api',
    POST: postRevoke,
    describe: {
      POST: {
        summary: 'End what a token belongs to (RFC 7009)',
        body: () => REVOCATION,
        isFormToo: true,
        answers: { 200: null },
      },
    },
  },
  {
    path: '/api/token/introspect',
    kind: 'api',
    POST: postIntrospect,
    describe: {
      POST: {
        summary: 'What a token is (RFC 7662)',
        needs: 'service',
        body: () => REVOCATION,
        isFormToo: true,
        answers: { 200: () => v.looseObject({ active: v.boolean() }) },
      },
    },
  },
]

/** The tokens of a program, for a name and a password or for a refresh token. Reads no cookie and sets none. */
async function postToken(services: Services, site: Site, visit: Visit): Promise<Response> {
  const request = await readTokenRequest(visit.request)
  if (!request.ok) return problem(site, visit, request.code, { errors: request.errors })
  switch (request.value.kind) {
    case 'unsupported':
      return problem(site, visit, 'unsupported_grant_type')
    case 'bad_scope':
      return problem(site, visit, 'invalid_scope')
    case 'password': {
      if (!services.settings.tokens.password) return problem(site, visit, 'unsupported_grant_type')
      const given = await giveTokens(services, site, visit, request.value)
      if (given.kind === 'wrong_credentials') return problem(site, visit, 'invalid_grant')
      if (given.kind === 'wrong') return problem(site, visit, 'wrong_second_factor')
      if (given.kind === 'second_factor')
        return problem(site, visit, 'second_factor_required', { members: { ways: given.ways } })
      if (given.kind === 'throttled') {
        const headers = { 'retry-after': String(given.retryAfterSeconds) }
        return problem(site, visit, 'too_many_attempts', { headers })
      }
      return tokensJson(site, given.pair)
    }
    case 'refresh': {
      if (await isOverVolume(services, visit))
        return problem(site, visit, 'too_many_attempts', { headers: { 'retry-after': '60' } })
      const renewed = await renewTokens(services, site, visit, request.value)
      if (renewed.kind === 'refused') return problem(site, visit, 'invalid_grant')
      if (renewed.kind === 'too_much_scope') return problem(site, visit, 'invalid_scope')
      return tokensJson(site, renewed.pair)
    }
  }
}

const REVOCATION = v.strictObject({
  token: v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'), v.maxLength(8192, 'is too long')),
  token_type_hint: v.optional(v.string('must be text')),
})

/** RFC 7009: 200 for what was a token and for what was none. */
async function postRevoke(services: Services, site: Site, visit: Visit): Promise<Response> {
  const body = await readTokenField(visit.request)
  if (!body.ok) return problem(site, visit, body.code, { errors: body.errors })
  await revokeToken(services, site, visit, body.value)
  return emptyResponse(200, { secure: site.secure })
}

/** RFC 7662, for service accounts with the scope `introspect`. */
async function postIntrospect(services: Services, site: Site, visit: Visit): Promise<Response> {
  const may = await mayIntrospect(services, site, visit)
  if (may === 'unknown')
    return challenge(services, site, visit, 'credential_refused', { parameters: 'error="invalid_token"' })
  if (may === 'lacks_scope') {
    const needs = `Bearer realm="${site.host}", error="insufficient_scope", scope="${INTROSPECTION_SCOPE}"`
    return problem(site, visit, 'insufficient_scope', { headers: { 'www-authenticate': needs } })
  }
  const body = await readTokenField(visit.request)
  if (!body.ok) return problem(site, visit, body.code, { errors: body.errors })
  return jsonResponse(await introspect(services, site, visit, body.value), { secure: site.secure })
}

/** `token` of a form, as the RFCs have it, or of JSON. */
async function readTokenField(request: Request) {
  if (request.headers.get('content-type')?.startsWith('application/json')) {
    const body = await readJson(request, REVOCATION)
    return body.ok ? { ok: true as const, value: body.value.token } : body
  }
  const form = await readForm(request)
  if (!form.ok) return form
  const parsed = v.safeParse(REVOCATION.entries.token, form.value.get('token'))
  return parsed.success
    ? { ok: true as const, value: parsed.output }
    : { ok: false as const, code: 'invalid_request' as const, errors: TOKEN_MISSING }
}

const TOKEN_MISSING: readonly FieldError[] = [
  { field: 'token', code: 'invalid', message: 'must be a token of at most 8192 characters' },
]

/** RFC 6749 section 5.1. */
function tokensJson({ secure }: Site, pair: TokenPair): Response {
  return jsonResponse(
    {
      access_token: pair.accessToken,
      token_type: 'Bearer',
      expires_in: pair.expiresInSeconds,
      refresh_token: pair.refreshToken,
      scope: pair.scopes.join(' '),
    },
    { secure },
  )
}

/** Our problem+json with the member that OAuth clients look at (RFC 6749 section 5.2). */
function problem(
  { secure }: Site,
  { requestId }: Visit,
  code: ErrorCode,
  more: {
    readonly headers?: HeadersInit
    readonly errors?: readonly FieldError[] | undefined
    readonly members?: Readonly<Record<string, readonly string[]>>
  } = {},
): Response {
  const { errors, members, ...rest } = more
  const detail = ERRORS[code].fix
  const error = OAUTH_CODES[code] ?? 'invalid_request'
  return problemResponse(code, {
    ...rest,
    ...(errors ? { errors } : {}),
    detail,
    members: { ...members, error, error_description: detail },
    requestId,
    secure,
  })
}

/** Codes that RFC 6749 has as well; what else is wrong is wrong with the request. */
const OAUTH_CODES: Partial<Record<ErrorCode, string>> = {
  invalid_grant: 'invalid_grant',
  wrong_second_factor: 'invalid_grant',
  // No RFC has a name for it; this one is what Auth0 and others say.
  second_factor_required: 'mfa_required',
  invalid_scope: 'invalid_scope',
  unsupported_grant_type: 'unsupported_grant_type',
  too_many_attempts: 'temporarily_unavailable',
}
