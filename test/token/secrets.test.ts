import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSecrets } from '../../src/token/secrets.ts'
import { FIRST_SECRET, SECOND_SECRET, secretsFrom } from './support.ts'

function problemOf(text: string | undefined): string | null {
  const parsed = parseSecrets(text)
  return parsed.ok ? null : parsed.problem
}

const randomSecret = fc
  .uint8Array({ minLength: 32, maxLength: 64 })
  .filter((bytes) => new Set(bytes).size > 20)
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''))

describe('the secret of the operator', () => {
  test.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['only blanks', ' \n'],
    ['31 bytes', 'abcdefghijklmnopqrstuvwxyz01234'],
    ['16 bytes written as hex', '0f1e2d3c4b5a69788796a5b4c3d2e1f0'],
    ['one character, repeated', 'a'.repeat(64)],
    ['two characters, alternating', 'ab'.repeat(32)],
    ['a short word, repeated', 'passwort1'.repeat(6)],
    ['digits counted up, the last round cut off', '0123456789'.repeat(5).slice(0, 47)],
    ['a placeholder', 'changeme-changeme-with-some-more-text-0123'],
    ['a placeholder in capitals', 'PLEASE_CHANGE_ME_to-something-random-0123456789'],
    ['a placeholder in angle brackets', '<32 random bytes, see the docs for how>'],
    ['a good one followed by nothing', `${FIRST_SECRET},`],
    ['a good one followed by a weak one', `${FIRST_SECRET},short`],
    ['the same one twice', `${FIRST_SECRET}, ${FIRST_SECRET}`],
  ])('refuses %s', (_what, text) => {
    expect(problemOf(text)).toMatch(/^EDGEGATE_SECRET /)
  })

  test('names the entry that is wrong and never quotes it', () => {
    expect(problemOf(`${FIRST_SECRET},changeme0123456789abcdefghijklmnopqrstuv`)).toBe(
      'EDGEGATE_SECRET entry 2 of 2 is a placeholder',
    )
  })

  test('accepts base64, hex and plain text of 32 bytes and more, and ignores blanks around it', async () => {
    for (const text of [
      FIRST_SECRET,
      btoa(FIRST_SECRET),
      '0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0',
    ]) {
      expect(problemOf(text)).toBeNull()
    }
    expect(await secretsFrom(` ${FIRST_SECRET}\n`).derive('x', 32)).toEqual(
      await secretsFrom(FIRST_SECRET).derive('x', 32),
    )
  })

  test('accepts every random secret, alone or beside another', () => {
    fc.assert(
      fc.property(randomSecret, randomSecret, (first, second) => {
        fc.pre(first !== second)
        expect(problemOf(first)).toBeNull()
        expect(problemOf(`${first},${second}`)).toBeNull()
      }),
    )
  })
})

describe('derived material', () => {
  test('is what RFC 5869 says of the text, with the label as info and no salt', async () => {
    const key = await crypto.subtle.importKey(
      'raw',
      new Uint8Array(32),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const extracted = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(FIRST_SECRET))
    const expander = await crypto.subtle.importKey(
      'raw',
      extracted,
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const expected = await crypto.subtle.sign(
      'HMAC',
      expander,
      new TextEncoder().encode('edgegate/test\u0001'),
    )
    expect(await secretsFrom(FIRST_SECRET).derive('edgegate/test', 32)).toEqual([new Uint8Array(expected)])
  })

  test('comes once per secret, the current one first', async () => {
    const both = secretsFrom(`${SECOND_SECRET},${FIRST_SECRET}`)
    expect(both.count).toBe(2)
    expect(await both.derive('x', 16)).toEqual([
      ...(await secretsFrom(SECOND_SECRET).derive('x', 16)),
      ...(await secretsFrom(FIRST_SECRET).derive('x', 16)),
    ])
  })

  test('P10: differs for every label', async () => {
    const secrets = secretsFrom(FIRST_SECRET)
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (one, other) => {
        fc.pre(one !== other)
        expect(await secrets.derive(one, 32)).not.toEqual(await secrets.derive(other, 32))
      }),
      { numRuns: 30 },
    )
  })

  test.each([0, -1, 1.5, 8161, Number.NaN])('has no length of %d', async (length) => {
    await expect(secretsFrom(FIRST_SECRET).derive('x', length)).rejects.toThrow(RangeError)
  })
})
