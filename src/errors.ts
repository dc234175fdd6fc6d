/**
 * Every public error code, once: docs/errors.md is generated from this table and answers take status and title from it.
 * A code never changes its meaning. `fix` tells the reader of the docs what to do.
 */
export const ERRORS = {
  ambiguous_path: {
    status: 400,
    title: 'The path can be read in more than one way',
    fix: 'Servers disagree on what this path means and the readings fall under different rules. Ask for the plain path.',
  },
  invalid_request: {
    status: 400,
    title: 'The request is malformed',
    fix: 'Look at `detail` and `errors`; send the fields of the documented types.',
  },
  invalid_json: { status: 400, title: 'The body is not valid JSON', fix: 'Send one JSON object as UTF-8.' },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not accepted here',
    fix: 'The API takes `application/json`, the pages take `application/x-www-form-urlencoded`.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    fix: 'Send less; sign-in bodies end at 64 KiB.',
  },
  not_authenticated: {
    status: 401,
    title: 'Sign-in needed',
    fix: 'Open `login_url` in a browser, or sign in through `POST /auth/api/login`, then repeat the request.',
  },
  wrong_credentials: {
    status: 401,
    title: 'Wrong name or password',
    fix: 'The same answer stands for an unknown account, a wrong password and a disabled account.',
  },
  credential_refused: {
    status: 401,
    title: 'The credential was refused',
    fix: 'The request carried a credential that is not valid. It is never replaced by a weaker one: remove or renew it.',
  },
  invalid_grant: {
    status: 400,
    title: 'The credentials or the refresh token were not accepted',
    fix: 'One answer stands for an unknown or disabled account, a wrong password, and a refresh token that is unknown, expired, used or ended. Ask the user to sign in again.',
  },
  invalid_scope: {
    status: 400,
    title: 'The scope cannot be given',
    fix: 'Scopes are separated by spaces. A refresh may ask for fewer than the sign-in did, never for more.',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'There is no such grant here',
    fix: '`grant_type` is `refresh_token`, or `password` where the operator allows it (`tokens.password`).',
  },
  insufficient_user_authentication: {
    status: 401,
    title: 'A more recent or stronger sign-in is needed',
    fix: 'RFC 9470: `max_age` asks for the password again (`POST /auth/api/reauth`), `acr_values="mfa"` for a second factor (`POST /auth/api/mfa`). `login_url` is the page for either. Then repeat the request.',
  },
  wrong_second_factor: {
    status: 401,
    title: 'The second factor was not accepted',
    fix: 'A wrong code, one that has been used, or a passkey that is not of this account. Guesses count with those at the password.',
  },
  sign_in_over: {
    status: 401,
    title: 'The sign-in that waited for a second factor is over',
    fix: 'Too late, too many wrong codes, or it was finished elsewhere. Sign in again.',
  },
  second_factor_required: {
    status: 401,
    title: 'A second factor is needed to finish signing in',
    fix: 'Nobody is signed in yet. `ways` says what can be shown; finish within minutes at `/auth/mfa`, with the cookie of this answer.',
  },
  own_account: {
    status: 403,
    title: 'An administrator cannot change their own account here',
    fix: 'Ask another administrator, or use `edgegate user`.',
  },
  account_exists: {
    status: 409,
    title: 'There is an account with this address',
    fix: 'Only administrators are told so. Find it with `GET /auth/api/admin/users?by=email&q=…`.',
  },
  forbidden: {
    status: 403,
    title: 'This account may not open this',
    fix: 'Ask the operator for the role, or sign in with another account.',
  },
  insufficient_scope: {
    status: 403,
    title: 'The token is not good for this',
    fix: 'It lacks a scope (`scope` in `WWW-Authenticate` names those needed), or it is an API key made for other paths or methods.',
  },
  cross_site_request: {
    status: 403,
    title: 'The request came from another site',
    fix: 'State changes are accepted from our own pages only (Sec-Fetch-Site, Origin). Programs: send no Origin header.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Scripts of this origin may not read this',
    fix: 'The rule’s `cors.origins` does not list the `Origin` of the request. Origins are compared exactly, scheme and port included.',
  },
  caller_not_proven: {
    status: 403,
    title: 'This is for the operator’s proxies',
    fix: '`X-Edgegate-Check` is missing or is not EDGEGATE_CHECK_SECRET. docs/forward-auth.md shows how a proxy sends it.',
  },
  human_check_failed: {
    status: 403,
    title: 'The check for robots was not passed',
    fix: 'Send the answer of the Turnstile widget as `cf-turnstile-response`: for this form, not older than five minutes, and once.',
  },
  human_check_unavailable: {
    status: 503,
    title: 'The check for robots is not possible at the moment',
    fix: 'Cloudflare Turnstile did not answer, or not as it should; nothing is let through meanwhile. The log says why.',
  },
  https_required: {
    status: 403,
    title: 'This site is served over https only',
    fix: 'Send the request to the https address. What it carried has been readable on its way: renew any credential in it.',
  },
  not_found: { status: 404, title: 'There is no such page', fix: 'Check the address.' },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    fix: 'See the `Allow` header.',
  },
  misdirected_request: {
    status: 421,
    title: 'This host is not served here',
    fix: 'The `Host` is none of the configured sites. Add it to `sites` if it should be.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many attempts',
    fix: 'Wait for the seconds in `Retry-After`. Devices that have signed in before have a budget of their own.',
  },
  handoff_unknown: {
    status: 404,
    title: 'There is no such code',
    fix: 'The code is mistyped, too old, or has been decided on. The device that waits shows a new one.',
  },
  handoff_not_approved: {
    status: 409,
    title: 'No other device has approved this sign-in',
    fix: 'Ask `GET /auth/api/handoff` until `state` is `approved`. An approval ends with the session that gave it.',
  },
  no_invitation: {
    status: 404,
    title: 'There is no such invitation',
    fix: 'It was used, has expired, or a newer one was made for the same address. Ask the operator for another.',
  },
  link_spent: {
    status: 404,
    title: 'This link or code is not good any more',
    fix: 'It was used, replaced by a newer one, or is too old. Ask for another.',
  },
  wrong_code: {
    status: 401,
    title: 'That is not the code',
    fix: 'Five tries are allowed, in the browser that asked and with the newest mail. Then only the link is left.',
  },
  password_refused: {
    status: 400,
    title: 'This password cannot be used',
    fix: '`errors` says why: `too_short`, `too_long`, `not_text`, `common`, `contains_personal` or `breached`.',
  },
  too_many_factors: {
    status: 409,
    title: 'The account has as many of these as it can have',
    fix: 'Remove one that is not in use any more.',
  },
  last_factor: {
    status: 409,
    title: 'This is the last second factor of an account that must have one',
    fix: 'Add another first. The policy is `mfa.policy`.',
  },
  username_taken: {
    status: 409,
    title: 'Somebody else has this user name',
    fix: 'Choose another one.',
  },
  too_many_keys: {
    status: 409,
    title: 'There are too many API keys',
    fix: 'An account has 100 keys at most. Revoke one that is not needed.',
  },
  misconfigured: {
    status: 500,
    title: 'The gateway is not configured correctly',
    fix: 'Run `npx edgegate check`; the log of the Worker lists every problem.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong',
    fix: 'Find the request id in the log of the Worker.',
  },
  origin_unreachable: {
    status: 502,
    title: 'The site did not answer',
    fix: 'The origin refused or broke the connection.',
  },
  storage_unavailable: {
    status: 503,
    title: 'Sign-in is not possible at the moment',
    fix: 'KV, D1 or a hook failed. What is protected stays protected; try again shortly.',
  },
  busy: { status: 503, title: 'Too much at once', fix: 'Repeat after the seconds in `Retry-After`.' },
  origin_timeout: {
    status: 504,
    title: 'The site took too long',
    fix: 'Raise `origin.timeout` if the origin is meant to be slow.',
  },
} as const

export type ErrorCode = keyof typeof ERRORS

/** A fault: something that should work did not. Thrown, caught in one place, answered with the code; always fails closed. */
export class Fault extends Error {
  readonly code: ErrorCode
  readonly retryAfterSeconds: number | null

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; retryAfterSeconds?: number }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null
  }
}
