import { fromBase64Url } from '../lib/encoding.ts'

/** COSE numbers (RFC 9053) of the signatures that are taken, in the order in which they are asked for. */
export const ALGORITHMS = [-8, -7, -257] as const

const IMPORTS: Readonly<Record<number, SubtleCryptoImportKeyAlgorithm>> = {
  [-8]: { name: 'Ed25519' },
  [-7]: { name: 'ECDSA', namedCurve: 'P-256' },
  [-257]: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
}
const MIN_RSA_BITS = 2048

/** The key of a passkey, from SPKI as the browser gives it; `null` for one that is not of its algorithm, or too weak. */
export async function importPublicKey(algorithm: number, spki: string): Promise<CryptoKey | null> {
  const parameters = IMPORTS[algorithm]
  const bytes = fromBase64Url(spki)
  if (!parameters || !bytes) return null
  const key = await crypto.subtle.importKey('spki', bytes, parameters, false, ['verify']).catch(() => null)
  const { modulusLength } = (key?.algorithm ?? {}) as { modulusLength?: number }
  return modulusLength !== undefined && modulusLength < MIN_RSA_BITS ? null : key
}

/** Whether `signature` over `data` was made by the owner of the key. */
export async function isSignedBy(
  key: CryptoKey,
  algorithm: number,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (algorithm === -8) return await crypto.subtle.verify('Ed25519', key, signature, data)
  if (algorithm === -257) return await crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, data)
  const raw = rawOfDer(signature)
  return raw !== null && (await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, data))
}

/** Authenticators sign in DER (`SEQUENCE { INTEGER r, INTEGER s }`), Web Crypto wants the two numbers of 32 bytes one after the other. */
function rawOfDer(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null
  const r = integerAt(der, 2)
  const s = r && integerAt(der, r.end)
  if (!r || !s || s.end !== der.length) return null
  const raw = new Uint8Array(64)
  raw.set(r.bytes, 32 - r.bytes.length)
  raw.set(s.bytes, 64 - s.bytes.length)
  return raw
}

function integerAt(der: Uint8Array, at: number): { readonly bytes: Uint8Array; readonly end: number } | null {
  const length = der[at + 1]
  if (der[at] !== 0x02 || length === undefined || length < 1 || length > 33) return null
  const end = at + 2 + length
  if (end > der.length) return null
  // A leading zero says only that the number is positive.
  const bytes = der.subarray(der[at + 2] === 0 ? at + 3 : at + 2, end)
  return bytes.length > 32 ? null : { bytes, end }
}
