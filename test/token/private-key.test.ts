import fc from 'fast-check'
import { calculateJwkThumbprint } from 'jose'
import { expect, test } from 'vitest'
import { keyPairFrom, SEED_BYTES } from '../../src/token/private-key.ts'

const ORDER_LESS_ONE = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550'

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

test('gives the P-256 key pair of RFC 6979 A.2.5 for its private key', async () => {
  // The reduction adds one, so the seed is the private key less one.
  const seed = bytes(`${'00'.repeat(16)}c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6720`)
  const { jwk } = await keyPairFrom('ES256', seed)
  expect(jwk).toMatchObject({
    kty: 'EC',
    crv: 'P-256',
    alg: 'ES256',
    use: 'sig',
    x: 'YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y',
    y: 'eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk',
  })
})

test('gives the Ed25519 key pair of RFC 8032 section 7.1 for its seed', async () => {
  const seed = bytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
  const { jwk } = await keyPairFrom('EdDSA', seed)
  expect(jwk).toMatchObject({
    kty: 'OKP',
    crv: 'Ed25519',
    alg: 'EdDSA',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  })
})

test.each([
  ['zero', '00'.repeat(48)],
  ['the order less one, which reduces to zero', '00'.repeat(16) + ORDER_LESS_ONE],
  ['the largest', 'ff'.repeat(48)],
])('makes a usable P-256 key even of %s', async (_what, hex) => {
  const { jwk } = await keyPairFrom('ES256', bytes(hex))
  expect(jwk.x).toHaveLength(43)
})

test.each(['ES256', 'EdDSA'] as const)(
  'P9: %s pairs sign what their public half verifies, and nothing else',
  async (alg) => {
    const kind =
      alg === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } : { name: 'Ed25519' }
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: SEED_BYTES[alg], maxLength: SEED_BYTES[alg] }),
        fc.uint8Array(),
        async (seed, text) => {
          const { key, jwk } = await keyPairFrom(alg, seed)
          const { kty, crv, x, y } = jwk
          const halves = y === undefined ? { kty, crv, x } : { kty, crv, x, y }
          const publicKey = await crypto.subtle.importKey('jwk', halves, kind, false, ['verify'])
          const data = new Uint8Array(text)
          const signature = await crypto.subtle.sign(kind, key, data)
          expect(await crypto.subtle.verify(kind, publicKey, signature, data)).toBe(true)
          expect(await crypto.subtle.verify(kind, publicKey, signature, new Uint8Array([...data, 0]))).toBe(
            false,
          )
        },
      ),
      { numRuns: 25 },
    )
  },
)

test.each(['ES256', 'EdDSA'] as const)(
  'names an %s key by its RFC 7638 thumbprint, as jose computes it',
  async (alg) => {
    const { jwk } = await keyPairFrom(alg, new Uint8Array(SEED_BYTES[alg]).fill(7))
    expect(jwk.kid).toBe(await calculateJwkThumbprint({ ...jwk }))
  },
)

test.each(['ES256', 'EdDSA'] as const)(
  'P9: neither half of an %s pair gives the private key away',
  async (alg) => {
    const { key, jwk } = await keyPairFrom(alg, new Uint8Array(SEED_BYTES[alg]).fill(7))
    expect(Object.keys(jwk)).not.toContain('d')
    expect(key.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow()
  },
)

test('refuses a seed of the wrong length', async () => {
  await expect(keyPairFrom('ES256', new Uint8Array(32))).rejects.toThrow(RangeError)
  await expect(keyPairFrom('EdDSA', new Uint8Array(48))).rejects.toThrow(RangeError)
})
