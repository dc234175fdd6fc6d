import { fromBase32, toBase32 } from './base32.ts'

/**
 * RFC 6238 with what every authenticator app takes: SHA-1, six digits, thirty seconds, 160 bits of seed (RFC 4226 section 4, R6). Written
 * out over Web Crypto: a library brings its own SHA-1, and more weight than all of this folder.
 */
const PERIOD_SECONDS = 30
const DIGITS = 6
const SEED_BYTES = 20
/** A clock that is off by one step, either way (RFC 6238 section 5.2). The present first: it is nearly always that. */
const DRIFTS = [0, -1, 1]

/** A new seed, in base32. */
export function newSeed(): string {
  return toBase32(crypto.getRandomValues(new Uint8Array(SEED_BYTES)))
}

/** The address behind the QR code, as apps read it (Google's Key URI format). A colon parts issuer and account there. */
export function otpauthUri(seed: string, issuer: string, label: string): string {
  const name = [issuer, label].map((part) => encodeURIComponent(part.replaceAll(':', ' '))).join(':')
  const query = `secret=${seed}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${PERIOD_SECONDS}`
  return `otpauth://totp/${name}?${query}`
}

/** The time step that a code belongs to, or `null`. Whether that step is still to be had is for the caller to ask. */
export async function stepOf(seed: string, code: string, now: number): Promise<number | null> {
  if (!/^\d{6}$/.test(code)) return null
  const parameters = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', fromBase32(seed), parameters, false, ['sign'])
  const present = Math.floor(now / 1000 / PERIOD_SECONDS)
  for (const drift of DRIFTS) if ((await codeAt(key, present + drift)) === code) return present + drift
  return null
}

/** RFC 4226 section 5.3: four bytes from where the last one points to. */
async function codeAt(key: CryptoKey, step: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(step))
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer))
  const truncated = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, '0')
}
