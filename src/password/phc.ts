import { fromBase64Unpadded, toBase64Unpadded } from '../lib/encoding.ts'
import type { Argon2Params } from './argon2.ts'

/** A stored hash: PHC text `$argon2id$v=19$m=…,t=…,p=…[,keyid=…]$salt$tag`. `keyId` names the pepper. */
export interface StoredHash {
  readonly params: Argon2Params
  readonly keyId: string | null
  readonly salt: Uint8Array
  readonly tag: Uint8Array
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)(?:,keyid=([A-Za-z0-9+/]{1,11}))?\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,128})$/

export function formatPhc({ params, keyId, salt, tag }: StoredHash): string {
  const key = keyId === null ? '' : `,keyid=${keyId}`
  const { memoryKib, iterations, parallelism } = params
  const head = `$argon2id$v=19$m=${memoryKib},t=${iterations},p=${parallelism}${key}`
  return `${head}$${toBase64Unpadded(salt)}$${toBase64Unpadded(tag)}`
}

/** `null` for anything else, and for parameters that could bring an isolate down. */
export function parsePhc(text: string): StoredHash | null {
  const match = PHC.exec(text)
  if (!match) return null
  const [, m, t, p, keyId, saltText = '', tagText = ''] = match
  const cost = { memoryKib: Number(m), iterations: Number(t), parallelism: Number(p) }
  const salt = fromBase64Unpadded(saltText)
  const tag = fromBase64Unpadded(tagText)
  if (!salt || !tag || !isBounded(cost)) return null
  return { params: { ...cost, tagBytes: tag.length }, keyId: keyId ?? null, salt, tag }
}

function isBounded({ memoryKib, iterations, parallelism }: Omit<Argon2Params, 'tagBytes'>): boolean {
  return (
    memoryKib >= 8 * parallelism &&
    memoryKib <= 65_536 &&
    iterations >= 1 &&
    iterations <= 10 &&
    parallelism >= 1 &&
    parallelism <= 4
  )
}
