import { hasFactor, mustHaveMfa } from '../factor/policy.ts'
import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import type { Current } from '../session/current.ts'
import type { User } from '../user/user.ts'

export type Removed = 'removed' | 'not_found' | 'last_factor'

/**
 * Takes a factor off an account. The last one only where nobody must have one; whether it is the last is decided by the statement that
 * removes it, so that two removals at once cannot leave an account without. With the last one go recovery codes and trusted devices.
 */
export async function removeFactor(
  services: Services,
  visit: Visit,
  { identity, session }: Current,
  id: string,
): Promise<Removed> {
  const { factors, audit, db, users, settings } = services
  const found = (await factors.list(identity.id)).find((factor) => factor.id === id)
  if (!found) return 'not_found'
  const mayBeLast = !mustHaveMfa(settings.mfa, identity.roles)
  const [removed] = await db.batch([
    factors.remove(identity.id, id, mayBeLast),
    audit.statementIfChanged({
      event: 'factor.removed',
      site: visit.site.key,
      userId: identity.id,
      sessionId: session.record.id,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { kind: found.kind, name: found.name },
    }),
    ...factors.removeRestIfNone(identity.id),
  ])
  if (removed?.meta.changes !== 1) {
    const user = await users.findById(identity.id)
    return user && hasFactor(user.factors) && !mayBeLast ? 'last_factor' : 'not_found'
  }
  await tell(services, visit, identity)
  return 'removed'
}

async function tell(services: Services, visit: Visit, owner: Pick<User, 'id' | 'email' | 'emailVerified'>) {
  const notice = await securityNotice(services, visit, owner, 'factor_removed')
  if (notice.length === 0) return
  await services.db.batch([...notice])
  sendSoon(services, visit)
}
