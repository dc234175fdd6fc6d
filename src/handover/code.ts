import { toBase64Url } from '../lib/encoding.ts'

/** Consonants that are not mistaken for one another or for digits, and spell no words (RFC 8628 section 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const LENGTH = 8
/** Bytes beyond the last whole multiple would make some letters likelier. */
const LIMIT = 256 - (256 % LETTERS.length)

/** How codes come about and are kept. 34 bits are guessed from a plain hash in no time, so whatever is stored is keyed. */
export interface Codes {
  /** The code that a waiting browser shows: made from its secret, so that it need be kept nowhere. */
  ofBrowser(secret: string): Promise<string>
  hash(code: string): Promise<string>
}

export function createCodes(key: () => Promise<Uint8Array<ArrayBuffer>>): Codes {
  async function sign(text: string): Promise<Uint8Array<ArrayBuffer>> {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const imported = await crypto.subtle.importKey('raw', await key(), algorithm, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)))
  }

  return {
    async ofBrowser(secret) {
      let letters = ''
      for (let round = 0; letters.length < LENGTH; round++) {
        const bytes = await sign(`code ${round} ${secret}`)
        letters += [...bytes]
          .filter((byte) => byte < LIMIT)
          .map((byte) => LETTERS[byte % LETTERS.length])
          .join('')
      }
      return letters.slice(0, LENGTH)
    },
    hash: async (code) => toBase64Url(await sign(`hash ${code}`)),
  }
}

/** In two halves, as people read and say it. */
export function showCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`
}

/** What was typed as a code: in any case, with or without the dash and blanks. `null` for what cannot be one. */
export function readCode(typed: string): string | null {
  if (typed.length > 64) return null
  const code = typed.replaceAll(/[\s\u2010-\u2015-]/g, '').toUpperCase()
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null
}
