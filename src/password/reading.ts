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

/** As it is, without the separators that people put between words, and `aaabbbccc` as `abc` where that is most of it. */
export function readForGuessing(password: string): readonly Reading[] {
  const folded = foldForGuessing(password).slice(0, MAX_LENGTH)
  const compact = folded.replaceAll(/[\s_.,-]/gu, '')
  const single = compact.replaceAll(/(.)\1+/gu, '$1')
  return [...new Set([folded, compact, ...(2 * single.length <= compact.length ? [single] : [])])].map(
    readingOf,
  )
}

/** Words are tried backwards, too. */
export function reverse(text: string): string {
  return [...text].reverse().join('')
}

function readingOf(plain: string): Reading {
  const unleet = (one: string) =>
    plain.replaceAll(/[0-9@$!|+€(]/g, (char) => (char === '1' || char === '!' ? one : (LEET[char] ?? char)))
  return { plain, forms: [...new Set([plain, unleet('i'), unleet('l')])] }
}
