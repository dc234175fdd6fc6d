import { COMMON_WORDS, KEYBOARD_ROWS } from './common.ts'

export type PasswordProblem = 'not_text' | 'too_short' | 'too_long' | 'common' | 'contains_personal'

/** 128 characters of four bytes fit many times; a megabyte is refused before anything looks at it. */
export const MAX_PASSWORD_UNITS = 2048
const MAX_PASSWORD_BYTES = 4096

/** What must be left of a password once a word that anybody would guess is taken out of it. */
const MIN_REST = 8

export interface PasswordContext {
  /** Names of the site and the organisation. */
  readonly siteWords: readonly string[]
  readonly email?: string | null
  readonly username?: string | null
  readonly name?: string | null
}

/**
 * What is wrong with a new password; nothing is fine. Length is what counts (NIST SP 800-63B-4 section 3.1.1): no rules of
 * composition, any character of any script, but nothing that is among the first guesses. Pure and linear.
 */
export function checkPassword(
  password: string,
  settings: { readonly minLength: number },
  context: PasswordContext,
): readonly PasswordProblem[] {
  if (password.length > MAX_PASSWORD_UNITS) return ['too_long']
  if (!password.isWellFormed()) return ['not_text']
  if (new TextEncoder().encode(password).length > MAX_PASSWORD_BYTES) return ['too_long']
  const problems: PasswordProblem[] = []
  if ([...password.normalize('NFC')].length < settings.minLength) problems.push('too_short')
  if (isCommon(password)) problems.push('common')
  if (isPersonal(password, context)) problems.push('contains_personal')
  return problems
}

function isCommon(password: string): boolean {
  const bare = strip(password)
  if (isMadeOf(bare, COMMON_WORDS) || isMadeOf(strip(unleet(password)), COMMON_WORDS)) return true
  const compact = password.toLowerCase().replaceAll(/[\s\p{P}\p{S}]/gu, '')
  return isRepeated(compact) || isWalk(compact)
}

/** Whether taking the words out leaves too little to be a password of its own. */
function isMadeOf(text: string, words: readonly string[]): boolean {
  let rest = text
  for (const word of words) rest = rest.replaceAll(word, '')
  return rest !== text && [...rest].length < MIN_REST
}

function isPersonal(password: string, { siteWords, email, username, name }: PasswordContext): boolean {
  const words = [...siteWords, email?.split('@')[0], email?.split('@')[1]?.split('.')[0], username, name]
    .filter((word) => typeof word === 'string')
    .flatMap((word) => [word, ...word.split(/[\s._@-]+/)])
    .map(strip)
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length)
  return isMadeOf(strip(password), words) || isMadeOf(strip(unleet(password)), words)
}

/** Letters only, lower-case: what is left when digits and decoration are taken off. */
function strip(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}]/gu, '')
}

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

function unleet(text: string): string {
  return text.replaceAll(/[013457@$!]/g, (char) => LEET[char] ?? char)
}

/** One short piece over and over: `aaaa…`, `abcabcabc…`, `letmeinletmein1`. */
function isRepeated(text: string): boolean {
  const letters = text.replace(/\d+$/, '') || text
  for (let size = 1; size <= Math.min(8, letters.length / 2); size++) {
    if (
      letters ===
      letters
        .slice(0, size)
        .repeat(Math.ceil(letters.length / size))
        .slice(0, letters.length)
    )
      return true
  }
  return false
}

/** Mostly neighbours: along the alphabet, the digits or the rows of a keyboard, forwards or backwards. */
function isWalk(text: string): boolean {
  if (text.length < 6) return false
  let steps = 0
  for (let at = 1; at < text.length; at++) {
    const pair = text.slice(at - 1, at + 1)
    const reversed = `${pair[1]}${pair[0]}`
    if (KEYBOARD_ROWS.some((row) => row.includes(pair) || row.includes(reversed))) steps++
  }
  return steps / (text.length - 1) > 0.75
}
