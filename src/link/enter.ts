import type { Visit } from '../http/visit.ts'
import { hasAsked, readBrowser } from '../proof/browser.ts'
import type { MailProof } from '../proof/proof.ts'
import { isSpent } from '../proof/proofs.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { type Entered, signIn } from '../session/sign-in.ts'
import { chargeAttempt, orGiveBack } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import type { User } from '../user/user.ts'
import { proveAddress } from './first-proof.ts'

export type Linked =
  | { readonly kind: 'entered'; readonly entered: Entered; readonly next: string | null }
  /** Used, replaced, too old, tried too often, of a disabled account, or never there. */
  | { readonly kind: 'spent' }
  | { readonly kind: 'wrong' }
  /** The other device has not approved yet. */
  | { readonly kind: 'not_yet' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** RFC 8176 has no value for it; whoever reads the mailbox has shown this and nothing else. */
const METHODS = ['email'] as const
const OVER_VOLUME = { kind: 'throttled', retryAfterSeconds: 60 } as const

/** What a link stands for. Looking uses nothing up. */
export async function findLink(services: Services, visit: Visit, token: string): Promise<MailProof | null> {
  const proof = await services.proofs.findByToken('link', visit.site.key, token)
  return proof?.userId ? proof : null
}

/** What the browser at hand is waiting for; also where nobody will ever answer. */
export async function findWaiting(services: Services, visit: Visit): Promise<MailProof | null> {
  const browser = readBrowser(visit)
  return browser === null ? null : await services.proofs.findByBrowser('link', visit.site.key, browser)
}

/** The link was opened, and the sign-in is wanted in this very browser. */
export async function enterByLink(services: Services, visit: Visit, token: string): Promise<Linked> {
  if (await isOverVolume(services, visit)) return OVER_VOLUME
  const proof = await findLink(services, visit, token)
  const user = proof?.userId ? await services.users.findById(proof.userId) : null
  return proof && user ? await enter(services, visit, proof, user, null) : { kind: 'spent' }
}

/**
 * The code of the mail, typed in the browser that asked. A guess counts with the sign-ins of the account (P16), and a proof survives five
 * of them, so a million codes cannot be worked through.
 */
export async function enterByCode(services: Services, visit: Visit, code: string): Promise<Linked> {
  if (await isOverVolume(services, visit)) return OVER_VOLUME
  const browser = readBrowser(visit)
  const tried = browser && (await services.proofs.tryCode('link', visit.site.key, browser, code))
  if (!tried) return { kind: 'spent' }
  const { proof, isRight } = tried
  const { users } = services
  const select = proof.userId ? users.selectById(proof.userId) : users.selectByIdentifier(proof.email)
  const charged = await chargeAttempt(services, visit, proof.email, select)
  if (charged.kind === 'throttled') return { kind: 'throttled', retryAfterSeconds: charged.retryAfterSeconds }
  const { user, attempt } = charged
  return await orGiveBack(services, visit, attempt, async () => {
    if (isRight && user && user.id === proof.userId) return await enter(services, visit, proof, user, attempt)
    await services.audit.statement(event(visit, 'login.failed', proof.userId, { reason: 'code' })).run()
    return { kind: 'wrong' }
  })
}

/** The other device has approved; the browser that waits goes on. */
export async function enterApproved(services: Services, visit: Visit): Promise<Linked> {
  if (await isOverVolume(services, visit)) return OVER_VOLUME
  const proof = await findWaiting(services, visit)
  if (!proof) return { kind: 'spent' }
  if (!proof.isApproved || proof.userId === null) return { kind: 'not_yet' }
  const user = await services.users.findById(proof.userId)
  return user ? await enter(services, visit, proof, user, null) : { kind: 'spent' }
}

/** Lets the browser that asked go on, if whoever holds the mail can read what that browser shows. */
export async function approveLink(
  services: Services,
  visit: Visit,
  token: string,
  number: string,
): Promise<'approved' | 'wrong' | 'spent'> {
  const proof = await findLink(services, visit, token)
  if (!proof || (await hasAsked(visit, proof))) return 'spent'
  const result = await services.proofs.approve(proof, visit.site.key, number)
  if (result === 'approved')
    await services.audit
      .statement(event(visit, 'link.approved', proof.userId, { client: proof.client.agent }))
      .run()
  return result
}

/** Whoever holds the mail has not asked for it: the link, its code and the browser that waits get nothing. */
export async function refuseLink(services: Services, visit: Visit, token: string): Promise<boolean> {
  const proof = await findLink(services, visit, token)
  if (!proof) return false
  await services.db.batch([
    services.proofs.remove(proof),
    services.audit.statement(event(visit, 'link.refused', proof.userId, { client: proof.client.agent })),
  ])
  return true
}

async function enter(
  services: Services,
  visit: Visit,
  proof: MailProof,
  user: User,
  attempt: Attempt | null,
): Promise<Linked> {
  const consume = services.proofs.consume(proof, visit.site.key)
  const { next = null, remember = false } = proof.data
  // "Keep me signed in" was said in the browser that asked, and is for that one.
  const isAsker = await hasAsked(visit, proof)
  try {
    const proved = user.emailVerified ? null : await proveAddress(services, visit, user, consume)
    const entered = await signIn(services, visit, {
      user: proved ?? user,
      methods: METHODS,
      attempt,
      remember: remember && isAsker,
      next,
      along: proved ? [] : consume,
    })
    return { kind: 'entered', entered, next }
  } catch (error) {
    if (isSpent(error)) return { kind: 'spent' }
    throw error
  }
}

function event(
  visit: Visit,
  name: 'login.failed' | 'link.approved' | 'link.refused',
  userId: string | null,
  detail: Record<string, string>,
) {
  return {
    event: name,
    site: visit.site.key,
    userId,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail,
  }
}
