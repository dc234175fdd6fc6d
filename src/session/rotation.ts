import { isToken } from './token.ts'

/**
 * Families of single-use tokens, after Barry Jaspan's improved persistent login cookie: `<family>.<secret>`, each use replaces the secret.
 * A used one that turns up again was copied, and the family dies. Remember-me cookies and refresh tokens both work like this; their
 * tables differ, what is decided here does not.
 */

/** Tabs that open together send the same token at once, and an answer gets lost on its way; within this window that is no theft. */
const RACE_MS = 20_000
const FAMILY_ID = /^[A-Za-z0-9_-]{22}$/

/** How many random bytes name a family. */
export const FAMILY_ID_BYTES = 16

export interface RotatingToken {
  readonly familyId: string
  readonly secret: string
}

/** `null` for what cannot be such a token, which saves the storage read. */
export function readRotatingToken(text: string): RotatingToken | null {
  const [familyId = '', secret = '', ...more] = text.split('.')
  return more.length === 0 && FAMILY_ID.test(familyId) && isToken(secret) ? { familyId, secret } : null
}

export function writeRotatingToken({ familyId, secret }: RotatingToken): string {
  return `${familyId}.${secret}`
}

export type Use =
  /** This call has replaced it. */
  | 'exchanged'
  /** Another call has, a moment ago. */
  | 'repeated'
  | 'stolen'

/** What presenting a secret means, from what the conditional UPDATE did and what the row says after it. */
export function judgeUse(
  wasExchanged: boolean,
  family: { readonly previous_hash: string | null; readonly rotated_at: number },
  presentedHash: string,
  now: number,
): Use {
  if (wasExchanged) return 'exchanged'
  const isRecent = now - family.rotated_at < RACE_MS
  return family.previous_hash === presentedHash && isRecent ? 'repeated' : 'stolen'
}
