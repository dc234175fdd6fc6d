import { argon2Sync } from 'node:crypto'
import type { Argon2id } from './argon2.ts'

/** Argon2id of Node 24.7 and newer, for the command line. */
export function createNodeArgon2id(): Argon2id {
  return async (message, nonce, { memoryKib, iterations, parallelism, tagBytes }) =>
    new Uint8Array(
      argon2Sync('argon2id', {
        message,
        nonce,
        memory: memoryKib,
        passes: iterations,
        parallelism,
        tagLength: tagBytes,
      }),
    )
}
