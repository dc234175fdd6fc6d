import type { Visit } from '../http/visit.ts'
import { securityNotice } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import type { User } from '../user/user.ts'

/** Whoever signs in to an account that is to be deleted keeps it: statements for the batch of the sign-in. */
export async function keepAccount(
  services: Services,
  visit: Visit,
  user: User,
): Promise<readonly D1PreparedStatement[]> {
  if (user.deleteAt === null) return []
  return [
    services.deletions.cancel(user.id),
    services.audit.statement({
      event: 'user.deletion_cancelled',
      site: visit.site.key,
      userId: user.id,
      sessionId: null,
      network: visit.network(),
      requestId: visit.requestId,
      detail: {},
    }),
    ...(await securityNotice(services, visit, user, 'deletion_cancelled')),
  ]
}
