/** How text beyond printable ASCII is written into a header, whose bytes know no character set (RFC 9110 section 5.5). */
export type Encoding = 'percent' | 'rfc2047' | 'quoted-printable' | 'latin1'

/** What needs encoding: everything but printable ASCII, and in percent-encoding the percent sign itself. */
const PLAIN = /^[\x20-\x7e]*$/

/**
 * A value that is safe in a header line, whatever it holds: plain ASCII as it is, everything else encoded whole. Control
 * characters never come through as themselves, so a value cannot add a header (P7).
 */
export function encodeValue(value: string, encoding: Encoding): string {
  const text = value.toWellFormed()
  switch (encoding) {
    case 'percent':
      return PLAIN.test(text) && !text.includes('%') ? text : encodeURIComponent(text)
    case 'rfc2047':
      return PLAIN.test(text) ? text : `=?utf-8?q?${quoted(text, /[^A-Za-z0-9]/)}?=`
    case 'quoted-printable':
      return PLAIN.test(text) && !text.includes('=') ? text : quoted(text, /[^\x20-\x3c\x3e-\x7e]/)
    case 'latin1':
      // UTF-8 bytes, each as the character of its number: what an origin sees that reads headers as bytes.
      return String.fromCharCode(...bytesOf(text.replaceAll(/[\u0000-\u001f\u007f]/g, '')))
  }
}

function quoted(text: string, special: RegExp): string {
  return [...bytesOf(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      return byte > 126 || special.test(char) ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : char
    })
    .join('')
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
