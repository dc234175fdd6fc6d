import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { Current } from '../session/current.ts'

export async function renameFactor(
  { factors, audit, db }: Services,
  visit: Visit,
  { identity, session }: Current,
  id: string,
  name: string,
): Promise<boolean> {
  const [renamed] = await db.batch([
    factors.rename(identity.id, id, name),
    audit.statementIfChanged({
      event: 'factor.renamed',
      site: visit.site.key,
      userId: identity.id,
      sessionId: session.record.id,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { name },
    }),
  ])
  return renamed?.meta.changes === 1
}
