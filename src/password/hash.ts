import { toBase64Unpadded } from '../lib/encoding.ts'
import { isEqualSecret } from '../lib/equal.ts'
import type { Argon2id, Argon2Params } from './argon2.ts'
import { parseForeignHash } from './foreign/foreign-hash.ts'
import { formatPhc, parsePhc, type StoredHash } from './phc.ts'
import { readPassword } from './text.ts'

/** OWASP's argon2id set with the least memory that fits an isolate: 19 MiB, two passes, one lane. */
export const PARAMS: Argon2Params = { memoryKib: 19_456, iterations: 2, parallelism: 1, tagBytes: 32 }
const SALT_BYTES = 16
/** Hashing blocks its isolate for tens of milliseconds each; more in the line than this is an answer nobody waits for. */
const MAX_WAITING = 8

export interface PasswordHasher {
  /** PHC text. Throws `RangeError` for what the policy never lets through: too long, or not text. */
  hash(password: string): Promise<string>
  /**
   * Never throws for what is stored: a malformed hash is a wrong password. `rehash`: right, but under older parameters or by another
   * system's scheme.
   */
  verify(password: string, stored: string): Promise<{ readonly ok: boolean; readonly rehash: boolean }>
  /** The work of a verification without an answer, for accounts that do not exist (P17). */
  verifyDummy(password: string): Promise<void>
}

/** Too many hashes are waiting. A fault: the visitor should try again in a moment. */
export class HasherBusy extends Error {}

export interface PasswordHasherOptions {
  readonly argon2: Argon2id
  /** Secret keys, the current one first; the others still verify. Without any, hashes are plain argon2id. */
  readonly peppers: readonly Uint8Array[]
  /** How many hashes may wait or run at once in this isolate. */
  readonly maxWaiting?: number
  /** Random bytes for the salt. */
  readonly random?: (bytes: number) => Uint8Array
}

interface Pepper {
  readonly id: string
  readonly key: CryptoKey
}

/** Hashes passwords with argon2id over HMAC-SHA-256(pepper, password): who steals the database alone can guess nothing. */
export function createPasswordHasher({
  argon2,
  peppers,
  maxWaiting = MAX_WAITING,
  random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
}: PasswordHasherOptions): PasswordHasher {
  let imported: readonly Pepper[] | null = null
  let waiting = 0

  async function keys(): Promise<readonly Pepper[]> {
    imported ??= await Promise.all(peppers.map(importPepper))
    return imported
  }

  /** One hash per turn of the event loop: in between, newcomers are counted and refused instead of piling up unseen. */
  async function inLine<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= maxWaiting) throw new HasherBusy(`${waiting} hashes are waiting`)
    waiting++
    try {
      await new Promise((resolve) => setTimeout(resolve, 0))
      return await work()
    } finally {
      waiting--
    }
  }

  function compute(
    bytes: Uint8Array<ArrayBuffer>,
    pepper: Pepper | null,
    salt: Uint8Array,
    params: Argon2Params,
  ) {
    return inLine(async () => {
      const message = pepper ? new Uint8Array(await crypto.subtle.sign('HMAC', pepper.key, bytes)) : bytes
      return await argon2(message, salt, params)
    })
  }

  async function verifyDummy(password: string): Promise<void> {
    const read = readPassword(password)
    if (typeof read === 'string') return
    const [pepper = null] = await keys()
    await compute(read.bytes, pepper, new Uint8Array(SALT_BYTES), PARAMS)
  }

  return {
    async hash(password) {
      const read = readPassword(password)
      if (typeof read === 'string') throw new RangeError(`a password that is ${read} cannot be hashed`)
      const [pepper = null] = await keys()
      const salt = random(SALT_BYTES)
      const tag = await compute(read.bytes, pepper, salt, PARAMS)
      return formatPhc({ params: PARAMS, keyId: pepper?.id ?? null, salt, tag })
    },

    async verify(password, stored) {
      const read = readPassword(password)
      // Nobody can have such a password; an unknown account answers as fast.
      if (typeof read === 'string') return { ok: false, rehash: false }
      const foreign = parseForeignHash(stored)
      if (foreign) {
        const ok = await inLine(() => foreign.verify(password))
        return { ok, rehash: ok }
      }
      const known = parsePhc(stored)
      const available = await keys()
      const pepper = available.find(({ id }) => id === known?.keyId) ?? null
      if (!known || (known.keyId !== null && pepper === null)) {
        await verifyDummy(password)
        return { ok: false, rehash: false }
      }
      const ok = isEqualSecret(await compute(read.bytes, pepper, known.salt, known.params), known.tag)
      return { ok, rehash: ok && isOutdated(known, available[0]?.id ?? null) }
    },

    verifyDummy,
  }
}

function isOutdated({ keyId, params, salt }: StoredHash, currentKeyId: string | null): boolean {
  return (
    keyId !== currentKeyId ||
    params.memoryKib !== PARAMS.memoryKib ||
    params.iterations !== PARAMS.iterations ||
    params.parallelism !== PARAMS.parallelism ||
    params.tagBytes !== PARAMS.tagBytes ||
    salt.length < SALT_BYTES
  )
}

async function importPepper(bytes: Uint8Array): Promise<Pepper> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), algorithm, false, ['sign'])
  const label = new TextEncoder().encode('edgegate/pepper-id')
  const name = await crypto.subtle.digest('SHA-256', new Uint8Array([...label, ...bytes]))
  return { id: toBase64Unpadded(new Uint8Array(name, 0, 6)), key }
}
