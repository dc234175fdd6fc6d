import { creationOptions } from '../factor/ceremony.ts'
import type { Visit } from '../http/visit.ts'
import { fromBase64Url } from '../lib/encoding.ts'
import type { Services } from '../services.ts'
import { cleanName } from '../user/identifier.ts'
import { identityOf, labelOf, loginNameOf } from '../user/user.ts'
import { challengeOf } from '../webauthn/client-data.ts'
import type { Registration } from '../webauthn/json.ts'
import { checkRegistration } from '../webauthn/registration.ts'
import { type Enrolled, enrol } from './enrol.ts'
import { type Enroller, holderOf } from './enroller.ts'

export type PasskeyAdded = Enrolled | { readonly kind: 'wrong_name' } | { readonly kind: 'refused' }

/** Passkeys of one account. */
export const MAX_PASSKEYS = 20

/** What the browser is asked for. */
export async function newPasskeyOptions(services: Services, visit: Visit, enroller: Enroller) {
  const { user } = enroller
  const hints = await services.passkeys.listFor(user.id, visit.site.rpId)
  const names = { id: user.id, name: loginNameOf(user), displayName: labelOf(identityOf(user)) }
  return await creationOptions(services, visit, holderOf(enroller), names, hints)
}

/** Adds what the browser has made. */
export async function addPasskey(
  services: Services,
  visit: Visit,
  enroller: Enroller,
  form: { readonly registration: Registration; readonly name: string },
): Promise<PasskeyAdded> {
  const { challenges, passkeys } = services
  const { rpId, publicOrigin } = visit.site
  const name = cleanName(form.name)
  if (name === null) return { kind: 'wrong_name' }
  const { clientDataJSON } = form.registration.response
  const challenge = challengeOf(fromBase64Url(clientDataJSON) ?? new Uint8Array()) ?? ''
  if (!(await challenges.redeem(challenge, 'enrol', holderOf(enroller)))) return { kind: 'refused' }
  const credential = await checkRegistration(form.registration, { challenge, origin: publicOrigin, rpId })
  if (!credential || (await passkeys.find(credential.credentialId, rpId))) return { kind: 'refused' }
  return await enrol(services, visit, enroller, {
    kind: 'passkey',
    name,
    methods: [credential.maySync ? 'swk' : 'hwk', 'user'],
    isWhole: credential.isUserVerified,
    statement: passkeys.add(enroller.user.id, rpId, name, credential),
  })
}
