import { Secret, TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { fromBase32, toBase32 } from '../../src/factor/base32.ts'
import { newSeed, otpauthUri, stepOf } from '../../src/factor/totp.ts'

describe('codes of authenticator apps', () => {
  // RFC 6238 appendix B, SHA-1, the last six of eight digits.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at second %i the RFC says %s', async (seconds, code) => {
    const seed = toBase32(new TextEncoder().encode('12345678901234567890'))
    expect(await stepOf(seed, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
  })

  it('are those that another implementation makes', async () => {
    for (let round = 0; round < 50; round++) {
      const seed = newSeed()
      const now = Math.floor(Math.random() * 4e12)
      const code = new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: now })
      expect(await stepOf(seed, code, now)).not.toBeNull()
    }
  })

  it.each(['', '12345', '1234567', '12345a', '１２３４５６', ' 123456'])('%j is none', async (code) => {
    expect(await stepOf(newSeed(), code, 0)).toBeNull()
  })
})

it('base32 comes back, whatever the length', () => {
  for (let length = 0; length < 64; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length))
    const text = toBase32(bytes)
    expect(fromBase32(text)).toEqual(bytes)
    if (length > 0) expect(text).toBe(new Secret({ buffer: bytes.buffer }).base32)
  }
})

it('the address names issuer and account, whatever is in them', () => {
  const uri = new URL(otpauthUri(newSeed(), 'Acme: & Sons', 'ada+x@acme.example'))
  expect(uri.protocol).toBe('otpauth:')
  expect(decodeURIComponent(uri.pathname)).toMatch(/\/Acme {2}& Sons:ada\+x@acme.example$/)
  expect(uri.searchParams.get('issuer')).toBe('Acme: & Sons')
})
