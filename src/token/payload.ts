import type { Json, SessionData } from '../hooks/hooks.ts'
import type { Identity } from '../identity.ts'
import { admitClaims } from './extra-claims.ts'

/** 1360 bytes of JSON make a token of at most 2 KiB, a quarter of what common origins take as one header. */
const MAX_PAYLOAD_BYTES = 1360

/** What our tokens say of a visitor. Instants are unix seconds. */
export interface VisitorClaims {
  readonly identity: Identity
  /** Last real credential, or `null` where there was none. */
  readonly authenticatedAt: number | null
  /** How the visitor proved it (RFC 8176 `amr`). */
  readonly methods: readonly string[]
  readonly fresh: boolean
}

/** The claims that an assertion and an access token have in common. */
export function aboutVisitor(subject: VisitorClaims): { readonly [name: string]: Json } {
  const { identity } = subject
  return {
    ...(subject.authenticatedAt === null ? {} : { auth_time: Math.floor(subject.authenticatedAt) }),
    amr: subject.methods,
    fresh: subject.fresh,
    kind: identity.kind,
    ...(identity.email === null ? {} : { email: identity.email, email_verified: identity.emailVerified }),
    ...(identity.name === null ? {} : { name: identity.name }),
    ...(identity.username === null ? {} : { preferred_username: identity.username }),
  }
}

/**
 * Everything that fits. Roles that do not are left out from the end, the operator's claims all together when they leave no
 * room for themselves; either is said in the token. Leaving a role out can only take rights away. The gateway's claims come
 * last, so that they would win even where a reserved name had slipped through.
 */
export function composePayload(
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
