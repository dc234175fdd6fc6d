import { compare } from 'bcryptjs'
import type { ForeignHash } from './foreign-hash.ts'

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/
/** Each step doubles the work; 12 takes a third of a second. */
const MAX_COST = 12

/** `$2b$12$…`. As everywhere, it compares the first 72 bytes of a password. */
export function parseBcrypt(stored: string): ForeignHash | null {
  const cost = Number(BCRYPT.exec(stored)?.[1] ?? Number.NaN)
  if (!(cost >= 4 && cost <= MAX_COST)) return null
  return {
    scheme: 'bcrypt',
    async verify(password) {
      // C's strings end at a NUL, so libraries disagree on what comes behind one.
      if (password.includes('\0')) return false
      return await compare(password, stored)
    },
  }
}
