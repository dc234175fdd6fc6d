import { scrypt } from '@noble/hashes/scrypt.js'
import { fromHex } from '../../lib/encoding.ts'
import { isEqualSecret } from '../../lib/equal.ts'
import type { ForeignHash } from './foreign-hash.ts'

const WERKZEUG = /^scrypt:(\d{1,6}):(\d{1,2}):(\d{1,2})\$([^$]{1,64})\$([0-9a-f]{128})$/
/** N·r·p, as the runtime limits its own scrypt; Werkzeug's default is a quarter of it. */
const MAX_WORK = 2 ** 20
/** Of 128 MB that an isolate has. */
const MAX_BYTES = 48 * 2 ** 20

/** Werkzeug's `scrypt:32768:8:1$salt$hex` (RFC 7914). */
export function parseScrypt(stored: string): ForeignHash | null {
  const match = WERKZEUG.exec(stored)
  if (!match) return null
  const [N, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const salt = match[4] ?? ''
  const tag = fromHex(match[5] ?? '')
  const isPowerOfTwo = N > 1 && (N & (N - 1)) === 0
  if (!tag || !isPowerOfTwo || r < 1 || p < 1 || N * r * p > MAX_WORK || 128 * N * r > MAX_BYTES) return null
  return {
    scheme: 'scrypt',
    async verify(password) {
      return isEqualSecret(scrypt(password, salt, { N, r, p, dkLen: tag.length }), tag)
    },
  }
}
