import { fromBase64Url, toBase64Url } from '../lib/encoding.ts'
import { isEqualSecret } from '../lib/equal.ts'

/**
 * WebAuthn challenges. Issued without a write, since every view of the sign-in page needs one: random bytes and the time, signed for a
 * purpose and a holder. Answered once: the table `used_challenge` holds those that have been.
 */
export interface Challenges {
  issue(purpose: Purpose, holder: string): Promise<string>
  /** Uses a challenge up. Of many that answer it at the same time one is told so. */
  redeem(challenge: string, purpose: Purpose, holder: string): Promise<boolean>
}

/** `sign_in` is held by the browser, the others by the pending sign-in or session they are for. */
export type Purpose = 'sign_in' | 'second_factor' | 'enrol'

const LIFE_MS = 10 * 60_000
const RANDOM_BYTES = 16
const TIME_BYTES = 8
const BYTES = RANDOM_BYTES + TIME_BYTES + 32

export function createChallenges(
  db: D1Database,
  keys: () => Promise<readonly Uint8Array<ArrayBuffer>[]>,
  now: () => number,
): Challenges {
  return {
    async issue(purpose, holder) {
      const [current] = await keys()
      if (!current) throw new TypeError('challenges need a key')
      const bytes = new Uint8Array(BYTES)
      crypto.getRandomValues(bytes.subarray(0, RANDOM_BYTES))
      new DataView(bytes.buffer).setFloat64(RANDOM_BYTES, now())
      const head = bytes.subarray(0, RANDOM_BYTES + TIME_BYTES)
      bytes.set(await mac(current, purpose, holder, head), RANDOM_BYTES + TIME_BYTES)
      return toBase64Url(bytes)
    },

    async redeem(challenge, purpose, holder) {
      const bytes = fromBase64Url(challenge)
      if (bytes?.length !== BYTES) return false
      const head = bytes.subarray(0, RANDOM_BYTES + TIME_BYTES)
      const issuedAt = new DataView(bytes.buffer).getFloat64(RANDOM_BYTES)
      const expiresAt = issuedAt + LIFE_MS
      if (!(await isOurs(bytes, head, purpose, holder)) || now() >= expiresAt) return false
      const hash = await crypto.subtle.digest('SHA-256', bytes)
      const used = await db
        .prepare(
          `INSERT INTO used_challenge (challenge_hash, expires_at) VALUES (?1, ?2)
           ON CONFLICT DO NOTHING RETURNING expires_at`,
        )
        .bind(toBase64Url(new Uint8Array(hash)), Math.ceil(expiresAt))
        .first()
      return used !== null
    },
  }

  async function isOurs(bytes: Uint8Array, head: Uint8Array, purpose: Purpose, holder: string) {
    const given = bytes.subarray(RANDOM_BYTES + TIME_BYTES)
    for (const key of await keys())
      if (isEqualSecret(await mac(key, purpose, holder, head), given)) return true
    return false
  }
}

async function mac(
  bytes: Uint8Array<ArrayBuffer>,
  purpose: Purpose,
  holder: string,
  head: Uint8Array,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const text = new TextEncoder().encode(`${purpose}/${holder}/${toBase64Url(head)}`)
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
}
