import { toBase64Url } from '../lib/encoding.ts'
import { randomText } from '../lib/random.ts'

/** 256 bits as base64url: 43 characters. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** A new opaque token; only its hash is ever stored. */
export function newToken(): string {
  return randomText(32)
}

/** Whether a text has the form of a token. Saves the storage read for everything that has not. */
export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** The name a token is stored under: SHA-256, so that nobody who reads the storage can use what is in it. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return toBase64Url(new Uint8Array(digest))
}
