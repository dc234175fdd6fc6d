import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Encoding, encodeValue } from '../../src/origin/encode-value.ts'

const ENCODINGS: readonly Encoding[] = ['percent', 'rfc2047', 'quoted-printable', 'utf-8']
const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))

describe('a value in a header', () => {
  it.each(ENCODINGS)('P7: cannot add a header, whatever it holds (%s)', (encoding) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const value = encodeValue(text, encoding)
        expect(value).not.toMatch(/[\u0000-\u001f\u007f]/)
        // The runtime warns about each value that is not ASCII.
        if (encoding === 'utf-8') return
        const headers = new Headers()
        headers.set('remote-user', value)
        expect([...headers.keys()]).toEqual(['remote-user'])
        expect(headers.get('remote-user')).toBe(value.replaceAll(/^ +| +$/g, ''))
      }),
    )
  })

  it.each(['percent', 'rfc2047', 'quoted-printable'] as const)('is plain ASCII (%s)', (encoding) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(encodeValue(text, encoding)).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })

  it.each(['percent', 'rfc2047', 'quoted-printable', 'utf-8'] as const)(
    'keeps names apart (%s)',
    (encoding) => {
      const text = anyText.filter((one) => one.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(one))
      fc.assert(
        fc.property(text, text, (one, other) => {
          expect(encodeValue(one, encoding) === encodeValue(other, encoding)).toBe(one === other)
        }),
      )
    },
  )

  it('comes back from percent-encoding', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeURIComponent(encodeValue(text, 'percent'))).toBe(text.toWellFormed())
      }),
    )
  })

  it('comes back from RFC 2047, every encoded-word at most 75 characters long and whole characters in each', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'grapheme', minLength: 30 })), (text) => {
        const value = encodeValue(text, 'rfc2047')
        for (const word of value.split(' ')) {
          if (word.startsWith('=?')) expect(word.length).toBeLessThanOrEqual(75)
        }
        expect(decodeRfc2047(value)).toBe(text.toWellFormed())
      }),
    )
  })

  it('comes back from quoted-printable as Grafana decodes it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeQuotedPrintable(encodeValue(text, 'quoted-printable'))).toBe(text.toWellFormed())
      }),
    )
  })

  it.each([
    ['Ada Lovelace', 'percent', 'Ada Lovelace'],
    ['Zoë', 'percent', 'Zo%C3%AB'],
    ['佐藤', 'percent', '%E4%BD%90%E8%97%A4'],
    ['100%', 'percent', '100%25'],
    ['Zoë <admin>', 'percent', 'Zo%C3%AB%20%3Cadmin%3E'],
    ['a\r\nRemote-User: root', 'percent', 'a%0D%0ARemote-User%3A%20root'],
    ['Ada Lovelace', 'rfc2047', 'Ada Lovelace'],
    ['Zoë', 'rfc2047', '=?utf-8?q?Zo=C3=AB?='],
    ['Zoë L', 'rfc2047', '=?utf-8?q?Zo=C3=AB=20L?='],
    ['=?utf-8?q?root?=', 'rfc2047', '=?utf-8?q?=3D=3Futf=2D8=3Fq=3Froot=3F=3D?='],
    ['Zoë', 'quoted-printable', 'Zo=C3=AB'],
    ['a=b', 'quoted-printable', 'a=3Db'],
    ['a\tb', 'quoted-printable', 'a=09b'],
    ['Zoë', 'utf-8', 'Zoë'],
    ['佐藤', 'utf-8', '佐藤'],
    ['a =?utf-8?q?root?=', 'rfc2047', '=?utf-8?q?a=20=3D=3Futf=2D8=3Fq=3Froot=3F=3D?='],
    ['Zoë L', 'quoted-printable', 'Zo=C3=AB=20L'],
    ['Ada ', 'percent', 'Ada%20'],
    [' Ada', 'rfc2047', '=?utf-8?q?=20Ada?='],
    ['Ada ', 'quoted-printable', 'Ada=20'],
    ['a\r\nb', 'utf-8', 'ab'],
    ['\ud800', 'percent', '%EF%BF%BD'],
    ['', 'percent', ''],
  ] as const)('writes %j in %s as %j', (text, encoding, value) => {
    expect(encodeValue(text, encoding)).toBe(value)
  })
})

function decodeRfc2047(value: string): string {
  if (!value.startsWith('=?')) return value
  // White space between encoded-words is theirs (RFC 2047 section 6.2).
  return value
    .split(' ')
    .map((word) => {
      const text = /^=\?utf-8\?q\?([A-Za-z0-9=]*)\?=$/.exec(word)?.[1]
      if (text === undefined) throw new Error(`not an encoded-word: ${word}`)
      return decodeQuotedPrintable(text)
    })
    .join('')
}

/** Strict: a character may not be cut in two. */
function decodeQuotedPrintable(text: string): string {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '=') {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16))
      at += 2
    } else bytes.push(char.charCodeAt(0))
  }
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes))
}
