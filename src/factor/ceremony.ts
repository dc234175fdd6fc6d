import type { Visit } from '../http/visit.ts'
import { fromBase64Url, toBase64Url } from '../lib/encoding.ts'
import type { Services } from '../services.ts'
import { checkAssertion } from '../webauthn/assertion.ts'
import { challengeOf } from '../webauthn/client-data.ts'
import type { Assertion } from '../webauthn/json.ts'
import { ALGORITHMS } from '../webauthn/public-key.ts'
import type { Purpose } from './challenges.ts'
import type { PasskeyHint } from './passkeys.ts'

/** Milliseconds a browser waits for its owner. */
const TIMEOUT_MS = 300_000

/** `PublicKeyCredentialRequestOptionsJSON`: asks for a passkey, of an account (`hints`) or of anybody who has one here. */
export async function requestOptions(
  { challenges }: Services,
  { site }: Visit,
  purpose: Purpose,
  holder: string,
  hints: readonly PasskeyHint[],
) {
  return {
    challenge: await challenges.issue(purpose, holder),
    rpId: site.rpId,
    timeout: TIMEOUT_MS,
    // Where it is the only proof it must be two in one; beside a password the possession alone will do.
    userVerification: purpose === 'sign_in' ? 'required' : 'preferred',
    allowCredentials: hints.map(descriptorOf),
  }
}

/** `PublicKeyCredentialCreationOptionsJSON`: asks for a new passkey of an account, not on a device that has one. */
export async function creationOptions(
  { challenges }: Services,
  { site }: Visit,
  holder: string,
  user: { readonly id: string; readonly name: string; readonly displayName: string },
  hints: readonly PasskeyHint[],
) {
  return {
    challenge: await challenges.issue('enrol', holder),
    rp: { id: site.rpId, name: site.theme.name },
    user: { ...user, id: toBase64Url(new TextEncoder().encode(user.id)) },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: TIMEOUT_MS,
    excludeCredentials: hints.map(descriptorOf),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    attestation: 'none',
  }
}

function descriptorOf({ credentialId, transports }: PasskeyHint) {
  return { type: 'public-key', id: credentialId, ...(transports.length > 0 ? { transports } : {}) }
}

export type PasskeyCheck =
  | {
      readonly kind: 'right'
      readonly userId: string
      /** Whether the device made sure of its owner: then the passkey is two factors. */
      readonly isUserVerified: boolean
      /** RFC 8176: a key in software that is kept on several devices, or one that cannot leave its own; and a user who was there. */
      readonly methods: readonly string[]
    }
  | {
      readonly kind: 'wrong'
      readonly reason: 'challenge' | 'unknown' | 'signature' | 'copied'
      readonly userId: string | null
    }

/** Looks at the use of a passkey. Its challenge is used up, whatever comes of it. */
export async function checkPasskey(
  { challenges, passkeys }: Services,
  { site }: Visit,
  said: Assertion,
  purpose: Purpose,
  holder: string,
): Promise<PasskeyCheck> {
  const challenge = challengeOf(fromBase64Url(said.response.clientDataJSON) ?? new Uint8Array()) ?? ''
  if (!(await challenges.redeem(challenge, purpose, holder)))
    return { kind: 'wrong', reason: 'challenge', userId: null }
  const known = await passkeys.find(said.id, site.rpId)
  if (!known) return { kind: 'wrong', reason: 'unknown', userId: null }
  const { userId } = known
  if (!isHandleOf(said, userId)) return { kind: 'wrong', reason: 'signature', userId }
  const { rpId, publicOrigin } = site
  const checked = await checkAssertion(said, known, { challenge, origin: publicOrigin, rpId })
  if (checked.kind === 'wrong') return { kind: 'wrong', reason: 'signature', userId }
  if (checked.kind === 'copied' || !(await passkeys.use(known.id, checked)))
    return { kind: 'wrong', reason: 'copied', userId }
  const { isUserVerified } = checked
  return { kind: 'right', userId, isUserVerified, methods: [known.maySync ? 'swk' : 'hwk', 'user'] }
}

/** The account that the authenticator keeps with the passkey, where it says so. */
function isHandleOf({ response: { userHandle } }: Assertion, userId: string): boolean {
  return userHandle == null || userHandle === toBase64Url(new TextEncoder().encode(userId))
}
