/**
 * The one place where names are normalised: first NFKC, then the checks. A check before normalising lets a fullwidth @ through.
 * Half surrogate pairs are refused everywhere: encoders turn each into the same U+FFFD, and two names would become one.
 */
export interface Identifier {
  readonly kind: 'email' | 'username'
  readonly value: string
}

/** Spaces, controls, bidirectional overrides, and letters that draw nothing (Hangul fillers). */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u
const EMAIL_LOCAL = /^(?!\.)(?!.*\.\.)[^\s@"(),:;<>[\\\]]{1,64}(?<!\.)$/u
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u
const DOMAIN_LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/
const USERNAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]{0,63}$/u
/** How generated ids begin. */
const LIKE_AN_ID = /^(?:user|guest|service)_/
const LOOK_ALIKE_SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]
const ROLE = /^[A-Za-z0-9_.:-]{1,64}$/

/**
 * An e-mail address in its one spelling, or `null`: one `@`, no quoted local part, no list, no comment (P18). ASCII letters are
 * lower-cased and no others, so that `ı` never becomes an `i`; a domain in another script becomes its ASCII form (`xn--…`).
 */
export function normalizeEmail(text: string): string | null {
  const folded = normalize(text, (normal) => normal.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))
  if (folded === null) return null
  const [local = '', domainText = '', ...more] = folded.split('@')
  if (more.length > 0 || !EMAIL_LOCAL.test(local)) return null
  const domain = normalizeDomain(domainText)
  if (domain === null) return null
  const email = `${local}@${domain}`
  return email.length <= 254 ? email : null
}

/**
 * A user name in its one spelling, or `null`: letters and digits of any script and `._-`. Never contains `@`, so it can never be
 * somebody's address; nor is it like a generated id, as rules name users by either. Latin, Cyrillic and Greek do not mix: `аdmin` with a
 * Cyrillic а is not an admin.
 */
export function normalizeUsername(text: string): string | null {
  const username = normalize(text, (normal) => normal.toLowerCase().replaceAll('ς', 'σ'))
  if (username === null || !USERNAME.test(username) || LIKE_AN_ID.test(username)) return null
  return LOOK_ALIKE_SCRIPTS.filter((script) => script.test(username)).length > 1 ? null : username
}

/** What somebody typed to say who they are. */
export function normalizeIdentifier(text: string): Identifier | null {
  const email = normalizeEmail(text)
  if (email !== null) return { kind: 'email', value: email }
  const username = normalizeUsername(text)
  return username === null ? null : { kind: 'username', value: username }
}

/** A name to show, at most 128 code points on one line, or `null` when it is empty or could move what is around it. */
export function cleanName(text: string): string | null {
  if (text.length > 1024 || !text.isWellFormed()) return null
  const name = text.normalize('NFC').trim()
  // Persian, Hindi and family emoji are written with the two joiners.
  const visible = name.replaceAll(/[\u200c\u200d]/g, '')
  if (visible === '' || /[\p{C}\p{Zl}\p{Zp}]/u.test(visible)) return null
  return [...name].length <= 128 ? name : null
}

/** A role travels in a header as one of a list: no comma, bar or space. */
export function isRoleName(text: string): boolean {
  return ROLE.test(text)
}

/** Normalised twice: `J̌` has no single capital but its small letter has one, so folding can undo the first. */
function normalize(text: string, fold: (normal: string) => string): string | null {
  // Line breaks are an attack on mail headers even at the ends, where trimming would take them away.
  if (text.length > 1024 || !text.isWellFormed() || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return null
  const folded = fold(text.normalize('NFKC').trim()).normalize('NFKC')
  return INVISIBLE.test(folded) ? null : folded
}

/** Checked before the URL parser sees it (which decodes `%` and cuts at `/`) and after (which spells numbers as addresses). */
function normalizeDomain(text: string): string | null {
  if (!DOMAIN.test(text)) return null
  const domain = URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : ''
  const labels = domain.split('.')
  if (!labels.every((label) => DOMAIN_LABEL.test(label)) || domain.length > 253) return null
  if (domain === 'localhost') return domain
  return labels.length > 1 && !/^\d+$/.test(labels.at(-1) ?? '') ? domain : null
}
