import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fromBase64Unpadded,
  fromBase64Url,
  toBase64Unpadded,
  toBase64Url,
  toHex,
} from '../../src/lib/encoding.ts'
import { isEqualSecret } from '../../src/lib/equal.ts'
import { randomText } from '../../src/lib/random.ts'

describe('base64url and base64', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(new Uint8Array(bytes))
        expect(fromBase64Unpadded(toBase64Unpadded(bytes))).toEqual(new Uint8Array(bytes))
        expect(toBase64Url(bytes)).toMatch(/^[A-Za-z0-9_-]*$/)
      }),
    )
  })

  it.each(['=', 'AA==', 'A', 'AAAAA', 'A A', 'AA\n', 'AA.', 'é', '%41', 'AA+A', 'AA/A'])(
    '%j is no base64url',
    (text) => {
      expect(fromBase64Url(text)).toBeNull()
    },
  )

  it.each(['=', 'AA==', 'A', 'AA-A', 'AA_A', 'A A'])('%j is no unpadded base64', (text) => {
    expect(fromBase64Unpadded(text)).toBeNull()
  })

  it('P2: hostile text never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fromBase64Url(text)
        fromBase64Unpadded(text)
      }),
    )
  })

  it('RFC 4648 section 10', () => {
    const bytes = new TextEncoder().encode('foobar')
    expect([toBase64Url(bytes.slice(0, 1)), toBase64Url(bytes.slice(0, 2)), toBase64Url(bytes)]).toEqual([
      'Zg',
      'Zm8',
      'Zm9vYmFy',
    ])
    expect(toHex(bytes)).toBe('666f6f626172')
    expect(toHex(new Uint8Array([0, 15, 255]))).toBe('000fff')
  })
})

describe('secrets', () => {
  it('are equal when all bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
        expect(isEqualSecret(a, a.slice())).toBe(true)
        expect(isEqualSecret(a, b)).toBe(a.length === b.length && a.every((byte, at) => byte === b[at]))
      }),
    )
  })

  it('are not equal to a longer or shorter one that begins alike', () => {
    const secret = new Uint8Array([1, 2, 3])
    for (const other of [[1, 2], [1, 2, 3, 0], [], [1, 2, 4]])
      expect(isEqualSecret(secret, new Uint8Array(other))).toBe(false)
  })

  it('P11: are drawn anew each time, with all their bits', () => {
    const drawn = new Set(Array.from({ length: 100 }, () => randomText(32)))
    expect(drawn.size).toBe(100)
    for (const text of drawn) expect(fromBase64Url(text)).toHaveLength(32)
  })
})
