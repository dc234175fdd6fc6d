import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import type { IssuerSettings } from '../config/settings.ts'
import type { Log } from '../lib/log.ts'
import { readScope } from '../lib/scope.ts'
import { cleanName, isRoleName, normalizeEmail, normalizeUsername } from '../user/identifier.ts'
import { createForeignKeys } from './foreign-keys.ts'
import type { CredentialRecord } from './known-credential.ts'

export type ForeignToken =
  | { readonly kind: 'valid'; readonly record: CredentialRecord }
  | { readonly kind: 'invalid'; readonly reason: 'expired' | 'invalid' }

/** Tokens of issuers that the operator has named. */
export interface ForeignIssuers {
  /** The issuer of that name on a site, or `null`: then it is nobody's whom we know. */
  of(issuer: string, siteKey: string): ForeignIssuer | null
}

export interface ForeignIssuer {
  /** Never throws for what a client sent; a fault where the issuer's keys cannot be had. `now` is unix milliseconds. */
  verify(token: string, now: number): Promise<ForeignToken>
}

/** Clocks of other people's machines. */
const TOLERANCE_SECONDS = 5
/** Nothing tells us when a foreign token is taken back, or its key: it is looked at anew so often. */
const LOOK_AGAIN_MS = 300_000
const MAX_SUB = 255
const MAX_ROLES = 100

export function createForeignIssuers(
  settings: readonly IssuerSettings[],
  world: {
    readonly fetch: (url: string, init: RequestInit) => Promise<Response>
    readonly now: () => number
    readonly log: Log
  },
): ForeignIssuers {
  const issuers = settings.map((issuer) => ({ issuer, verifier: createForeignIssuer(issuer, world) }))
  return {
    of: (name, siteKey) =>
      issuers.find(
        ({ issuer }) => issuer.issuer === name && (issuer.sites === null || issuer.sites.includes(siteKey)),
      )?.verifier ?? null,
  }
}

function createForeignIssuer(
  issuer: IssuerSettings,
  world: Parameters<typeof createForeignIssuers>[1],
): ForeignIssuer {
  const keys = createForeignKeys({ url: issuer.jwksUrl, algorithms: issuer.algorithms, ...world })
  return {
    async verify(token, now) {
      try {
        const { kid } = decodeProtectedHeader(token)
        if (kid !== undefined && (typeof kid !== 'string' || kid.length > 256)) return INVALID
        const key = await keys.find(kid)
        if (!key) return INVALID
        const { payload } = await jwtVerify(token, key.key, {
          algorithms: [key.alg],
          issuer: issuer.issuer,
          audience: issuer.audience,
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(now),
          clockTolerance: TOLERANCE_SECONDS,
          ...(issuer.type === null ? {} : { typ: issuer.type }),
        })
        const record = recordOf(issuer, payload, now)
        return record ? { kind: 'valid', record } : INVALID
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { kind: 'invalid', reason: 'expired' }
        if (error instanceof errors.JOSEError || error instanceof TypeError) return INVALID
        throw error
      }
    },
  }
}

const INVALID: ForeignToken = { kind: 'invalid', reason: 'invalid' }

/**
 * Who a foreign token is: an account of its issuer, never one of ours (P27). The id bears the issuer's name, which none of our ids has,
 * and a user name is taken only where the operator says that the issuer's are not for the taking.
 */
function recordOf(issuer: IssuerSettings, payload: JWTPayload, now: number): CredentialRecord | null {
  const { sub, exp, jti } = payload
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUB || /[^\x21-\x7e]/.test(sub)) return null
  if (typeof exp !== 'number') return null
  const { claims } = issuer
  const email = normalizeEmail(textOf(payload, claims.email) ?? '')
  const username = claims.username === null ? null : textOf(payload, claims.username)
  return {
    kind: 'foreign',
    id: `${issuer.name}:${typeof jti === 'string' ? jti : sub}`,
    identity: {
      kind: issuer.kind,
      id: `${issuer.name}:${sub}`,
      email,
      emailVerified: email !== null && payload.email_verified === true,
      username: username === null ? null : normalizeUsername(username),
      name: cleanName(textOf(payload, claims.name) ?? ''),
      roles: rolesOf(issuer, payload),
    },
    scopes: scopesOf(payload),
    limits: null,
    authenticatedAt: null,
    methods: [],
    fresh: false,
    position: null,
    expiresAt: Math.min(exp * 1000, now + LOOK_AGAIN_MS),
  }
}

/** Roles by the operator's table; without one, those that the issuer names and that can be roles. */
function rolesOf({ claims, roleMap }: IssuerSettings, payload: JWTPayload): readonly string[] {
  if (claims.roles === null) return []
  const said = claimAt(payload, claims.roles)
  const names = (Array.isArray(said) ? said : [said])
    .filter((name): name is string => typeof name === 'string')
    .slice(0, MAX_ROLES)
  const roles =
    roleMap === null
      ? names
      : names.flatMap((name) => (Object.hasOwn(roleMap, name) ? [roleMap[name] ?? ''] : []))
  return [...new Set(roles.filter(isRoleName))]
}

/** `scope` as RFC 9068 has it, or `scp` as some issuers call it. */
function scopesOf(payload: JWTPayload): readonly string[] {
  const said = payload.scope ?? payload.scp
  const text = Array.isArray(said) ? said.join(' ') : said
  // `*` is everything to us, and no issuer means that by it.
  return (typeof text === 'string' ? (readScope(text) ?? []) : []).filter((scope) => scope !== '*')
}

function textOf(payload: JWTPayload, claim: string): string | null {
  const said = claimAt(payload, claim)
  return typeof said === 'string' ? said : null
}

/** A claim by its name, or by the path of names to it (`realm_access.roles`). */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path]
  let value: unknown = payload
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}
