import { checkPasskey } from '../factor/ceremony.ts'
import { MFA } from '../factor/policy.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { presentedHolder } from '../session/passkey-holder.ts'
import { type Entered, signIn } from '../session/sign-in.ts'
import type { Assertion } from '../webauthn/json.ts'

export type PasskeySignIn = Entered | { readonly kind: 'wrong_credentials' } | { readonly kind: 'throttled' }

const WRONG: PasskeySignIn = { kind: 'wrong_credentials' }

/**
 * Sign-in by a passkey alone: it says who, and proves it with two factors, the device and what the device made sure of. A signature cannot
 * be guessed, so no account's counter is charged: strangers could otherwise keep an owner out. Whatever is wrong, the answer is the
 * same (P17).
 */
export async function signInByPasskey(
  services: Services,
  visit: Visit,
  form: { readonly assertion: Assertion; readonly remember: boolean; readonly next: string | null },
): Promise<PasskeySignIn> {
  const { users, audit } = services
  if (await isOverVolume(services, visit)) return { kind: 'throttled' }
  const holder = presentedHolder(visit)
  if (holder === null) return WRONG
  const checked = await checkPasskey(services, visit, form.assertion, 'sign_in', holder)
  const refuse = (userId: string | null, reason: string) => {
    const event = {
      event: 'login.failed',
      site: visit.site.key,
      userId,
      sessionId: null,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { reason: `passkey_${reason}` },
    } as const
    // A row only where an account is concerned: anybody can make up a passkey.
    if (userId === null) audit.logOnly(event)
    else visit.later(audit.statement(event).run())
    return WRONG
  }
  if (checked.kind === 'wrong') return refuse(checked.userId, checked.reason)
  // Without a check of its owner the device is one factor, and this way in would be weaker than a password with it.
  if (!checked.isUserVerified) return refuse(checked.userId, 'unverified')
  const user = await users.findById(checked.userId)
  if (!user || user.disabledAt !== null) return refuse(checked.userId, 'disabled')
  const { remember, next } = form
  const methods = [...checked.methods, MFA]
  return await signIn(services, visit, { user, methods, attempt: null, remember, next, along: [] })
}
