import { crc32 } from './checksum.ts'

/**
 * An API key: `eg_`, 256 random bits and a checksum, all in base 62. The prefix lets scanners find leaked ones, the checksum lets them (and
 * us) tell a key from a placeholder without asking anybody.
 */
export const KEY_PREFIX = 'eg_'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^43 is a little more than 2^256, and 62^6 more than 2^32. */
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6
const KEY = /^eg_[0-9A-Za-z]{49}$/

export function newKeyText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const body = KEY_PREFIX + toBase62(number, SECRET_LENGTH)
  return body + checksumOf(body)
}

/** Whether a text has the form of a key, checksum included. Saves the database read for everything that has not. */
export function isKeyText(text: string): boolean {
  return KEY.test(text) && checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH)
}

/** What of a key may be shown again, to recognise it by: 24 of its bits. */
export function hintOf(key: string): string {
  return key.slice(0, KEY_PREFIX.length + 4)
}

function checksumOf(body: string): string {
  return toBase62(BigInt(crc32(body)), CHECKSUM_LENGTH)
}

function toBase62(number: bigint, length: number): string {
  let text = ''
  for (let rest = number; text.length < length; rest /= 62n)
    text = (ALPHABET[Number(rest % 62n)] ?? '') + text
  return text
}
