/** A password as an attacker's rules see it: forms of equal length, so that positions mean the same in each. */
export interface Reading {
  readonly plain: string
  /** `plain` first, then with letters for the digits and signs that stand for them. */
  readonly forms: readonly string[]
}

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
  '+': 't',
  '€': 'e',
  '(': 'c',
}
/** Only so much is looked at; what follows cannot make a password weaker. */
const MAX_LENGTH = 512

/** Without capitals and accents (`NFKD` takes them apart); combining vowels of other scripts stay. */
export function foldForGuessing(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .normalize('NFC')
}

/** Twice: as it is, and without the separators that people put between words. */
export function readForGuessing(password: string): readonly Reading[] {
  const folded = foldForGuessing(password).slice(0, MAX_LENGTH)
  const compact = folded.replaceAll(/[\s_.,-]/gu, '')
  return (compact === folded ? [folded] : [folded, compact]).map(readingOf)
}

function readingOf(plain: string): Reading {
  const unleet = (one: string) =>
    plain.replaceAll(/[0-9@$!|+€(]/g, (char) => (char === '1' || char === '!' ? one : (LEET[char] ?? char)))
  return { plain, forms: [...new Set([plain, unleet('i'), unleet('l')])] }
}
