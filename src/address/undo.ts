import type { Visit } from '../http/visit.ts'
import type { MailProof } from '../proof/proof.ts'
import { isSpent } from '../proof/proofs.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { isTaken } from '../user/users.ts'

export type Undone =
  /** `token` leads to the page where a new password is chosen. */
  | { readonly kind: 'undone'; readonly token: string }
  | { readonly kind: 'spent' }
  /** Somebody else has got the old address meanwhile. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'throttled' }

/** A thief adds factors and changes the address in one go, on the same day at the latest. */
const ADDED_BEFORE_MS = 86_400_000
/** Whoever undoes a change is sitting in front of it. */
const RESET_SECONDS = 3600

/** What a link stands for. Looking uses nothing up. */
export async function findUndo(services: Services, visit: Visit, token: string): Promise<MailProof | null> {
  const proof = await services.proofs.findByToken('undo_email', visit.site.key, token)
  return proof?.data.restores ? proof : null
}

/**
 * Gives an account its old address back. Whoever has changed it knew the password and had a session, so both go, with everything that was
 * mailed to other addresses, later ways back included, and what lets in without either: keys, and the factors that were added lately. Older
 * factors stay, so that a mailbox alone takes nobody's second factor away; the owner chooses a new password at once.
 */
export async function undoChange(services: Services, visit: Visit, token: string): Promise<Undone> {
  if (await isOverVolume(services, visit)) return { kind: 'throttled' }
  const { proofs, users, sessions, remember, factors, apiKeys, audit, now } = services
  const proof = await findUndo(services, visit, token)
  const { userId = null } = proof ?? {}
  const { restores } = proof?.data ?? {}
  if (!proof || userId === null || restores === undefined) return { kind: 'spent' }
  const reset = await proofs.issue({
    purpose: 'reset',
    site: visit.site.key,
    subject: userId,
    userId,
    accountEmail: restores,
    email: restores,
    browser: null,
    withCode: false,
    client: visit.client(),
    data: {},
    lifeSeconds: RESET_SECONDS,
  })
  try {
    await sessions.endAll(userId, null, [
      ...proofs.consume(proof, visit.site.key),
      users.setEmail(userId, restores, now()),
      users.clearPassword(userId, now()),
      remember.endAllOf(userId, null),
      ...factors.removeAddedSince(userId, proof.createdAt - ADDED_BEFORE_MS),
      apiKeys.removeAllOf(userId),
      proofs.removeAllOf(userId),
      proofs.removeUndosSince(userId, proof.createdAt),
      reset.statement,
      audit.statement({
        event: 'user.email_changed',
        site: visit.site.key,
        userId,
        sessionId: null,
        network: visit.network(),
        requestId: visit.requestId,
        detail: { by: 'undo', to: restores },
      }),
    ])
  } catch (error) {
    if (isSpent(error)) return { kind: 'spent' }
    if (isTaken(error)) return { kind: 'taken' }
    throw error
  }
  return { kind: 'undone', token: reset.token }
}
