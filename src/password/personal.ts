import { foldForGuessing, type Reading, reverse } from './reading.ts'

/** What the policy knows of the account and the site. */
export interface PasswordContext {
  /** Site names, hosts, words of the organisation. */
  readonly siteWords: readonly string[]
  readonly email?: string | null | undefined
  readonly username?: string | null | undefined
  readonly name?: string | null | undefined
}

/** So many characters that are neither part of a personal word nor digits or signs make a password of its own. */
const ENOUGH_LEFT = 8
const SHORTEST_OF_PERSON = 3
/** Host names and titles have short parts that mean nothing: www, com, the. */
const SHORTEST_OF_SITE = 4
/** Shorter words turn up by chance among random characters when digits and signs may stand for letters. */
const SHORTEST_WITH_LEET = 5

/** The words that everybody who knows the account or the site would try, folded for comparison. */
export function personalWords({ siteWords, email, username, name }: PasswordContext): ReadonlySet<string> {
  const [local = '', domain = ''] = email?.split('@') ?? []
  const person = [local, username ?? '', name ?? ''].flatMap((text) => partsOf(text, SHORTEST_OF_PERSON))
  const site = [...siteWords, domain].flatMap((text) => partsOf(text, SHORTEST_OF_SITE))
  const words = [...person, ...site]
  return new Set([...words, ...words.filter((word) => word.length > 4).map(reverse)])
}

/**
 * Whether the password consists mainly of these words: without them, without digits and signs, fewer than eight characters are
 * left.
 */
export function isMainlyPersonal(readings: readonly Reading[], words: ReadonlySet<string>): boolean {
  return readings.some(({ plain, forms }) => {
    const covered = new Set<number>()
    for (const form of forms) {
      for (const word of words) {
        if (form !== plain && word.length < SHORTEST_WITH_LEET) continue
        for (let at = form.indexOf(word); at >= 0; at = form.indexOf(word, at + 1)) {
          for (let index = at; index < at + word.length; index++) covered.add(index)
        }
      }
    }
    if (covered.size === 0) return false
    const left = plain.split('').filter((_, index) => !covered.has(index))
    return left.join('').replaceAll(/[\p{N}\p{P}\p{Z}\p{Sm}\p{Sc}\p{Sk}]/gu, '').length < ENOUGH_LEFT
  })
}

/** The whole, with and without its separators, and each part that is long enough and has letters. */
function partsOf(text: string, shortest: number): readonly string[] {
  const folded = foldForGuessing(text.slice(0, 256))
  const parts = folded.split(/[^\p{L}\p{M}\p{N}]+/u)
  return [folded, parts.join(''), ...parts].filter((part) => part.length >= shortest && /\p{L}/u.test(part))
}
