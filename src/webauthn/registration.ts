import { fromBase64Url, toBase64Url } from '../lib/encoding.ts'
import { isForDomain, parseAuthenticatorData } from './authenticator-data.ts'
import { type Expected, isClientDataRight } from './client-data.ts'
import type { Registration } from './json.ts'
import { ALGORITHMS, importPublicKey } from './public-key.ts'

/** A new passkey, as it is kept. */
export interface NewCredential {
  /** base64url. */
  readonly credentialId: string
  readonly algorithm: number
  /** SPKI, base64url. */
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  readonly maySync: boolean
  readonly isSynced: boolean
  readonly isUserVerified: boolean
}

/**
 * Checks what a browser says of a new passkey (WebAuthn level 3 section 7.1), without an attestation. `null` when anything is not as it must
 * be. The key comes in the browser's own words, not in the authenticator's: whoever lies there locks nobody out but themselves, since the
 * account's owner is the one who sends it.
 */
export async function checkRegistration(
  said: Registration,
  expected: Expected,
): Promise<NewCredential | null> {
  const { response } = said
  const clientData = fromBase64Url(response.clientDataJSON)
  const bytes = fromBase64Url(response.authenticatorData)
  const data = bytes && parseAuthenticatorData(bytes)
  if (!clientData || !data?.credentialId) return null
  if (!isClientDataRight(clientData, 'webauthn.create', expected)) return null
  if (!(await isForDomain(data, expected.rpId)) || !data.isUserPresent) return null
  if (toBase64Url(data.credentialId) !== said.id) return null
  const algorithm = ALGORITHMS.find((known) => known === response.publicKeyAlgorithm)
  if (algorithm === undefined || !(await importPublicKey(algorithm, response.publicKey))) return null
  return {
    credentialId: said.id,
    algorithm,
    publicKey: response.publicKey,
    counter: data.counter,
    transports: response.transports,
    maySync: data.maySync,
    isSynced: data.isSynced,
    isUserVerified: data.isUserVerified,
  }
}
