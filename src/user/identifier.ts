/**
 * The one place where names are normalised: first NFKC, then trimming, then the checks (a check before normalising lets a
 * fullwidth @ through), then ASCII letters to lower case. Only ASCII is folded: `ı` and `İ` never become an `i`.
 */
export interface Identifier {
  readonly kind: 'email' | 'username'
  readonly value: string
}

/** Controls, bidirectional overrides and other characters that are invisible or move what is around them. */
const INVISIBLE = /[\p{C}\u2028\u2029]/u
const EMAIL_LOCAL = /^[^\s@"(),:;<>[\\\]]{1,64}$/u
const DOMAIN_LABEL = /^(?!-)[\p{L}\p{N}-]{1,63}(?<!-)$/u
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,63}$/u
const ROLE = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

/** An e-mail address in its one spelling, or `null`: one `@`, no quoted local part, no list, no comment (P18). */
export function normalizeEmail(text: string): string | null {
  const email = fold(text)
  if (email === null || email.length > 254) return null
  const [local = '', domain = '', ...more] = email.split('@')
  if (
    more.length > 0 ||
    !EMAIL_LOCAL.test(local) ||
    local.startsWith('.') ||
    local.endsWith('.') ||
    local.includes('..')
  )
    return null
  const labels = domain.split('.')
  if (labels.length < 2 && domain !== 'localhost') return null
  return labels.every((label) => DOMAIN_LABEL.test(label)) ? email : null
}

/** A user name in its one spelling, or `null`. Never contains `@`, so it can never be somebody's address. */
export function normalizeUsername(text: string): string | null {
  const username = fold(text)
  return username !== null && USERNAME.test(username) ? username : null
}

export function normalizeIdentifier(text: string): Identifier | null {
  const email = normalizeEmail(text)
  if (email !== null) return { kind: 'email', value: email }
  const username = normalizeUsername(text)
  return username === null ? null : { kind: 'username', value: username }
}

/** A name to show, or `null` when nothing is left of it. */
export function cleanName(text: string): string | null {
  if (!text.isWellFormed()) return null
  const name = text.normalize('NFC').trim()
  return name !== '' && [...name].length <= 128 && !INVISIBLE.test(name) ? name : null
}

export function isRoleName(text: string): boolean {
  return ROLE.test(text)
}

function fold(text: string): string | null {
  if (!text.isWellFormed()) return null
  const folded = text
    .normalize('NFKC')
    .trim()
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return INVISIBLE.test(folded) ? null : folded
}
