import { hookContext } from '../hooks/context.ts'
import type { SessionData } from '../hooks/hooks.ts'
import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from '../session/known.ts'

/** The operator's claims. A hook that throws costs its claims, not the request: the origin sees less, never more. */
export async function askForClaims(
  services: Services,
  visit: Visit,
  identity: Identity,
  session: LiveSession | null,
): Promise<SessionData> {
  const { claims } = services.settings.hooks
  if (!claims) return {}
  try {
    return await claims(identity, hookContext(services, visit, session))
  } catch (error) {
    services.log({
      level: 'error',
      event: 'hook.failed',
      hook: 'claims',
      requestId: visit.requestId,
      error: String(error),
    })
    return {}
  }
}
