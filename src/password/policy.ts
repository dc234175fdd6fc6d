import { isMainlyPersonal, type PasswordContext, personalWords } from './personal.ts'
import { readForGuessing } from './reading.ts'
import { MAX_CODE_POINTS, readPassword } from './text.ts'
import { isGuessable } from './weakness.ts'

/** Why a password is refused; the codes of field errors. */
export type PasswordProblem = 'too_short' | 'too_long' | 'not_text' | 'common' | 'contains_personal'

export interface PasswordPolicy {
  /** In code points. */
  readonly minLength: number
  /** In code points; never more than 1,024. */
  readonly maxLength?: number
}

const NO_WORDS: ReadonlySet<string> = new Set()

/**
 * Everything that is wrong with a new password; empty for a good one. Length and guessability only; whatever characters may be
 * used, and none have to be (NIST SP 800-63B-4 section 3.1.1.2, ASVS 6.2.5). Never throws. Too long a text is refused before it is looked at.
 */
export function checkPassword(
  password: string,
  { minLength, maxLength = MAX_CODE_POINTS }: PasswordPolicy,
  context: PasswordContext,
): readonly PasswordProblem[] {
  const read = readPassword(password)
  if (typeof read === 'string') return [read]
  if (read.codePoints > maxLength) return ['too_long']
  const problems: PasswordProblem[] = read.codePoints < minLength ? ['too_short'] : []
  if (read.text === '') return problems

  const readings = readForGuessing(read.text)
  const words = personalWords(context)
  const isCommon = isGuessable(readings, NO_WORDS)
  if (isCommon) problems.push('common')
  if (isMainlyPersonal(readings, words) || (!isCommon && isGuessable(readings, words))) {
    problems.push('contains_personal')
  }
  return problems
}
