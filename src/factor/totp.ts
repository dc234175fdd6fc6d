import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { Secret, TOTP } from 'otpauth/bare'

/** RFC 6238 with what every authenticator app takes: SHA-1, six digits, thirty seconds. 160 bits of seed (RFC 4226 section 4, R6). */
const PERIOD_SECONDS = 30
const SEED_BYTES = 20
/** A clock that is off by one step, either way (RFC 6238 section 5.2). */
const DRIFT_STEPS = 1

/** A new seed, in base32. */
export function newSeed(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SEED_BYTES))
  return new Secret({ buffer: bytes.buffer }).base32
}

/** The address behind the QR code, as apps read it. */
export function otpauthUri(seed: string, issuer: string, label: string): string {
  return totpOf(seed, issuer, label).toString()
}

/** The time step that a code belongs to, or `null`. Whether that step is still to be had is for the caller to ask. */
export function stepOf(seed: string, code: string, now: number): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const delta = totpOf(seed).validate({ token: code, timestamp: now, window: DRIFT_STEPS })
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta
}

function totpOf(seed: string, issuer = '', label = ''): TOTP {
  return new TOTP({
    issuer,
    label,
    secret: Secret.fromBase32(seed),
    period: PERIOD_SECONDS,
    hmac: (_algorithm, key, message) => hmac(sha1, key, message),
  })
}
