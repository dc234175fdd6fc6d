import type { Visitor } from '../gate/decide.ts'
import { bySession, identify, type Terms } from '../gate/identify.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from './known.ts'
import { byRemember } from './restore.ts'

/** Who sits at a browser. */
export type Current = Visitor & { readonly session: LiveSession }

/** The signed-in user of a browser, for what only an account has. Guests are nobody here, as is a credential that was refused. */
export async function currentUser(
  services: Services,
  visit: Visit,
  terms?: Pick<Terms, 'isExact'>,
): Promise<Current | null> {
  const current = await currentSession(services, visit, terms)
  return current?.identity.kind === 'user' ? current : null
}

/** Whose browser this is, for the gateway's own pages and API: the session, restored by remember-me where it has ended. */
export async function currentSession(
  services: Services,
  visit: Visit,
  { isExact }: Pick<Terms, 'isExact'> = { isExact: false },
): Promise<Current | null> {
  const answer = await identify([bySession(services), byRemember(services)], visit, { slides: true, isExact })
  if (answer.kind !== 'recognised' || !answer.session) return null
  return { ...answer, session: answer.session }
}
