/**
 * Argon2id version 19 (RFC 9106) as a port: WASM in the Worker, node:crypto on the command line; equal bytes. It hashes every
 * byte of the password that it is given. Throws for parameters that the algorithm does not have.
 */
export type Argon2id = (
  password: Uint8Array,
  salt: Uint8Array,
  params: Argon2Params,
) => Promise<Uint8Array<ArrayBuffer>>

export interface Argon2Params {
  readonly memoryKib: number
  readonly iterations: number
  readonly parallelism: number
  readonly tagBytes: number
}
