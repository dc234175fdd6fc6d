/** What argon2-node.ts takes from Node; the Worker's types do not have it. */
declare module 'node:crypto' {
  export function argon2Sync(
    algorithm: 'argon2id',
    parameters: {
      readonly message: Uint8Array
      readonly nonce: Uint8Array
      readonly memory: number
      readonly passes: number
      readonly parallelism: number
      readonly tagLength: number
    },
  ): Uint8Array
}
