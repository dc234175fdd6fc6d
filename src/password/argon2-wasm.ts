/// <reference path="./wasm.d.ts" />
import wasm from '@phi-ag/argon2/argon2.wasm'
import type { Argon2id, Argon2Params } from './argon2.ts'

/** WASM memory grows and never shrinks, so only the everyday parameters may grow the instance that is kept. */
const KEPT_MEMORY_KIB = 19_456
const ARGON2ID = 2
const VERSION_13 = 0x13

/**
 * The module's own functions. The package's JavaScript is left out: it passes the UTF-16 length of the password as its length in
 * bytes (0.5.28), which cuts every password with a letter beyond ASCII.
 */
interface Argon2Exports {
  readonly memory: WebAssembly.Memory
  _initialize(): void
  malloc(bytes: number): number
  free(pointer: number): void
  argon2_hash(
    iterations: number,
    memoryKib: number,
    parallelism: number,
    password: number,
    passwordBytes: number,
    salt: number,
    saltBytes: number,
    tag: number,
    tagBytes: number,
    encoded: number,
    encodedBytes: number,
    type: number,
    version: number,
  ): number
}

/**
 * Argon2id as static WASM, which is the only kind Workers allow: one instance for the isolate's life, thrown-away ones for
 * whatever needs more memory. A call blocks its isolate (tens of milliseconds).
 */
export function createWasmArgon2id(): Argon2id {
  let kept: Argon2Exports | null = null
  return async (password, salt, params) => {
    if (params.memoryKib > KEPT_MEMORY_KIB) return run(instantiate(), password, salt, params)
    kept ??= instantiate()
    try {
      return run(kept, password, salt, params)
    } catch (error) {
      // Whatever state it is in now: the next one starts afresh.
      kept = null
      throw error
    }
  }
}

function instantiate(): Argon2Exports {
  const exports = new WebAssembly.Instance(wasm).exports as unknown as Argon2Exports
  exports._initialize()
  return exports
}

function run(
  argon2: Argon2Exports,
  password: Uint8Array,
  salt: Uint8Array,
  { memoryKib, iterations, parallelism, tagBytes }: Argon2Params,
): Uint8Array<ArrayBuffer> {
  const total = password.length + salt.length + tagBytes
  const start = argon2.malloc(total)
  if (start === 0) throw new Error('argon2: out of memory')
  // Looked at anew each time: growing replaces the buffer.
  const held = () => new Uint8Array(argon2.memory.buffer, start, total)
  try {
    held().set(password)
    held().set(salt, password.length)
    const saltAt = start + password.length
    const tagAt = saltAt + salt.length
    const code = argon2.argon2_hash(
      iterations,
      memoryKib,
      parallelism,
      start,
      password.length,
      saltAt,
      salt.length,
      tagAt,
      tagBytes,
      0,
      0,
      ARGON2ID,
      VERSION_13,
    )
    if (code !== 0) throw new Error(`argon2: error ${code}`)
    return new Uint8Array(held().slice(password.length + salt.length))
  } finally {
    held().fill(0)
    argon2.free(start)
  }
}
