import type { Visit } from '../http/visit.ts'
import { dropEarlier } from '../proof/drop-earlier.ts'
import type { Services } from '../services.ts'
import type { User } from '../user/user.ts'

/**
 * The first time that somebody shows an account's address to be theirs. Whoever made the account before may have been somebody else
 * (account pre-hijacking, P27): everything they set and all their sessions go. Answers the account as it is then.
 */
export async function proveAddress(
  services: Services,
  visit: Visit,
  user: User,
  consume: readonly D1PreparedStatement[],
): Promise<User | null> {
  const { sessions, users, audit } = services
  await sessions.endAll(user.id, null, [
    ...consume,
    ...dropEarlier(services, user.id),
    audit.statement({
      event: 'user.email_verified',
      site: visit.site.key,
      userId: user.id,
      sessionId: null,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { by: 'link', dropped: true },
    }),
  ])
  return await users.findById(user.id)
}
