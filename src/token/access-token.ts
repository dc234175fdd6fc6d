import { decodeProtectedHeader, errors, importJWK, jwtVerify, SignJWT } from 'jose'
import * as v from 'valibot'
import type { SessionData } from '../hooks/hooks.ts'
import type { Identity } from '../identity.ts'
import { randomText } from '../lib/random.ts'
import { readScope } from '../lib/scope.ts'
import { aboutVisitor, composePayload, type VisitorClaims } from './payload.ts'
import type { KeyRing } from './signing-keys.ts'

/** RFC 9068 section 2.1. */
export const ACCESS_TOKEN_TYPE = 'at+jwt'

/** What an access token says. Instants are unix seconds. */
export interface AccessGrant extends VisitorClaims {
  /** The family of refresh tokens that it comes from: ending that ends this. */
  readonly familyId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** The revocation feed's position when the account was read. */
  readonly position: number
  /** What the operator's `claims` hook said. */
  readonly claims?: SessionData
}

/** A verified one. */
export interface AccessClaims extends Omit<AccessGrant, 'claims'> {
  readonly id: string
  readonly issuedAt: number
  readonly expiresAt: number
  /** The account has more roles than the token had room for. */
  readonly isPartial: boolean
}

export type Verified =
  | { readonly kind: 'valid'; readonly claims: AccessClaims }
  | { readonly kind: 'invalid'; readonly reason: 'expired' | 'invalid' }

export interface AccessTokens {
  /** A compact JWS (RFC 9068). `now` is unix seconds. */
  sign(grant: AccessGrant, now: number): Promise<{ readonly token: string; readonly expiresAt: number }>
  /** Never throws for what a client sent. */
  verify(token: string, now: number): Promise<Verified>
}

/** Strict types: a library that coerces would take `exp: "9999999999"` for a number (GHSA-hm8q-7f3q-5f36). */
const CLAIMS = v.object({
  sub: v.pipe(v.string(), v.nonEmpty()),
  iat: v.pipe(v.number(), v.integer()),
  exp: v.pipe(v.number(), v.integer()),
  jti: v.pipe(v.string(), v.nonEmpty()),
  sid: v.pipe(v.string(), v.nonEmpty()),
  client_id: v.string(),
  scope: v.string(),
  pos: v.pipe(v.number(), v.integer(), v.minValue(0)),
  auth_time: v.pipe(v.number(), v.integer()),
  amr: v.array(v.string()),
  fresh: v.boolean(),
  kind: v.picklist(['user', 'service']),
  email: v.optional(v.string()),
  email_verified: v.optional(v.boolean(), false),
  name: v.optional(v.string()),
  preferred_username: v.optional(v.string()),
  roles: v.array(v.string()),
  roles_truncated: v.optional(v.boolean(), false),
})

/**
 * Access tokens of one host. What separates them from our other tokens (P10): keys of their own, their own `typ`, and an audience that
 * means the gateway and never an origin.
 */
export function createAccessTokens(options: {
  readonly keys: KeyRing
  readonly issuer: string
  readonly audience: string
  readonly lifetimeSeconds: number
}): AccessTokens {
  const { keys, issuer, audience, lifetimeSeconds } = options
  const imported = new Map<string, { readonly key: CryptoKey; readonly alg: string }>()

  /** Only keys of our own ring, each with the one algorithm it was made for: the token chooses neither (P9). */
  async function keyOf(kid: unknown, now: number) {
    const jwk = (await keys.published(now)).find((one) => one.kid === kid)
    if (!jwk) return null
    const known = imported.get(jwk.kid)
    if (known) return known
    const fresh = { key: (await importJWK({ ...jwk }, jwk.alg)) as CryptoKey, alg: jwk.alg }
    if (imported.size >= MAX_IMPORTED) imported.clear()
    imported.set(jwk.kid, fresh)
    return fresh
  }

  return {
    async sign(grant, now) {
      const issuedAt = Math.floor(now)
      const expiresAt = issuedAt + lifetimeSeconds
      const { key, kid, alg } = await keys.signingKey(now)
      const certain = {
        iss: issuer,
        aud: audience,
        sub: grant.identity.id,
        iat: issuedAt,
        exp: expiresAt,
        jti: randomText(16),
        sid: grant.familyId,
        client_id: grant.clientId,
        scope: grant.scopes.join(' '),
        pos: grant.position,
        ...aboutVisitor(grant),
      }
      const payload = composePayload(certain, grant.identity.roles, grant.claims)
      const header = { alg, typ: ACCESS_TOKEN_TYPE, kid }
      return { token: await new SignJWT(payload).setProtectedHeader(header).sign(key), expiresAt }
    },

    async verify(token, now) {
      try {
        const key = await keyOf(decodeProtectedHeader(token).kid, now)
        if (!key) return INVALID
        const { payload } = await jwtVerify(token, key.key, {
          algorithms: [key.alg],
          typ: ACCESS_TOKEN_TYPE,
          issuer,
          audience,
          currentDate: new Date(now * 1000),
        })
        // A list of audiences would be good elsewhere as well; ours have one.
        if (payload.aud !== audience) return INVALID
        const claims = v.safeParse(CLAIMS, payload)
        return claims.success ? { kind: 'valid', claims: claimsOf(claims.output) } : INVALID
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { kind: 'invalid', reason: 'expired' }
        if (error instanceof errors.JOSEError || error instanceof TypeError) return INVALID
        throw error
      }
    },
  }
}

/** Published keys are few; after a change of secrets they are others. */
const MAX_IMPORTED = 16
const INVALID: Verified = { kind: 'invalid', reason: 'invalid' }

function claimsOf(said: v.InferOutput<typeof CLAIMS>): AccessClaims {
  return {
    id: said.jti,
    issuedAt: said.iat,
    expiresAt: said.exp,
    familyId: said.sid,
    clientId: said.client_id,
    scopes: readScope(said.scope) ?? [],
    position: said.pos,
    identity: identityOf(said),
    authenticatedAt: said.auth_time,
    methods: said.amr,
    fresh: said.fresh,
    isPartial: said.roles_truncated,
  }
}

function identityOf(said: v.InferOutput<typeof CLAIMS>): Identity {
  return {
    kind: said.kind,
    id: said.sub,
    email: said.email ?? null,
    emailVerified: said.email_verified,
    username: said.preferred_username ?? null,
    name: said.name ?? null,
    roles: said.roles,
  }
}
