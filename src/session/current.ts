import type { Visitor } from '../gate/decide.ts'
import { type Answer, bySession, identify, type Terms } from '../gate/identify.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { byToken } from '../token/by-token.ts'
import type { LiveSession } from './known.ts'
import { byRemember } from './restore.ts'

/** Who sits at a browser. */
export type Current = Visitor & { readonly session: LiveSession; readonly credential: null }

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
  const answer = await whoAsks(services, visit, isExact)
  if (answer.kind !== 'recognised' || !answer.session) return null
  return { ...answer, session: answer.session, credential: null }
}

/** Who asks the gateway itself for something. A token decides before a cookie here as well, also where only a session will do. */
export async function whoAsks(services: Services, visit: Visit, isExact = false): Promise<Answer> {
  const ways = [byToken(services), bySession(services), byRemember(services)]
  return await identify(ways, visit, { slides: true, isExact })
}
