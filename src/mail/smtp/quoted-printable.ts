/** RFC 2045 section 6.7: 76 characters a line, the `=` of a soft line break included. */
const LINE = 75

/** Any text as printable ASCII in short lines that end in CRLF. Text that is mostly ASCII stays readable. */
export function quotedPrintable(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => breakLine(encodeLine(line)))
    .join('\r\n')
}

function encodeLine(line: string): readonly string[] {
  const characters: string[] = []
  for (const character of line) {
    const isPlain = /^[\t -<>-~]$/.test(character)
    if (isPlain) characters.push(character)
    else for (const byte of new TextEncoder().encode(character)) characters.push(escapeByte(byte))
  }
  // Rule 3: what ends a line in white space may lose it on the way.
  const last = characters.at(-1)
  if (last === ' ' || last === '\t') characters[characters.length - 1] = escapeByte(last.charCodeAt(0))
  return characters
}

function breakLine(characters: readonly string[]): string {
  const lines: string[] = []
  let line = ''
  for (const character of characters) {
    if (line.length + character.length > LINE) {
      lines.push(`${line}=`)
      line = ''
    }
    line += character
  }
  return [...lines, line].join('\r\n')
}

function escapeByte(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
