import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { Current } from '../session/current.ts'

/**
 * Takes trust from a device: it is asked for the second factor again, and the sessions in which it stood in for one end. The session at
 * hand goes on as one that has shown none.
 */
export async function distrustDevice(
  { trusted, sessions, audit, db }: Services,
  visit: Visit,
  { identity, session }: Current,
  id: string,
): Promise<boolean> {
  const [ended] = await db.batch([
    trusted.end(identity.id, id),
    audit.statementIfChanged({
      event: 'device.distrusted',
      site: visit.site.key,
      userId: identity.id,
      sessionId: session.record.id,
      network: visit.network(),
      requestId: visit.requestId,
      detail: {},
    }),
  ])
  if (ended?.meta.changes !== 1) return false
  for (const stored of await sessions.listLive(identity.id)) {
    if (stored.record.trust === id && stored.record.id !== session.record.id) await sessions.end(stored, [])
  }
  if (session.record.trust === id) {
    const next = await sessions.rotate(session, { mfaAt: null, trust: null }, [])
    if (next) visit.setCookie(visit.cookies.session, next.token)
  }
  return true
}
