import type { Json, SessionData } from '../hooks/hooks.ts'

/**
 * Claims that only the gateway may state. The registered ones, ours, and those with which other token kinds say who acts for
 * whom or what a token is good for, so that an operator's own claim is never taken for one of them.
 */
const RESERVED: ReadonlySet<string> = new Set(
  [
    'iss aud sub iat nbf exp jti sid auth_time amr acr azp act may_act cnf nonce scope client_id pos',
    'fresh kind email email_verified name preferred_username merged_from roles roles_truncated claims_truncated',
    '__proto__',
  ].flatMap((names) => names.split(' ')),
)

/**
 * Whether a claim name is ours, or would be read as ours: Go's `encoding/json` matches names without regard to case and
 * under Unicode folding, so that to it `SUB` and `ſub` are both `sub`.
 */
export function isReservedClaim(name: string): boolean {
  return RESERVED.has(name.normalize('NFKC').toLowerCase())
}

/**
 * The operator's own claims as plain JSON without the reserved names. `null` when they are not JSON at all (a cycle, a
 * BigInt, something that is not an object): the assertion then goes without them.
 */
export function admitClaims(claims: SessionData): { readonly [name: string]: Json } | null {
  const copy = plainJson(claims)
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return null
  return Object.fromEntries(Object.entries(copy).filter(([name]) => !isReservedClaim(name)))
}

function plainJson(value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value)) as Json
  } catch {
    return null
  }
}
