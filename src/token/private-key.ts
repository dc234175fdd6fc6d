import { toBase64Url } from '../lib/encoding.ts'

export type SigningAlgorithm = 'ES256' | 'EdDSA'

/** The part of a JWK that everybody may see (RFC 7517, RFC 8037). */
export interface PublicJwk {
  readonly kty: 'EC' | 'OKP'
  readonly crv: 'P-256' | 'Ed25519'
  readonly x: string
  readonly y?: string
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

export interface KeyPair {
  readonly key: CryptoKey
  readonly jwk: PublicJwk
}

/** Order of P-256 (SP 800-186 section 3.2.1.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** PKCS #8 up to the 32 bytes of an ECPrivateKey on P-256 without its public point (RFC 5915 lets it be absent). */
const PKCS8_P256 = '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420'
/** PKCS #8 up to the 32-byte seed of an Ed25519 key (RFC 8410 section 7). */
const PKCS8_ED25519 = '302e020100300506032b657004220420'

/**
 * How many bytes of derived material `keyPairFrom` takes. ES256 takes 128 bits more than the order has, so that the
 * reduction's bias is below 2^-128 (FIPS 186-5 appendix A.2.1 asks for 64).
 */
export const SEED_BYTES: Readonly<Record<SigningAlgorithm, number>> = { ES256: 48, EdDSA: 32 }

/**
 * The key pair that belongs to `SEED_BYTES` of uniform material: always the same one. The signing key cannot be exported.
 * The public half is left to the runtime, which computes it while importing a private key that comes without one.
 */
export async function keyPairFrom(algorithm: SigningAlgorithm, seed: Uint8Array): Promise<KeyPair> {
  if (seed.length !== SEED_BYTES[algorithm])
    throw new RangeError(`${algorithm} takes ${SEED_BYTES[algorithm]} bytes`)
  const pkcs8 =
    algorithm === 'ES256'
      ? bytesOfHex(PKCS8_P256 + scalarFrom(seed).toString(16).padStart(64, '0'))
      : bytesOfHex(PKCS8_ED25519 + hexOf(seed))
  const kind = algorithm === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' }
  const exportable = await crypto.subtle.importKey('pkcs8', pkcs8, kind, true, ['sign'])
  const { x, y } = (await crypto.subtle.exportKey('jwk', exportable)) as JsonWebKey
  if (x === undefined) throw new TypeError(`The runtime gave no public key for ${algorithm}`)
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, kind, false, ['sign'])
  return { key, jwk: await publicJwk(algorithm, x, y) }
}

/** Wide reduction into 1 … order-1: every private key P-256 has, and no other number (FIPS 186-5 appendix A.2.1). */
function scalarFrom(seed: Uint8Array): bigint {
  return (BigInt(`0x${hexOf(seed)}`) % (P256_ORDER - 1n)) + 1n
}

async function publicJwk(algorithm: SigningAlgorithm, x: string, y: string | undefined): Promise<PublicJwk> {
  if (algorithm === 'EdDSA') {
    const kid = await thumbprint({ crv: 'Ed25519', kty: 'OKP', x })
    return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' }
  }
  if (y === undefined) throw new TypeError('The runtime gave no public point for ES256')
  const kid = await thumbprint({ crv: 'P-256', kty: 'EC', x, y })
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' }
}

/** RFC 7638: SHA-256 of the required members in alphabetical order, which is the order they are given in. */
async function thumbprint(members: Readonly<Record<string, string>>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(members)))
  return toBase64Url(new Uint8Array(digest))
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2)
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16)
  }
  return bytes
}
