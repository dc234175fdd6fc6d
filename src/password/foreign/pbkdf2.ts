import { sha1 } from '@noble/hashes/legacy.js'
import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { fromBase64Unpadded, fromHex } from '../../lib/encoding.ts'
import { isEqualSecret } from '../../lib/equal.ts'
import type { ForeignHash } from './foreign-hash.ts'

const WERKZEUG = /^pbkdf2:(sha1|sha256|sha512):(\d{1,7})\$([^$]{1,64})\$([0-9a-f]{40,128})$/
const DJANGO = /^pbkdf2_(sha1|sha256)\$(\d{1,7})\$([^$]{1,128})\$([A-Za-z0-9+/]{27,43})=$/
/** About two seconds of computing. Django 5.2 asks for a million. */
const MAX_ITERATIONS = 1_200_000
/** More the platform refuses in production, though not on a developer's machine. */
const MAX_NATIVE_ITERATIONS = 100_000

const NAMES = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const
const TAG_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const

interface Pbkdf2 {
  readonly digest: keyof typeof NAMES
  readonly iterations: number
  readonly salt: string
  readonly tag: Uint8Array
}

/** Werkzeug's `pbkdf2:sha256:600000$salt$hex` and Django's `pbkdf2_sha256$1000000$salt$base64` (RFC 8018 section 5.2). */
export function parsePbkdf2(stored: string): ForeignHash | null {
  const hash = readWerkzeug(stored) ?? readDjango(stored)
  if (!hash || hash.iterations < 1 || hash.iterations > MAX_ITERATIONS) return null
  if (hash.tag.length !== TAG_BYTES[hash.digest]) return null
  return {
    scheme: 'pbkdf2',
    async verify(password) {
      const derive = hash.iterations > MAX_NATIVE_ITERATIONS ? deriveInScript : deriveNatively
      return isEqualSecret(await derive(password, hash), hash.tag)
    },
  }
}

function readWerkzeug(stored: string): Pbkdf2 | null {
  const [, digest, iterations, salt = '', hex = ''] = WERKZEUG.exec(stored) ?? []
  const tag = fromHex(hex)
  return digest && tag
    ? { digest: digest as Pbkdf2['digest'], iterations: Number(iterations), salt, tag }
    : null
}

function readDjango(stored: string): Pbkdf2 | null {
  const [, digest, iterations, salt = '', base64 = ''] = DJANGO.exec(stored) ?? []
  const tag = fromBase64Unpadded(base64)
  return digest && tag
    ? { digest: digest as Pbkdf2['digest'], iterations: Number(iterations), salt, tag }
    : null
}

async function deriveNatively(password: string, { digest, iterations, salt, tag }: Pbkdf2) {
  const text = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', text.encode(password), 'PBKDF2', false, ['deriveBits'])
  const algorithm = { name: 'PBKDF2', hash: NAMES[digest], salt: text.encode(salt), iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, tag.length * 8))
}

async function deriveInScript(password: string, { digest, iterations, salt, tag }: Pbkdf2) {
  return pbkdf2({ sha1, sha256, sha512 }[digest], password, salt, { c: iterations, dkLen: tag.length })
}
