import { SignJWT } from 'jose'
import type { Json, SessionData } from '../hooks/hooks.ts'
import type { Identity } from '../identity.ts'
import { toBase64Url } from '../lib/encoding.ts'
import { randomText } from '../lib/random.ts'
import { admitClaims } from './extra-claims.ts'
import type { KeyRing } from './signing-keys.ts'

/**
 * The assertion's own `typ` (RFC 8725 section 3.11). Generic verifiers do not look at it, ours do: the key set also holds
 * keys of other token kinds, and with `JWT` for all of them an access token would pass for an assertion.
 */
export const ASSERTION_TYPE = 'edgegate-assertion+jwt'

/** The longest life an assertion may have. Whoever steals one has less than this. */
export const MAX_LIFETIME_SECONDS = 60

/** 1360 bytes of JSON make a token of at most 2 KiB, a quarter of what common origins take as one header. */
const MAX_PAYLOAD_BYTES = 1360

/** What the assertion says of a visitor. Instants are unix seconds. */
export interface AssertionSubject {
  readonly identity: Identity
  /** The session's public name, or `null` where there is none (a service, an API key). Only its hash is sent. */
  readonly sessionId: string | null
  /** Last real credential, or `null` where there was none. */
  readonly authenticatedAt: number | null
  /** How the visitor proved it (RFC 8176 `amr`). */
  readonly methods: readonly string[]
  readonly fresh: boolean
  /** The guest that became this user with this sign-in. */
  readonly mergedFrom?: string | null
  /** What the operator's `claims` hook said. */
  readonly claims?: SessionData
}

export interface AssertionSigner {
  /** A compact JWS. Throws a TypeError for an identity without an id: nobody may be called nobody. */
  sign(subject: AssertionSubject, now: number): Promise<string>
}

export interface AssertionSignerOptions {
  readonly keys: KeyRing
  /** Our own public origin: where the key set is found, under the base path. */
  readonly issuer: string
  /** The one origin that may accept it. */
  readonly audience: string
  /** 1 to 60, default 60. */
  readonly lifetimeSeconds?: number
}

/** Signs who is asking, for one origin. One signer per site: issuer and audience are never taken from a request. */
export function createAssertionSigner(options: AssertionSignerOptions): AssertionSigner {
  const { keys, issuer, audience, lifetimeSeconds = MAX_LIFETIME_SECONDS } = options
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > MAX_LIFETIME_SECONDS) {
    throw new RangeError(`lifetimeSeconds must be a whole number from 1 to ${MAX_LIFETIME_SECONDS}`)
  }
  if (issuer === '' || audience === '') throw new TypeError('An assertion needs an issuer and an audience')

  async function sign(subject: AssertionSubject, now: number): Promise<string> {
    if (subject.identity.id === '') throw new TypeError('An assertion needs a subject')
    const issuedAt = Math.floor(now)
    const { key, kid, alg } = await keys.signingKey(now)
    const certain = {
      iss: issuer,
      aud: audience,
      sub: subject.identity.id,
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + lifetimeSeconds,
      jti: randomText(16),
      ...(subject.sessionId === null ? {} : { sid: await hashSessionId(subject.sessionId) }),
      ...aboutVisitor(subject),
    }
    const payload = composePayload(certain, subject.identity.roles, subject.claims)
    return new SignJWT(payload).setProtectedHeader({ alg, typ: ASSERTION_TYPE, kid }).sign(key)
  }

  return { sign }
}

/**
 * `sid`: tells the origin whether two requests belong to one session, without handing it the name under which the session
 * can be ended.
 */
export async function hashSessionId(sessionId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`edgegate/sid/${sessionId}`))
  return toBase64Url(new Uint8Array(digest, 0, 16))
}

function aboutVisitor(subject: AssertionSubject): { readonly [name: string]: Json } {
  const { identity } = subject
  return {
    ...(subject.authenticatedAt === null ? {} : { auth_time: Math.floor(subject.authenticatedAt) }),
    amr: subject.methods,
    fresh: subject.fresh,
    kind: identity.kind,
    ...(identity.email === null ? {} : { email: identity.email, email_verified: identity.emailVerified }),
    ...(identity.name === null ? {} : { name: identity.name }),
    ...(identity.username === null ? {} : { preferred_username: identity.username }),
    ...(subject.mergedFrom ? { merged_from: subject.mergedFrom } : {}),
  }
}

/**
 * Everything that fits. Roles that do not are left out from the end, the operator's claims all together when they leave no
 * room for themselves; either is said in the token. Leaving a role out can only take rights away. The gateway's claims come
 * last, so that they would win even where a reserved name had slipped through.
 */
function composePayload(
  certain: { readonly [name: string]: Json },
  roles: readonly string[],
  claims: SessionData | undefined,
): { [name: string]: Json } {
  const admitted = claims === undefined ? {} : admitClaims(claims)
  const fits = admitted !== null && sizeOf({ ...admitted, ...certain, roles: [] }) <= MAX_PAYLOAD_BYTES
  const payload = fits ? { ...admitted, ...certain } : { ...certain, claims_truncated: true }
  if (sizeOf({ ...payload, roles }) <= MAX_PAYLOAD_BYTES) return { ...payload, roles }

  const room = MAX_PAYLOAD_BYTES - sizeOf({ ...payload, roles: [], roles_truncated: true })
  return { ...payload, roles: leading(roles, room), roles_truncated: true }
}

/** The first roles whose JSON, commas included, takes no more than `room` bytes. */
function leading(roles: readonly string[], room: number): readonly string[] {
  let used = 0
  const tooMany = roles.findIndex((role) => {
    used += sizeOf(role) + 1
    return used > room
  })
  return tooMany === -1 ? roles : roles.slice(0, tooMany)
}

function sizeOf(value: Json): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}
