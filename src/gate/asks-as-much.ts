import { type Access, type Rule, strictness } from './rule.ts'

/**
 * Whether whoever passes `strict` would pass `lax` too. A partial order: two rules that each ask for something of their own
 * (a role here, a recent sign-in there) do not cover one another.
 */
export function asksAsMuch(strict: Rule, lax: Rule, method: string): boolean {
  if (lax.access === 'public') return true
  if (!includesAccess(strict.access, lax.access)) return false
  const isPreflightCovered = method !== 'OPTIONS' || strict.preflight !== 'pass' || lax.preflight === 'pass'
  return (
    isPreflightCovered &&
    strict.via.every((via) => lax.via.includes(via)) &&
    lax.scopes.every((scope) => strict.scopes.includes(scope)) &&
    isMfaAsRecent(strict.mfa, lax.mfa) &&
    (strict.revocation === 'strict' || lax.revocation !== 'strict') &&
    isAsFresh(strict.fresh, lax.fresh)
  )
}

function includesAccess(strict: Access, lax: Access): boolean {
  if (typeof strict !== 'object' || typeof lax !== 'object') return strictness(strict) >= strictness(lax)
  const [strictNames, laxNames] =
    'roles' in strict && 'roles' in lax
      ? [strict.roles, lax.roles]
      : 'users' in strict && 'users' in lax
        ? [strict.users, lax.users]
        : 'emailDomains' in strict && 'emailDomains' in lax
          ? [strict.emailDomains, lax.emailDomains]
          : [null, null]
  return strictNames?.every((name) => laxNames.includes(name)) ?? false
}

function isAsFresh(strict: Rule['fresh'], lax: Rule['fresh']): boolean {
  if (lax === null || strict === lax) return true
  return typeof strict === 'number' && typeof lax === 'number' && strict <= lax
}

function isMfaAsRecent(strict: Rule['mfa'], lax: Rule['mfa']): boolean {
  if (lax === null) return true
  if (lax === 'once') return strict !== null
  return typeof strict === 'number' && strict <= lax
}
