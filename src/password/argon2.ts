/** Argon2id (RFC 9106) as a port: WASM in the Worker, node:crypto on the command line; equal bytes. */
export type Argon2id = (password: string, salt: Uint8Array, params: Argon2Params) => Promise<Uint8Array>

export interface Argon2Params {
  readonly memoryKib: number
  readonly iterations: number
  readonly parallelism: number
  readonly tagBytes: number
}
