import * as v from 'valibot'
import { type Body, readForm, readJson } from '../http/body.ts'
import { readScope } from '../lib/scope.ts'

/** What a token request asks for. `scopes: null`: it says nothing of them. */
export type TokenRequest =
  | {
      readonly kind: 'password'
      readonly identifier: string
      readonly password: string
      /** A code of an authenticator app or a recovery code, for an account that has a second factor. */
      readonly otp: string | null
      readonly clientId: string
      readonly scopes: readonly string[] | null
    }
  | { readonly kind: 'refresh'; readonly token: string; readonly scopes: readonly string[] | null }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'bad_scope' }

const text = (longest: number) =>
  v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'), v.maxLength(longest, 'is too long'))

/** The members of the JSON form; OAuth clients send the same as a form, with `username` for `identifier` (RFC 6749 section 4.3). */
export const TOKEN_REQUEST = v.pipe(
  v.strictObject({
    grant_type: v.optional(
      v.pipe(text(64), v.description('`password` or `refresh_token`; told by the other members.')),
    ),
    identifier: v.optional(text(320)),
    password: v.optional(text(4096)),
    otp: v.optional(
      v.pipe(
        text(100),
        v.description('A code of the authenticator app or a recovery code, where the account has one.'),
      ),
    ),
    refresh_token: v.optional(text(256)),
    scope: v.optional(v.pipe(v.string('must be text'), v.maxLength(2200, 'is too long'))),
    client_id: v.optional(
      v.pipe(
        v.string('must be text'),
        v.regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ -'),
        v.description('What the program calls itself: shown to the user in the list of sign-ins.'),
      ),
    ),
  }),
  v.check(
    ({ identifier, password, otp, refresh_token }) =>
      refresh_token === undefined
        ? identifier !== undefined && password !== undefined
        : identifier === undefined && password === undefined && otp === undefined,
    'must hold identifier and password, or refresh_token',
  ),
)

/** Reads a token request in either of its two forms. */
export async function readTokenRequest(request: Request): Promise<Body<TokenRequest>> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    const body = await readJson(request, TOKEN_REQUEST)
    return body.ok ? { ok: true, value: requestOf(body.value) } : body
  }
  const form = await readForm(request)
  if (!form.ok) return form
  const { username, identifier = username, ...rest } = Object.fromEntries(form.value)
  // Other fields are for other servers (RFC 6749 section 3.2: unrecognized ones must be ignored).
  const known = Object.fromEntries(Object.entries({ identifier, ...rest }).filter(isKnown))
  const parsed = v.safeParse(TOKEN_REQUEST, known)
  return parsed.success
    ? { ok: true, value: requestOf(parsed.output) }
    : { ok: false, code: 'invalid_request' }
}

const MEMBERS = Object.keys(TOKEN_REQUEST.entries)

/** RFC 6749 section 3.2: what is sent without a value is not sent. */
function isKnown([name, value]: [string, string | undefined]): boolean {
  return value !== undefined && value !== '' && MEMBERS.includes(name)
}

function requestOf(said: v.InferOutput<typeof TOKEN_REQUEST>): TokenRequest {
  const { grant_type, identifier, password, otp, refresh_token, scope, client_id } = said
  const given = refresh_token === undefined ? 'password' : 'refresh_token'
  if (grant_type !== undefined && grant_type !== given) return { kind: 'unsupported' }
  const scopes = scope === undefined ? null : readScope(scope)
  if (scopes === null && scope !== undefined) return { kind: 'bad_scope' }
  if (refresh_token !== undefined) return { kind: 'refresh', token: refresh_token, scopes }
  return {
    kind: 'password',
    identifier: identifier ?? '',
    password: password ?? '',
    otp: otp ?? null,
    clientId: client_id ?? 'unnamed',
    scopes,
  }
}
