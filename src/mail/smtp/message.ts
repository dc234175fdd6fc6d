import type { Letter } from '../mail.ts'
import { addressHeader, header } from './headers.ts'
import { quotedPrintable } from './quoted-printable.ts'

/**
 * A mail as it goes over the wire (RFC 5322, RFC 2046): pure ASCII, no line beyond 78 characters but for a long word in a header, every
 * line ended by CRLF. `Message-ID` is the same in every attempt, so that readers show a mail that came twice once.
 */
export function messageOf(letter: Letter, now: number): string {
  const { id, from, replyTo, to, subject, text, html } = letter
  const domain = from.address.split('@')[1] ?? 'localhost'
  const boundary = `=_${id}`
  const lines = [
    header('Date', rfc5322Date(now)),
    addressHeader('From', from.name, from.address),
    addressHeader('To', '', to),
    ...(replyTo === null ? [] : [addressHeader('Reply-To', '', replyTo)]),
    header('Subject', subject),
    `Message-ID: <${id}@${domain}>`,
    // RFC 3834: no "I am on holiday" in return.
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...part(boundary, 'text/plain', text),
    ...part(boundary, 'text/html', html),
    `--${boundary}--`,
    '',
  ]
  return lines.join('\r\n')
}

function part(boundary: string, type: string, text: string): readonly string[] {
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(text),
    '',
  ]
}

/** `Mon, 23 Nov 2026 12:00:00 +0000`: `GMT`, as `toUTCString` has it, is the obsolete form (RFC 5322 section 4.3). */
function rfc5322Date(now: number): string {
  return new Date(now).toUTCString().replace('GMT', '+0000')
}

/** RFC 5321 section 4.5.2: a line that is one dot ends the message, so one that begins with a dot gets another. */
export function dotStuffed(message: string): string {
  return `${message.replaceAll(/^\./gm, '..').replace(/(?:\r\n)?$/, '\r\n')}.\r\n`
}
