import { SignJWT } from 'jose'
import type { SessionData } from '../hooks/hooks.ts'
import { toBase64Url } from '../lib/encoding.ts'
import { randomText } from '../lib/random.ts'
import { aboutVisitor, composePayload, type VisitorClaims } from './payload.ts'
import type { KeyRing } from './signing-keys.ts'

/**
 * The assertion's own `typ` (RFC 8725 section 3.11). Generic verifiers do not look at it, ours do: the key set also holds
 * keys of other token kinds, and with `JWT` for all of them an access token would pass for an assertion.
 */
export const ASSERTION_TYPE = 'edgegate-assertion+jwt'

/** The longest life an assertion may have. Whoever steals one has less than this. */
export const MAX_LIFETIME_SECONDS = 60

/** What the assertion says of a visitor. Instants are unix seconds. */
export interface AssertionSubject extends VisitorClaims {
  /** The session's public name, or `null` where there is none (a service, an API key). Only its hash is sent. */
  readonly sessionId: string | null
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
      ...(subject.mergedFrom ? { merged_from: subject.mergedFrom } : {}),
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
