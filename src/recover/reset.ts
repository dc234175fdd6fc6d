import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import { type PasswordRefusal, refusalsOf } from '../password/new-password.ts'
import { dropEarlier } from '../proof/drop-earlier.ts'
import type { MailProof } from '../proof/proof.ts'
import { isSpent } from '../proof/proofs.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'

export type Reset =
  | { readonly kind: 'changed' }
  /** Used, replaced, too old, of an account that is disabled or has another address by now, or never there. */
  | { readonly kind: 'spent' }
  | { readonly kind: 'refused'; readonly problems: readonly PasswordRefusal[] }
  | { readonly kind: 'throttled' }

/** What a link stands for. Looking uses nothing up. */
export async function findReset(services: Services, visit: Visit, token: string): Promise<MailProof | null> {
  const proof = await services.proofs.findByToken('reset', visit.site.key, token)
  return proof?.userId ? proof : null
}

/**
 * Sets a new password with a mailed link, which proves the address as well. Everything that was open before ends: sessions, what browsers
 * remember, other links on their way. Nobody is signed in by it, so that second factors are asked for as ever; a disabled account has no
 * link that works.
 */
export async function resetPassword(
  services: Services,
  visit: Visit,
  token: string,
  password: string,
): Promise<Reset> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled' }
  const { users, sessions, remember, proofs, audit, now } = services
  const proof = await findReset(services, visit, token)
  const user = proof?.userId ? await users.findById(proof.userId) : null
  if (!proof || !user) return { kind: 'spent' }
  const problems = await refusalsOf(services, password, user)
  if (problems.length > 0) return { kind: 'refused', problems }
  const hash = await (await services.hasher()).hash(password)
  try {
    await sessions.endAll(user.id, null, [
      ...proofs.consume(proof, visit.site.key),
      ...(user.emailVerified ? [] : dropEarlier(services, user.id)),
      users.setPasswordHash(user.id, hash, now()),
      users.setEmailVerified(user.id, now()),
      remember.endAllOf(user.id, null),
      proofs.removeAllOf(user.id),
      audit.statement({
        event: 'user.password_changed',
        site: visit.site.key,
        userId: user.id,
        sessionId: null,
        network: visit.network(),
        requestId: visit.requestId,
        detail: { by: 'reset' },
      }),
      ...(await securityNotice(services, visit, { ...user, emailVerified: true }, 'password_changed')),
    ])
  } catch (error) {
    if (isSpent(error)) return { kind: 'spent' }
    throw error
  }
  sendSoon(services, visit)
  return { kind: 'changed' }
}
