import type { Identity } from '../identity.ts'
import { hasScopes } from '../lib/scope.ts'
import type { Rule, Via } from './rule.ts'

/** Somebody who has been recognised, with what a rule may ask of them. */
export interface Visitor {
  readonly identity: Identity
  readonly via: Via
  /** What a token is good for; `null`: it is its owner who asks. */
  readonly scopes: readonly string[] | null
  /** Whether the credential was made for other paths or methods than this one. */
  readonly isOutOfBounds: boolean
  /** Whether a real credential was given within these seconds. */
  readonly isFresh: (seconds: number) => boolean
  /** Whether a second factor was proved within these seconds; `null`: at any time. */
  readonly hasMfa: (seconds: number | null) => boolean
  /** Whether the account must have shown a second factor by now, whatever the rule. */
  readonly owesMfa: () => boolean
}

export type Refusal =
  | { readonly reason: 'not_authenticated' }
  | { readonly reason: 'forbidden'; readonly because: 'role' | 'user' | 'email_domain' | 'via' }
  | { readonly reason: 'insufficient_scope'; readonly scopes: readonly string[] }
  | { readonly reason: 'not_fresh'; readonly maxAgeSeconds: number }
  | { readonly reason: 'second_factor'; readonly maxAgeSeconds: number | null }

export type Decision =
  | { readonly kind: 'allow' }
  /** Allowed once the visitor has a guest identity, which this one has not. */
  | { readonly kind: 'make_guest' }
  | ({ readonly kind: 'refuse' } & Refusal)

const ALLOW: Decision = { kind: 'allow' }

/** What a rule says to a visitor (`null`: nobody was recognised). Pure; every way in passes through here. */
export function decide(rule: Rule, visitor: Visitor | null, defaultFreshSeconds: number): Decision {
  if (rule.access === 'public') return ALLOW
  if (visitor === null) {
    if (rule.access === 'optional') return ALLOW
    if (rule.access === 'guest' && rule.via.includes('session')) return { kind: 'make_guest' }
    return { kind: 'refuse', reason: 'not_authenticated' }
  }
  const { identity } = visitor
  // Optional paths ask for nothing, so whoever comes the wrong way is simply not told about (see gate.ts).
  if (rule.access === 'optional') return ALLOW
  if (!rule.via.includes(visitor.via)) return { kind: 'refuse', reason: 'forbidden', because: 'via' }
  if (!isWithinGrant(rule, visitor))
    return { kind: 'refuse', reason: 'insufficient_scope', scopes: rule.scopes }
  if (rule.access === 'guest') return ALLOW
  if (identity.kind === 'guest') return { kind: 'refuse', reason: 'not_authenticated' }
  if (typeof rule.access === 'object') {
    const because = missing(rule.access, identity)
    if (because) return { kind: 'refuse', reason: 'forbidden', because }
  }
  if (rule.mfa !== null) {
    const maxAgeSeconds = rule.mfa === 'once' ? null : rule.mfa
    if (!visitor.hasMfa(maxAgeSeconds)) return { kind: 'refuse', reason: 'second_factor', maxAgeSeconds }
  } else if (visitor.owesMfa()) return { kind: 'refuse', reason: 'second_factor', maxAgeSeconds: null }
  if (rule.fresh !== null) {
    const maxAgeSeconds = rule.fresh === 'default' ? defaultFreshSeconds : rule.fresh
    if (!visitor.isFresh(maxAgeSeconds)) return { kind: 'refuse', reason: 'not_fresh', maxAgeSeconds }
  }
  return ALLOW
}

/** Whether a credential that stands for only a part of its owner stands for this. */
export function isWithinGrant(rule: Rule, { scopes, isOutOfBounds }: Visitor): boolean {
  return !isOutOfBounds && (scopes === null || hasScopes(scopes, rule.scopes))
}

function missing(
  access: Exclude<Rule['access'], string>,
  identity: Identity,
): 'role' | 'user' | 'email_domain' | null {
  if ('roles' in access) return access.roles.some((role) => identity.roles.includes(role)) ? null : 'role'
  // Only a proven address says who somebody is and where they belong.
  const email = identity.emailVerified
    ? (identity.email?.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) ?? null)
    : null
  if ('users' in access) {
    const names = [identity.id, email, identity.username]
    return access.users.some((user) => names.includes(user) || names.includes(user.toLowerCase()))
      ? null
      : 'user'
  }
  const [local, domain, ...more] = email?.split('@') ?? []
  const isAddress = local !== undefined && local !== '' && more.length === 0
  return isAddress && access.emailDomains.some((allowed) => allowed.toLowerCase() === domain)
    ? null
    : 'email_domain'
}
