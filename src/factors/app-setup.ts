import { newSeed, otpauthUri, stepOf } from '../factor/totp.ts'
import type { Visit } from '../http/visit.ts'
import { randomText } from '../lib/random.ts'
import type { Services } from '../services.ts'
import { cleanName } from '../user/identifier.ts'
import { loginNameOf } from '../user/user.ts'
import { type Enrolled, enrol } from './enrol.ts'
import { type Enroller, holderOf } from './enroller.ts'

/** An authenticator app that is being set up. */
export interface AppSetup {
  /** Goes through the form and back, sealed: nothing is stored before the first code has come. */
  readonly sealed: string
  /** In base32, for typing. */
  readonly seed: string
  readonly uri: string
}

export type AppConfirmed =
  | Enrolled
  | { readonly kind: 'wrong_code'; readonly setup: AppSetup }
  | { readonly kind: 'wrong_name'; readonly setup: AppSetup }
  /** Not what we sealed for this account and browser, or too long ago. */
  | { readonly kind: 'no_setup' }

/** Apps of one account. More than a few are nobody's own. */
export const MAX_APPS = 10
const SETUP_MS = 15 * 60_000

export async function newAppSetup(services: Services, visit: Visit, enroller: Enroller): Promise<AppSetup> {
  const seed = newSeed()
  const content = { seed, id: `app_${randomText(12)}`, until: services.now() + SETUP_MS }
  const sealed = await services.setupSealer.seal(JSON.stringify(content), holderOf(enroller))
  return { sealed, seed, uri: uriOf(visit, enroller, seed) }
}

/** Adds the app once it shows a right code: who mistyped the key would be locked out at the next sign-in. */
export async function confirmApp(
  services: Services,
  visit: Visit,
  enroller: Enroller,
  form: { readonly sealed: string; readonly code: string; readonly name: string },
): Promise<AppConfirmed> {
  const opened = await services.setupSealer.open(form.sealed, holderOf(enroller))
  if (opened === null) return { kind: 'no_setup' }
  const { seed, id, until } = JSON.parse(opened) as { seed: string; id: string; until: number }
  if (services.now() >= until) return { kind: 'no_setup' }
  const setup = { sealed: form.sealed, seed, uri: uriOf(visit, enroller, seed) }
  const name = cleanName(form.name)
  if (name === null) return { kind: 'wrong_name', setup }
  const step = await stepOf(seed, form.code.replaceAll(/\s/g, ''), services.now())
  if (step === null) return { kind: 'wrong_code', setup }
  const statement = await services.apps.add(enroller.user.id, { id, name, seed, step })
  return await enrol(services, visit, enroller, {
    kind: 'totp',
    name,
    methods: ['otp'],
    isWhole: false,
    statement,
  })
}

function uriOf(visit: Visit, { user }: Enroller, seed: string): string {
  return otpauthUri(seed, visit.site.theme.name, loginNameOf(user))
}
