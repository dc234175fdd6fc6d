import Argon2, { Argon2Type, Argon2Version } from '@phi-ag/argon2'
import wasm from '@phi-ag/argon2/argon2.wasm'
import type { Argon2id } from './argon2.ts'

/** A kept instance never gives its memory back, so only the everyday parameters may grow it. */
const KEPT_MEMORY_KIB = 19_456

/** Argon2id as static WASM: one instance for the isolate's life, thrown-away ones for whatever needs more memory. */
export function createWasmArgon2id(): Argon2id {
  let kept: Argon2 | null = null
  return async (password, salt, { memoryKib, iterations, parallelism, tagBytes }) => {
    kept ??= instantiate()
    const argon2 = memoryKib > KEPT_MEMORY_KIB ? instantiate() : kept
    const { hash } = argon2.hash(password, {
      salt,
      hashLength: tagBytes,
      timeCost: iterations,
      memoryCost: memoryKib,
      parallelism,
      type: Argon2Type.Argon2id,
      version: Argon2Version.Version13,
    })
    return hash
  }
}

function instantiate(): Argon2 {
  return new Argon2(new WebAssembly.Instance(wasm))
}
