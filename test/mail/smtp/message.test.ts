import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Letter } from '../../../src/mail/mail.ts'
import { addressHeader, header } from '../../../src/mail/smtp/headers.ts'
import { dotStuffed, messageOf } from '../../../src/mail/smtp/message.ts'
import { quotedPrintable } from '../../../src/mail/smtp/quoted-printable.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom('a', '.', '\r', '\n', ' ', '=', '?', 'ä', '👩‍👩‍👧', '\t', '\0', ':'),
    maxLength: 300,
  }),
)

const letterOf = (text: string): Letter => ({
  id: 'abcdefghijklmnopqrstuv',
  from: { name: text, address: 'no-reply@acme.example' },
  replyTo: null,
  to: 'ada@acme.example',
  subject: text,
  text,
  html: text,
})

/** What a reader makes of quoted-printable (RFC 2045 section 6.7). */
function readQuotedPrintable(text: string): string {
  const joined = text.replaceAll(/=\r\n/g, '').replaceAll('\r\n', '\n')
  const bytes = joined.replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)))
}

describe('whatever a mail says', () => {
  it('its lines are ASCII, short, and end in CRLF alone', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const message = messageOf(letterOf(text), 0)
        expect(message.replaceAll('\r\n', '')).toMatch(/^[\t -~]*$/)
        for (const line of message.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998)
      }),
    )
  })

  it('P7: it has the headers that we gave it, in one block, and no others', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const [head = ''] = messageOf(letterOf(text), 0).split('\r\n\r\n')
        const names = head
          .replaceAll(/\r\n[ \t]/g, ' ')
          .split('\r\n')
          .map((line) => line.split(':')[0])
        expect(names).toEqual([
          'Date',
          'From',
          'To',
          'Subject',
          'Message-ID',
          'Auto-Submitted',
          'MIME-Version',
          'Content-Type',
        ])
      }),
    )
  })

  it('it ends where it ends: no line of one dot but the last', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const lines = dotStuffed(messageOf(letterOf(text), 0)).split('\r\n')
        expect(lines.indexOf('.')).toBe(lines.length - 2)
        expect(lines.at(-1)).toBe('')
        // Taking the dots away again gives the message.
        const received = lines.slice(0, -2).map((line) => line.replace(/^\./, ''))
        expect(`${received.join('\r\n')}\r\n`).toBe(messageOf(letterOf(text), 0))
      }),
    )
  })

  it('it is read as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        expect(readQuotedPrintable(quotedPrintable(text))).toBe(text.replaceAll(/\r\n?/g, '\n'))
      }),
    )
  })
})

it.each([
  ['Subject', 'short', 'Subject: short'],
  ['Subject', 'a  b\r\nc', 'Subject: a b c'],
  [
    'Subject',
    `${'word '.repeat(20)}`,
    `Subject: ${'word '.repeat(13).trim()}\r\n ${'word '.repeat(7).trim()}`,
  ],
  ['Subject', 'ä', 'Subject: =?utf-8?B?w6Q=?='],
  ['Subject', '=?utf-8?Q?x?=', 'Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?='],
])('%s of %j is %j', (name, value, line) => {
  expect(header(name, value)).toBe(line)
})

it.each([
  ['', 'From: <a@b.example>'],
  ['Acme', 'From: "Acme" <a@b.example>'],
  ['A "B" \\ C', 'From: "A \\"B\\" \\\\ C" <a@b.example>'],
  ['Ä', 'From: =?utf-8?B?w4Q=?= <a@b.example>'],
  ['x" <eve@evil.example>, "y', 'From: "x\\" <eve@evil.example>, \\"y" <a@b.example>'],
])('the name %j: %j', (name, line) => {
  expect(addressHeader('From', name, 'a@b.example')).toBe(line)
})
