import { COMMON_WORDS } from './common-words.ts'
import { endOfWalk } from './keyboard.ts'
import { type Reading, reverse } from './reading.ts'

/*
 * How much guessing a password costs, in letters: a free letter is worth 1 (one of about 26), a digit or sign 0.7 (one of about
 * ten), a listed word, a keyboard walk, a year or a date 2 (one of several hundred); a repeat costs what is repeated, plus 1.
 * The worth of a password is that of its cheapest split into such parts. After zxcvbn (Wheeler, USENIX Security 2016), with a
 * list that fits into a Worker.
 */
const LISTED_WORTH = 2
const FREE_WORTH = 0.7
const LISTED = new Set([...COMMON_WORDS, ...[...COMMON_WORDS].filter((word) => word.length > 4).map(reverse)])
const LONGEST_WORD = Math.max(...[...COMMON_WORDS].map((word) => word.length))
const LONGEST_UNIT = 32
/** Worth less than eight free letters: what an attacker with a word list reaches. */
const ENOUGH = 8

const YEAR = /^(?:19|20)\d\d/
const DATE =
  /^(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))/

/**
 * Whether the password is made of what attackers try first. One whose parts are all free never is, however short: that is the
 * business of the length.
 */
export function isGuessable(readings: readonly Reading[], words: ReadonlySet<string>): boolean {
  return readings.some(({ plain, forms }) => {
    const worth = worthOf(plain, forms, words, new Map())
    return worth < ENOUGH && worth < freeWorth(plain)
  })
}

function worthOf(
  plain: string,
  forms: readonly string[],
  words: ReadonlySet<string>,
  known: Map<string, number>,
): number {
  const best = new Array<number>(plain.length + 1).fill(Number.POSITIVE_INFINITY)
  best[0] = 0
  for (let at = 0; at < plain.length; at++) {
    const base = best[at] ?? 0
    const reach = (end: number, worth: number) => {
      best[end] = Math.min(best[end] ?? 0, base + worth)
    }
    reach(at + 1, freeWorth(plain.charAt(at)))
    for (const end of listedEnds(forms, at, words)) reach(end, LISTED_WORTH)
    const walkEnd = endOfWalk(plain, at)
    if (walkEnd > at) reach(walkEnd, LISTED_WORTH)
    const digits = plain.slice(at, at + 8)
    if (YEAR.test(digits)) reach(at + 4, LISTED_WORTH)
    if (DATE.test(digits)) reach(at + 8, LISTED_WORTH)
    for (const { unit, end } of repeatsAt(plain, at)) {
      const parts = forms.map((form) => form.slice(at, at + unit.length))
      const worth = known.get(unit) ?? worthOf(unit, parts, words, known)
      known.set(unit, worth)
      // `xy4 xy4 xy4` is nothing that lists hold; `blahblah`, `123123` and `passwordpassword` are.
      if (worth < freeWorth(unit) || /^(?:\p{L}+|\p{N}+|[ -~]{1,2})$/u.test(unit)) reach(end, worth + 1)
    }
  }
  return best[plain.length] ?? 0
}

function freeWorth(text: string): number {
  let worth = 0
  for (const char of text) worth += /[\d\s!-/:-@[-`{-~]/.test(char) ? FREE_WORTH : char.length
  return worth
}

function* listedEnds(forms: readonly string[], at: number, words: ReadonlySet<string>): Generator<number> {
  for (const form of forms) {
    const longest = Math.min(LONGEST_WORD, form.length - at)
    for (let length = 2; length <= longest; length++) {
      const part = form.slice(at, at + length)
      if (LISTED.has(part)) yield at + length
    }
    for (const word of words) if (form.startsWith(word, at)) yield at + word.length
  }
}

/** Every unit that stands at `at` twice or more in a row, and each place where its repetition may end. */
function* repeatsAt(text: string, at: number): Generator<{ readonly unit: string; readonly end: number }> {
  for (let length = 1; length <= LONGEST_UNIT && at + 2 * length <= text.length; length++) {
    const unit = text.slice(at, at + length)
    let end = at + length
    while (text.startsWith(unit, end)) end += length
    if (end > at + length) yield { unit, end }
  }
}
