import { toBase64Url } from '../lib/encoding.ts'
import { isEqualSecret } from '../lib/equal.ts'
import type { Argon2id, Argon2Params } from './argon2.ts'
import { formatPhc, parsePhc, type StoredHash } from './phc.ts'

/** OWASP's argon2id set with the least memory that fits an isolate: 19 MiB, two passes, one lane. */
export const PARAMS: Argon2Params = { memoryKib: 19_456, iterations: 2, parallelism: 1, tagBytes: 32 }
const SALT_BYTES = 16
/** Hashing blocks its isolate for tens of milliseconds each; more in the line than this is an answer nobody waits for. */
const MAX_QUEUE = 8

export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** Never throws for what is stored: a malformed hash is a wrong password. `rehash`: right, but under older parameters. */
  verify(password: string, stored: string): Promise<{ readonly ok: boolean; readonly rehash: boolean }>
  /** The work of a verification without an answer, for accounts that do not exist (P17). */
  verifyDummy(password: string): Promise<void>
}

/** Too many hashes are waiting. A fault: the visitor should try again in a moment. */
export class HasherBusy extends Error {}

export interface PasswordHasherOptions {
  readonly argon2: Argon2id
  /** Secret keys, the current one first; the others still verify. Without any, hashes are plain argon2id. */
  readonly peppers: readonly Uint8Array<ArrayBuffer>[]
  readonly maxQueue?: number
}

interface Pepper {
  readonly id: string
  readonly key: CryptoKey
}

export function createPasswordHasher({
  argon2,
  peppers,
  maxQueue = MAX_QUEUE,
}: PasswordHasherOptions): PasswordHasher {
  let imported: readonly Pepper[] | null = null
  let waiting = 0

  async function keys(): Promise<readonly Pepper[]> {
    imported ??= await Promise.all(peppers.map(importPepper))
    return imported
  }

  async function compute(
    password: string,
    pepper: Pepper | null,
    salt: Uint8Array,
    params: Argon2Params,
  ): Promise<Uint8Array> {
    if (waiting >= maxQueue) throw new HasherBusy(`${waiting} hashes are waiting`)
    waiting++
    try {
      return await argon2(pepper ? await applyPepper(pepper, password) : normalize(password), salt, params)
    } finally {
      waiting--
    }
  }

  return {
    async hash(password) {
      const [pepper = null] = await keys()
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
      const tag = await compute(password, pepper, salt, PARAMS)
      return formatPhc({ params: PARAMS, keyId: pepper?.id ?? null, salt, tag })
    },

    async verify(password, stored) {
      const known = parsePhc(stored)
      const available = await keys()
      const pepper = available.find(({ id }) => id === known?.keyId) ?? null
      if (!known || (known.keyId !== null && pepper === null)) {
        await this.verifyDummy(password)
        return { ok: false, rehash: false }
      }
      const tag = await compute(password, pepper, known.salt, known.params)
      const ok = isEqualSecret(tag, known.tag)
      return { ok, rehash: ok && isOutdated(known, available[0]?.id ?? null) }
    },

    async verifyDummy(password) {
      const [pepper = null] = await keys()
      await compute(password, pepper, new Uint8Array(SALT_BYTES), PARAMS)
    },
  }
}

function isOutdated({ keyId, params }: StoredHash, currentKeyId: string | null): boolean {
  return (
    keyId !== currentKeyId ||
    params.memoryKib !== PARAMS.memoryKib ||
    params.iterations !== PARAMS.iterations ||
    params.parallelism !== PARAMS.parallelism
  )
}

/**
 * The same characters typed on two keyboards may arrive as different code points (é as one or two). NFC unites those and changes
 * nothing else; NFKC, which NIST allows too, would let different characters pass for each other.
 */
function normalize(password: string): string {
  return password.normalize('NFC')
}

async function importPepper(bytes: Uint8Array<ArrayBuffer>): Promise<Pepper> {
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const name = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('edgegate/pepper-id'))
  return {
    id: toBase64Url(new Uint8Array(name, 0, 6))
      .replaceAll('-', '+')
      .replaceAll('_', '/'),
    key,
  }
}

async function applyPepper({ key }: Pepper, password: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(normalize(password)))
  return toBase64Url(new Uint8Array(mac))
}
