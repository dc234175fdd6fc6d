import { fromBase64Url } from '../lib/encoding.ts'
import { isForDomain, parseAuthenticatorData } from './authenticator-data.ts'
import { type Expected, isClientDataRight } from './client-data.ts'
import type { Assertion } from './json.ts'
import { importPublicKey, isSignedBy } from './public-key.ts'

/** What is kept of a passkey that an assertion is held against. */
export interface KnownCredential {
  readonly algorithm: number
  readonly publicKey: string
  readonly counter: number
  readonly maySync: boolean
}

export type AssertionCheck =
  | {
      readonly kind: 'right'
      readonly isUserVerified: boolean
      readonly counter: number
      readonly isSynced: boolean
    }
  | { readonly kind: 'wrong' }
  /** The signature is right and the counter has not moved on: the passkey, or its device, was copied (section 6.1.1). */
  | { readonly kind: 'copied' }

const WRONG: AssertionCheck = { kind: 'wrong' }

/** Checks the use of a passkey (WebAuthn level 3 section 7.2). */
export async function checkAssertion(
  said: Assertion,
  known: KnownCredential,
  expected: Expected,
): Promise<AssertionCheck> {
  const clientData = fromBase64Url(said.response.clientDataJSON)
  const bytes = fromBase64Url(said.response.authenticatorData)
  const signature = fromBase64Url(said.response.signature)
  const data = bytes && parseAuthenticatorData(bytes)
  if (!clientData || !bytes || !signature || !data) return WRONG
  if (!isClientDataRight(clientData, 'webauthn.get', expected)) return WRONG
  if (!(await isForDomain(data, expected.rpId)) || !data.isUserPresent) return WRONG
  if (data.maySync !== known.maySync) return WRONG
  const key = await importPublicKey(known.algorithm, known.publicKey)
  if (!key) return WRONG
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', clientData))
  const signed = new Uint8Array(bytes.length + hash.length)
  signed.set(bytes)
  signed.set(hash, bytes.length)
  if (!(await isSignedBy(key, known.algorithm, signature, signed))) return WRONG
  const { counter, isUserVerified, isSynced } = data
  // Synced passkeys do not count: both zero.
  if ((counter !== 0 || known.counter !== 0) && counter <= known.counter) return { kind: 'copied' }
  return { kind: 'right', isUserVerified, counter, isSynced }
}
