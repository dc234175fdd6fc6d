import { fromBase64Url, toBase64Url } from '../lib/encoding.ts'
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
  return `$argon2id$v=19$m=${memoryKib},t=${iterations},p=${parallelism}${key}$${toBase64(salt)}$${toBase64(tag)}`
}

/** `null` for anything else, and for parameters that could bring an isolate down. */
export function parsePhc(text: string): StoredHash | null {
  const match = PHC.exec(text)
  if (!match) return null
  const [, m, t, p, keyId, saltText = '', tagText = ''] = match
  const params = { memoryKib: Number(m), iterations: Number(t), parallelism: Number(p) }
  const salt = fromBase64(saltText)
  const tag = fromBase64(tagText)
  if (!salt || !tag || !areBounded(params)) return null
  return { params: { ...params, tagBytes: tag.length }, keyId: keyId ?? null, salt, tag }
}

function areBounded({ memoryKib, iterations, parallelism }: Omit<Argon2Params, 'tagBytes'>): boolean {
  return (
    memoryKib >= 8 * parallelism &&
    memoryKib <= 65_536 &&
    iterations >= 1 &&
    iterations <= 10 &&
    parallelism >= 1 &&
    parallelism <= 4
  )
}

/** PHC text uses the standard alphabet without padding. */
function toBase64(bytes: Uint8Array): string {
  return toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/')
}

function fromBase64(text: string): Uint8Array | null {
  return fromBase64Url(text.replaceAll('+', '-').replaceAll('/', '_'))
}
