import { isEqualSecret } from '../lib/equal.ts'

/** What the authenticator itself says (WebAuthn section 6.1), all of it signed. */
export interface AuthenticatorData {
  readonly rpIdHash: Uint8Array
  /** Somebody touched it. */
  readonly isUserPresent: boolean
  /** It made sure that this was its owner: fingerprint, face, PIN. */
  readonly isUserVerified: boolean
  /** Whether the passkey may be on several devices, and whether it is. */
  readonly maySync: boolean
  readonly isSynced: boolean
  readonly counter: number
  /** Of a new passkey. */
  readonly credentialId: Uint8Array | null
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const BACKUP_ELIGIBLE = 0x08
const BACKUP_STATE = 0x10
const ATTESTED = 0x40

/** Hash of the domain (32), flags (1), counter (4). */
const HEADER_BYTES = 37
/** Model of the authenticator (16) and the length of the id (2). */
const ATTESTED_BYTES = 18

/** `null` for what is too short, or contradicts itself. */
export function parseAuthenticatorData(bytes: Uint8Array<ArrayBuffer>): AuthenticatorData | null {
  if (bytes.length < HEADER_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(32)
  const has = (flag: number) => (flags & flag) !== 0
  // What may not be copied cannot have been (section 6.1.3).
  if (has(BACKUP_STATE) && !has(BACKUP_ELIGIBLE)) return null
  const credentialId = has(ATTESTED) ? credentialIdOf(bytes, view) : null
  if (has(ATTESTED) && credentialId === null) return null
  return {
    rpIdHash: bytes.subarray(0, 32),
    isUserPresent: has(USER_PRESENT),
    isUserVerified: has(USER_VERIFIED),
    maySync: has(BACKUP_ELIGIBLE),
    isSynced: has(BACKUP_STATE),
    counter: view.getUint32(33),
    credentialId,
  }
}

function credentialIdOf(bytes: Uint8Array, view: DataView): Uint8Array | null {
  const from = HEADER_BYTES + ATTESTED_BYTES
  if (bytes.length < from) return null
  const length = view.getUint16(from - 2)
  return length > 0 && length <= 1023 && bytes.length > from + length
    ? bytes.subarray(from, from + length)
    : null
}

/** Whether it was made for this domain: an authenticator keeps those of others apart. */
export async function isForDomain({ rpIdHash }: AuthenticatorData, rpId: string): Promise<boolean> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(rpId))
  return isEqualSecret(rpIdHash, new Uint8Array(hash))
}
