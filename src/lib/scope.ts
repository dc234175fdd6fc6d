/** Everything that its owner may. Written out, so that a token which says nothing of scopes has none. */
export const EVERY_SCOPE = '*'

/** RFC 6749 section 3.3: printable ASCII without space, quote and backslash. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/
const MAX_SCOPES = 32

export function isScope(text: string): boolean {
  return SCOPE.test(text)
}

/** The scopes of a space-separated list, each once; `null` when it is none. An empty text is an empty list. */
export function readScope(text: string): readonly string[] | null {
  const scopes = [...new Set(text.split(' ').filter((part) => part !== ''))]
  return scopes.length <= MAX_SCOPES && scopes.every(isScope) ? scopes : null
}

export function hasScopes(held: readonly string[], needed: readonly string[]): boolean {
  return held.includes(EVERY_SCOPE) || needed.every((scope) => held.includes(scope))
}
