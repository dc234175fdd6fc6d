import type { Visit } from '../http/visit.ts'
import { type PasswordRefusal, refusalsOf } from '../password/new-password.ts'
import { hasAsked, readBrowser } from '../proof/browser.ts'
import type { MailProof } from '../proof/proof.ts'
import { isSpent } from '../proof/proofs.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { newAccountId } from '../session/promote.ts'
import { type Entered, signIn } from '../session/sign-in.ts'
import { type Made, signInNew } from '../session/sign-in-new.ts'
import { chargeAttempt, orGiveBack } from '../throttle/attempt.ts'
import type { Attempt } from '../throttle/throttle.ts'
import { cleanName } from '../user/identifier.ts'
import { AWAITING_APPROVAL, type NewUser } from '../user/user.ts'
import { isTaken, type UserRow, userOfRow } from '../user/users.ts'

export type Created =
  | Made
  | { readonly kind: 'entered'; readonly entered: Entered; readonly next: string | null }
  /** The account is there; the operator has to let its owner in. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'spent' }
  /** The address got an account in another way meanwhile. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'wrong_code' }
  /** Nobody has opened the link elsewhere, or not with the password that was chosen here. */
  | { readonly kind: 'not_yet' }
  | { readonly kind: 'wrong_name' }
  | { readonly kind: 'refused'; readonly problems: readonly PasswordRefusal[] }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** What is typed where the link is opened in another browser than the one that signed up. */
export interface Confirmation {
  readonly name: string
  readonly password: string
}

const OVER_VOLUME = { kind: 'throttled', retryAfterSeconds: 60 } as const

/** What the browser at hand has signed up with and not shown to be its own yet. */
export async function findPending(services: Services, visit: Visit): Promise<MailProof | null> {
  const browser = readBrowser(visit)
  return browser === null ? null : await services.proofs.findByBrowser('register', visit.site.key, browser)
}

/**
 * The link of the mail makes the account. In the browser that signed up it gets the password that was chosen there. In any other somebody
 * else may have chosen it, who knew the address and cannot read its mail: there it is asked for again. Whoever says the same one is who
 * signed up; otherwise only what is typed now counts, and nothing of the sign-up does (P27).
 */
export async function createByLink(
  services: Services,
  visit: Visit,
  token: string,
  typed: Confirmation | null,
): Promise<Created> {
  if (await isOverVolume(services, visit)) return OVER_VOLUME
  const proof = await services.proofs.findByToken('register', visit.site.key, token)
  const pending = proof && pendingOf(proof)
  if (!pending) return { kind: 'spent' }
  if (await hasAsked(visit, proof)) return await create(services, visit, proof, pending, ['email'], null)
  const name = cleanName(typed?.name ?? '')
  if (name === null && (typed?.name ?? '').trim() !== '') return { kind: 'wrong_name' }
  const password = typed?.password ?? ''
  const hasher = await services.hasher()
  const isSame = password !== '' && (await hasher.verify(password, pending.passwordHash)).ok
  if (isSame) return await create(services, visit, proof, { ...pending, name }, ['email', 'pwd'], null, true)
  const problems = await refusalsOf(services, password, { email: proof.email, username: null, name })
  if (problems.length > 0) return { kind: 'refused', problems }
  const passwordHash = await hasher.hash(password)
  const chosen = { name, username: null, passwordHash, guestId: null }
  return await create(services, visit, proof, chosen, ['email', 'pwd'], null)
}

/** The code of the mail, typed in the browser that signed up. Guesses count as those at a sign-in with the address do (P16). */
export async function createByCode(services: Services, visit: Visit, code: string): Promise<Created> {
  if (await isOverVolume(services, visit)) return OVER_VOLUME
  const browser = readBrowser(visit)
  const tried = browser && (await services.proofs.tryCode('register', visit.site.key, browser, code))
  if (!tried) return { kind: 'spent' }
  const { proof, isRight } = tried
  const select = services.users.selectByIdentifier(proof.email)
  const charged = await chargeAttempt(services, visit, proof.email, select)
  if (charged.kind === 'throttled') return { kind: 'throttled', retryAfterSeconds: charged.retryAfterSeconds }
  return await orGiveBack(services, visit, charged.attempt, async () => {
    const pending = pendingOf(proof)
    return isRight && pending
      ? await create(services, visit, proof, pending, ['email'], charged.attempt)
      : { kind: 'wrong_code' }
  })
}

/** What an account is made of. */
interface Pending {
  readonly name: string | null
  readonly username: string | null
  readonly passwordHash: string
  readonly guestId: string | null
}

/** `null` for what only stands in for an address that has an account. */
function pendingOf({ data }: MailProof): Pending | null {
  const { passwordHash, name = null, username = null, guestId = null } = data
  return passwordHash === undefined ? null : { name, username, passwordHash, guestId }
}

/**
 * The browser that signed up goes on, once the link has been opened on another device with the password that was chosen here: nobody else
 * knows it. A session of its own, for each device.
 */
export async function continueHere(services: Services, visit: Visit): Promise<Created> {
  if (await isOverVolume(services, visit)) return OVER_VOLUME
  const proof = await findPending(services, visit)
  if (!proof) return { kind: 'spent' }
  if (!proof.isApproved || proof.userId === null) return { kind: 'not_yet' }
  const user = await services.users.findById(proof.userId)
  if (!user) return { kind: 'spent' }
  const { next = null } = proof.data
  try {
    const entered = await signIn(services, visit, {
      user,
      methods: ['email'],
      attempt: null,
      remember: false,
      next,
      along: services.proofs.consume(proof, visit.site.key),
    })
    return { kind: 'entered', entered, next }
  } catch (error) {
    if (isSpent(error)) return { kind: 'spent' }
    throw error
  }
}

async function create(
  services: Services,
  visit: Visit,
  proof: MailProof,
  { name, username, passwordHash, guestId }: Pending,
  methods: readonly string[],
  attempt: Attempt | null,
  /** Completed on another device by whoever signed up: the browser that waits gets in as well. */
  isElsewhere = false,
): Promise<Created> {
  const { db, users, proofs, audit, settings, now } = services
  const at = now()
  const mustWait = settings.accounts.approval
  const id = await newAccountId(services, guestId)
  const account: NewUser = {
    id,
    kind: 'user',
    email: proof.email,
    emailVerified: true,
    username,
    name,
    passwordHash,
    roles: [],
    passwordChangedAt: at,
    disabledAt: mustWait ? at : null,
    disabledReason: mustWait ? AWAITING_APPROVAL : null,
    createdAt: at,
  }
  const registered = audit.statement({
    event: 'user.registered',
    site: visit.site.key,
    userId: id,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { by: 'sign-up', roles: [], approval: mustWait },
  })
  try {
    const { check, grant } = proofs.handOver(proof, visit.site.key, id)
    const [before, after] = isElsewhere ? [[check], [grant]] : [proofs.consume(proof, visit.site.key), []]
    const results = await db.batch([
      ...before,
      users.insertNew(account),
      ...after,
      registered,
      users.selectById(id),
    ])
    const user = userOfRow(results.at(-1)?.results[0] as UserRow | undefined)
    if (mustWait || !user) return { kind: 'waiting' }
    const { next = null } = proof.data
    const entered = await signInNew(services, visit, {
      user,
      methods,
      attempt,
      remember: false,
      next,
      along: [],
    })
    return entered.kind === 'made' ? entered : { kind: 'entered', entered, next }
  } catch (error) {
    if (isSpent(error)) return { kind: 'spent' }
    if (isTaken(error)) return { kind: 'taken' }
    throw error
  }
}
