/** The longest password, in code points after normalising and in UTF-8 bytes. Longer ones are refused, never cut. */
export const MAX_CODE_POINTS = 1024
export const MAX_BYTES = 4096

/** A password as all code looks at it. */
export interface PasswordText {
  readonly text: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly codePoints: number
}

/**
 * The same characters typed on two keyboards may arrive as different code points (é as one or two). NFC unites those and changes
 * nothing else (RFC 8265 section 4.2, OpaqueString). NFKC would let different characters pass for each other (² for 2), which
 * ASVS 6.2.8 speaks against. No trimming, no folding of case, for the same reason.
 *
 * Half a surrogate pair is refused: encoders turn each into the same U+FFFD, so that different passwords would be equal. The
 * length is looked at before the characters are.
 */
export function readPassword(password: string): PasswordText | 'too_long' | 'not_text' {
  // NFC only ever shortens in UTF-16 what a keyboard sends: 1,024 Hangul syllables in three parts each are 3,072.
  if (password.length > MAX_BYTES) return 'too_long'
  if (!password.isWellFormed()) return 'not_text'
  const text = password.normalize('NFC')
  const bytes = new TextEncoder().encode(text)
  const codePoints = [...text].length
  if (codePoints > MAX_CODE_POINTS || bytes.length > MAX_BYTES) return 'too_long'
  return { text, bytes: new Uint8Array(bytes), codePoints }
}
