/** RFC 2047 section 2: a line with encoded words has 76 characters at most. 39 bytes make a word of 64, which fits behind `Subject: `. */
const LINE = 76
const WORD_BYTES = 39

/**
 * One header line, without its end. The value may be any text: whatever could end the line is gone, what is not ASCII becomes encoded
 * words, what is long is folded.
 */
export function header(name: string, value: string): string {
  return fold(name, encodeText(value))
}

/** RFC 5322 section 3.4: a line with a name and an address. The address is ASCII without white space: the caller has made sure of that. */
export function addressHeader(header: string, name: string, address: string): string {
  const clean = oneLine(name)
  if (clean === '') return `${header}: <${address}>`
  const shown = isPlain(clean) ? `"${clean.replaceAll(/["\\]/g, '\\$&')}"` : encodeWords(clean)
  return fold(header, `${shown} <${address}>`)
}

function encodeText(value: string): string {
  const clean = oneLine(value)
  return isPlain(clean) ? clean : encodeWords(clean)
}

/** A line end begins another header (CWE-93). */
function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim()
}

/** ASCII that does not look like an encoded word, which would be shown as what it decodes to, quoted or not. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text) && !text.includes('=?')
}

/** RFC 2047: `B` words, each with whole characters. */
function encodeWords(text: string): string {
  const words: number[][] = [[]]
  for (const character of text) {
    const bytes = new TextEncoder().encode(character)
    if ((words.at(-1)?.length ?? 0) + bytes.length > WORD_BYTES) words.push([])
    words.at(-1)?.push(...bytes)
  }
  return words.map((bytes) => `=?utf-8?B?${btoa(String.fromCharCode(...bytes))}?=`).join(' ')
}

/** RFC 5322 section 2.2.3: folded at spaces. A word that is longer than a line stays whole. */
function fold(name: string, value: string): string {
  const [first = '', ...words] = value.split(/ +/)
  const lines = [`${name}: ${first}`]
  for (const word of words) {
    const line = lines.at(-1) ?? ''
    if (line.length + 1 + word.length > LINE) lines.push(` ${word}`)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines.join('\r\n')
}
