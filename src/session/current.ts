import type { Visitor } from '../gate/decide.ts'
import { bySession, identify } from '../gate/identify.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from './known.ts'
import { byRemember } from './restore.ts'

export interface Current {
  /** `null`: nobody, or a credential that was refused. */
  readonly visitor: (Visitor & { readonly session: LiveSession }) | null
  readonly cookies: readonly string[]
}

/** The signed-in user of a browser, for what only an account has. Guests are nobody here. */
export async function currentUser(services: Services, visit: Visit): Promise<Current> {
  const { visitor, cookies } = await currentSession(services, visit)
  return { visitor: visitor?.identity.kind === 'user' ? visitor : null, cookies }
}

/** Whose browser this is, for the gateway's own pages and API: the session, restored by remember-me where it has ended. */
export async function currentSession(services: Services, visit: Visit): Promise<Current> {
  const answer = await identify([bySession(services), byRemember(services)], visit, {
    slides: true,
    isExact: false,
  })
  if (answer.kind === 'not_mine') return { visitor: null, cookies: [] }
  if (answer.kind === 'refused' || !answer.session) return { visitor: null, cookies: answer.cookies }
  const { session } = answer
  return { visitor: { ...answer, session }, cookies: answer.cookies }
}
