import { toBase64Url } from '../lib/encoding.ts'

/** Digits and letters that nobody mixes up; 32 of them, so that every byte's five low bits name one. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 10
const COUNT = 10

/** A new set. Fifty bits each: nothing to guess at, and short enough to be written down. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: COUNT }, () => {
    const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
    const text = Array.from(bytes, (byte) => ALPHABET[byte & 31]).join('')
    return `${text.slice(0, 5)}-${text.slice(5)}`
  })
}

/** What was typed from paper, in its one spelling; `null` when it cannot be a code. */
export function normalizeRecoveryCode(typed: string): string | null {
  const text = typed
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
  return text.length === LENGTH && [...text].every((char) => ALPHABET.includes(char)) ? text : null
}

/**
 * Keyed, because fifty bits under a plain hash could be searched by whoever reads the database. Bound to the account. One hash per key,
 * the current one first.
 */
export async function hashRecoveryCode(
  keys: readonly Uint8Array<ArrayBuffer>[],
  userId: string,
  code: string,
): Promise<readonly string[]> {
  const text = new TextEncoder().encode(`${userId}.${normalizeRecoveryCode(code) ?? ''}`)
  return await Promise.all(
    keys.map(async (bytes) => {
      const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
        'sign',
      ])
      return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)))
    }),
  )
}
