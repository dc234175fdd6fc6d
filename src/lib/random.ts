import { toBase64Url } from './encoding.ts'

/** `bytes` bytes of the platform's CSPRNG as base64url text. */
export function randomText(bytes: number): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(bytes)))
}
