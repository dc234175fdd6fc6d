import type { Visitor } from '../gate/decide.ts'
import { hookContext } from '../hooks/context.ts'
import type { SessionData } from '../hooks/hooks.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { LiveSession } from '../session/sessions.ts'

/**
 * The signed assertion for a visitor. Signed once per session and half minute and isolate: kept under the session's token, and
 * only for as long as the stored record reads the same. Visitors without a session get a new one each time.
 */
export async function assertionFor(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Visitor & { readonly session: LiveSession | null },
): Promise<string | null> {
  const { signer, assertions } = site
  if (!signer) return null
  const { session, identity } = visitor
  const now = services.now() / 1000
  const fresh = visitor.isFresh(services.settings.session.freshSeconds)
  const fingerprint = session ? `${fresh ? 'f' : '-'}${session.text}` : null
  const cached = session && fingerprint ? assertions.get(session.token, fingerprint, now) : null
  if (cached) return cached
  const assertion = await signer.sign(
    {
      identity,
      sessionId: session?.record.id ?? null,
      authenticatedAt: session ? session.record.authenticatedAt / 1000 : null,
      methods: session?.record.methods ?? [],
      fresh,
      claims: await extraClaims(services, visit, visitor),
    },
    now,
  )
  if (session && fingerprint) assertions.set(session.token, fingerprint, assertion, now)
  return assertion
}

/** The operator's claims. A hook that throws costs its claims, not the request: the origin sees less, never more. */
async function extraClaims(
  services: Services,
  visit: Visit,
  visitor: Visitor & { readonly session: LiveSession | null },
): Promise<SessionData> {
  const { claims } = services.settings.hooks
  if (!claims) return {}
  try {
    return await claims(visitor.identity, hookContext(services, visit, visitor.session))
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
