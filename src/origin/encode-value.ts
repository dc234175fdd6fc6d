/** How text beyond printable ASCII is written into a header, whose bytes know no character set (RFC 9110 section 5.5). */
export type Encoding = 'percent' | 'rfc2047' | 'quoted-printable' | 'utf-8'

/** Printable ASCII. Blanks at the ends would be lost on the way. */
const PLAIN = /^(?! )[\x20-\x7e]*(?<! )$/
/** RFC 2047 section 2: an encoded-word has at most 75 characters, `=?utf-8?q?` and `?=` among them. */
const MAX_WORD = 75 - '=?utf-8?q??='.length

/**
 * A value that is safe in a header line, whatever it holds: plain ASCII as it is, everything else encoded whole. Control
 * characters never come through as themselves, so a value cannot add a header (P7), and no two texts have the same value
 * (but for the control characters, which `utf-8` leaves out).
 */
export function encodeValue(value: string, encoding: Encoding): string {
  const text = value.toWellFormed()
  switch (encoding) {
    case 'percent':
      return PLAIN.test(text) && !text.includes('%') ? text : encodeURIComponent(text)
    case 'rfc2047':
      return PLAIN.test(text) && !text.includes('=?') ? text : encodedWords(text)
    case 'quoted-printable':
      return PLAIN.test(text) && !text.includes('=') ? text : quoted(text, /[^\x21-\x3c\x3e-\x7e]/)
    case 'utf-8':
      // Workers write header values as UTF-8: an origin that reads headers as Latin-1 sees these bytes, each as one character.
      return text.replaceAll(/[\u0000-\u001f\u007f]/g, '')
  }
}

/** As Tailscale writes names: words with a blank in between, which is not part of the text (RFC 2047 section 6.2). */
function encodedWords(text: string): string {
  const words = ['']
  for (const char of text) {
    const next = quoted(char, /[^A-Za-z0-9]/)
    const word = words.at(-1) ?? ''
    if (word.length + next.length > MAX_WORD) words.push(next)
    else words[words.length - 1] = word + next
  }
  return words.map((word) => `=?utf-8?q?${word}?=`).join(' ')
}

function quoted(text: string, special: RegExp): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      return byte > 126 || special.test(char) ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : char
    })
    .join('')
}
