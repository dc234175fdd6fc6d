import { hookContext, notify } from '../hooks/context.ts'
import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { refundOf } from '../throttle/attempt.ts'
import { DEVICE_SECONDS } from '../throttle/device.ts'
import type { Attempt } from '../throttle/throttle.ts'
import { identityOf, type User } from '../user/user.ts'
import { readCookie } from './cookie.ts'
import type { LiveSession } from './known.ts'

/** What somebody has shown who wants to sign in, and what is to become of it. */
export interface Proof {
  /** The account as it was read before the proof was looked at: a password changed since then ends what begins here. */
  readonly user: User
  /** RFC 8176 `amr` of what was proved. With `mfa` two factors have been. */
  readonly methods: readonly string[]
  /** What the guess was charged under; `null` where nothing could be guessed. */
  readonly attempt: Attempt | null
  readonly remember: boolean
  /** Where a page goes on to; already decided by `nextOf`. */
  readonly next: string | null
  /** Belongs to the proof and is written with it, in the same D1 batch. */
  readonly along: readonly D1PreparedStatement[]
}

/** A second factor that an account can show. */
export type FactorWay = 'passkey' | 'totp' | 'recovery' | 'email'

export type Entered =
  | { readonly kind: 'signed_in'; readonly session: LiveSession }
  /** No session exists yet. The browser has a pending sign-in, which the second-factor page or API completes. */
  | { readonly kind: 'second_factor'; readonly ways: readonly FactorWay[] }

/**
 * The one gate for every way in (P8): takes what was proved, and starts a session only when that is all the account must show.
 */
export async function signIn(services: Services, visit: Visit, proof: Proof): Promise<Entered> {
  return { kind: 'signed_in', session: await startSession(services, visit, proof) }
}

/**
 * The one place where a session of a user begins. The browser's former session ends, whoever's it was, and nothing of its token is
 * taken over (P11).
 */
async function startSession(services: Services, visit: Visit, proof: Proof): Promise<LiveSession> {
  const identity = identityOf(proof.user)
  const { sessions, remember, audit, devices, settings, db } = services
  const now = services.now()
  const cookies = visit.request.headers.get('cookie')
  const formerToken = readCookie(cookies, visit.cookies.remember)
  const formerDevice = readCookie(cookies, visit.cookies.device)
  const [former, formerFamily, family, device, notice] = await Promise.all([
    formerSession(services, visit),
    remember.endPresented(formerToken),
    proof.remember && settings.session.rememberSeconds !== null
      ? remember.begin({
          userId: identity.id,
          site: visit.site.key,
          methods: proof.methods,
          client: visit.client(),
          authenticatedAt: now,
          position: proof.user.position,
        })
      : null,
    devices.issue(identity.id, formerDevice, now),
    newDeviceNotice(services, visit, proof.user, formerDevice),
  ])
  const session = await sessions.start({
    site: visit.site.key,
    identity,
    methods: proof.methods,
    client: visit.client(),
    authenticatedAt: now,
    mfaAt: proof.methods.includes('mfa') ? now : null,
    remembered: false,
    family: family?.familyId ?? null,
    data: {},
    position: proof.user.position,
  })
  const started = audit.statement({
    event: 'session.started',
    site: visit.site.key,
    userId: identity.id,
    sessionId: session.record.id,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { methods: proof.methods, remember: family !== null, client: session.record.client.agent },
  })
  const writes = [
    started,
    ...proof.along,
    ...(proof.attempt ? refundOf(services, proof.attempt) : []),
    ...(family ? [family.statement] : []),
    ...(formerFamily ? [formerFamily] : []),
    ...notice,
  ]
  if (former) await sessions.end(former, writes)
  else await db.batch(writes)
  if (notice.length > 0) sendSoon(services, visit)
  await notify(services, visit, 'onLogin', () =>
    settings.hooks.onLogin?.({
      identity,
      method: proof.methods[0] ?? 'unknown',
      context: hookContext(services, visit, session),
    }),
  )
  visit.setCookie(visit.cookies.session, session.token)
  if (family) visit.setCookie(visit.cookies.remember, family.token, settings.session.rememberSeconds ?? 0)
  else if (formerToken !== null) visit.clearCookie(visit.cookies.remember)
  visit.setCookie(visit.cookies.device, device, DEVICE_SECONDS)
  return session
}

/** Who has just made an account knows that they are signing in. */
const NEW_ACCOUNT_MS = 600_000

/** A mail to an owner whose account this browser has not been in before. */
async function newDeviceNotice(
  services: Services,
  visit: Visit,
  user: User,
  deviceCookie: string | null,
): Promise<readonly D1PreparedStatement[]> {
  const now = services.now()
  if (!services.mail || now - user.createdAt < NEW_ACCOUNT_MS) return []
  const known = await services.devices.read(deviceCookie, now)
  if (known.some(({ userId }) => userId === user.id)) return []
  return await securityNotice(services, visit, user, 'new_device')
}

/** The live session that this browser brings along, if any. */
async function formerSession(services: Services, visit: Visit): Promise<LiveSession | null> {
  const token = readCookie(visit.request.headers.get('cookie'), visit.cookies.session)
  if (token === null) return null
  const loaded = await services.sessions.load(token, visit)
  return loaded.kind === 'live' ? loaded.session : null
}
