import type { Services } from '../services.ts'

/**
 * For the first proof of an account's address, in one batch with the end of its sessions. Whoever made the account may have been somebody
 * else (account pre-hijacking, P27): every credential that was set before goes, so that none of theirs stays behind.
 */
export function dropEarlier(
  { users, remember, factors, apiKeys, proofs, now }: Services,
  userId: string,
): readonly D1PreparedStatement[] {
  return [
    users.setEmailVerified(userId, now()),
    users.clearPassword(userId, now()),
    remember.endAllOf(userId, null),
    ...factors.removeAll(userId),
    apiKeys.removeAllOf(userId),
    proofs.removeAllOf(userId),
  ]
}
