import { parseBcrypt } from './bcrypt.ts'
import { parsePbkdf2 } from './pbkdf2.ts'
import { parseScrypt } from './scrypt.ts'

/**
 * A hash that another system made, imported as it is. Its owner's first sign-in replaces it by one of ours, which it therefore costs once.
 * Parameters that could bring an isolate down are no hash at all.
 */
export interface ForeignHash {
  readonly scheme: 'bcrypt' | 'scrypt' | 'pbkdf2'
  /** Compares the password as the other system got it: the very code points that were typed, in UTF-8. */
  verify(password: string): Promise<boolean>
}

/** Flask's (Werkzeug) scrypt and pbkdf2, Django's pbkdf2 and bcrypt of anybody. `null` for anything else. */
export function parseForeignHash(stored: string): ForeignHash | null {
  return parseBcrypt(stored) ?? parseScrypt(stored) ?? parsePbkdf2(stored)
}
