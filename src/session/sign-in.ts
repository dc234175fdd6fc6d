import { demandOf, type FactorWay, MFA } from '../factor/policy.ts'
import { hookContext, notify } from '../hooks/context.ts'
import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { giveBackOf, refundOf } from '../throttle/attempt.ts'
import { DEVICE_SECONDS } from '../throttle/device.ts'
import type { Attempt } from '../throttle/throttle.ts'
import { identityOf, type User } from '../user/user.ts'
import { countryOf } from './client.ts'
import { readCookie } from './cookie.ts'
import { keepAccount } from './keep-account.ts'
import type { LiveSession } from './known.ts'
import { keepLanguage } from './language.ts'
import { PENDING_SECONDS } from './pending.ts'

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
  /**
   * Where nothing was shown in this browser itself: when its user last showed something elsewhere. What begins here is never fresh until
   * somebody confirms it here (P8).
   */
  readonly provedElsewhereAt?: number
}

export type Entered =
  | { readonly kind: 'signed_in'; readonly session: LiveSession }
  /**
   * No session exists yet. The browser has a pending sign-in, which the second-factor page or API completes. Without any way the account
   * must set up a factor first.
   */
  | { readonly kind: 'second_factor'; readonly ways: readonly FactorWay[] }

/** What the second factor has to say for the session that begins. */
interface Second {
  readonly mfaAt: number | null
  readonly mfaDueAt: number | null
  readonly trust: string | null
}

/**
 * The one gate for every way in (P8): takes what was proved, and starts a session only when that is all the account must show.
 */
export async function signIn(services: Services, visit: Visit, proof: Proof): Promise<Entered> {
  const { settings, now, audit } = services
  const { user, methods } = proof
  const demand = demandOf(settings.mfa, user, methods, now())
  switch (demand.kind) {
    case 'enough': {
      const asked = demand.isNew ? [services.grace.begin(user.id)] : []
      const session = await startSession(
        services,
        visit,
        { ...proof, along: [...proof.along, ...asked] },
        { mfaAt: methods.includes(MFA) ? now() : null, mfaDueAt: demand.dueAt, trust: null },
      )
      return { kind: 'signed_in', session }
    }
    case 'show': {
      const trusted = await trustedDevice(services, visit, user.id)
      if (!trusted) return await putOff(services, visit, proof, demand.ways)
      const second = { mfaAt: trusted.provedAt, mfaDueAt: null, trust: trusted.id }
      return { kind: 'signed_in', session: await startSession(services, visit, proof, second) }
    }
    case 'enrol':
      audit.logOnly({ ...eventOf(visit, user.id), event: 'mfa.enrolment_demanded', detail: { methods } })
      return await putOff(services, visit, proof, [])
  }
}

/** The device that this browser is trusted as, if the account trusts it. */
export async function trustedDevice(services: Services, visit: Visit, userId: string) {
  const cookie = readCookie(visit.request.headers.get('cookie'), visit.cookies.trust)
  return await services.trusted.recognise(cookie, userId, visit.site.key)
}

/**
 * Writes down what was proved and starts nothing. The attempt is given back and no more: were the account's counter set to zero, whoever
 * has the password could guess at codes without end (P16).
 */
async function putOff(
  services: Services,
  visit: Visit,
  proof: Proof,
  ways: readonly FactorWay[],
): Promise<Entered> {
  const { pending, audit, db } = services
  const { user, methods, remember, next, provedElsewhereAt = null } = proof
  const { token, statements } = await pending.begin(
    {
      userId: user.id,
      site: visit.site.key,
      methods,
      remember,
      next,
      position: user.position,
      provedElsewhereAt,
    },
    readCookie(visit.request.headers.get('cookie'), visit.cookies.pending),
  )
  await db.batch([
    ...statements,
    ...proof.along,
    ...(proof.attempt ? giveBackOf(services, proof.attempt) : []),
    audit.statement({ ...eventOf(visit, user.id), event: 'mfa.asked', detail: { methods, ways } }),
  ])
  visit.setCookie(visit.cookies.pending, token, PENDING_SECONDS)
  return { kind: 'second_factor', ways }
}

/**
 * The one place where a session of a user begins. The browser's former session ends, whoever's it was, and nothing of its token is
 * taken over (P11).
 */
async function startSession(
  services: Services,
  visit: Visit,
  proof: Proof,
  second: Second,
): Promise<LiveSession> {
  const identity = identityOf(proof.user)
  const { sessions, remember, audit, devices, settings, db } = services
  const now = services.now()
  const authenticatedAt = proof.provedElsewhereAt ?? now
  const cookies = visit.request.headers.get('cookie')
  const formerToken = readCookie(cookies, visit.cookies.remember)
  const formerDevice = readCookie(cookies, visit.cookies.device)
  const [former, formerFamily, family, device, notice, kept] = await Promise.all([
    formerSession(services, visit),
    remember.endPresented(formerToken),
    proof.remember && settings.session.rememberSeconds !== null
      ? remember.begin({
          userId: identity.id,
          site: visit.site.key,
          methods: proof.methods,
          client: visit.client(),
          authenticatedAt,
          position: proof.user.position,
        })
      : null,
    devices.issue(identity.id, formerDevice, now),
    newDeviceNotice(services, visit, proof.user, formerDevice),
    keepAccount(services, visit, proof.user),
  ])
  const guest = former?.record.identity.kind === 'guest' ? former.record : null
  // Who has just made an account kept the guest's id (session/promote.ts) and takes the data along; an account that was there before
  // is told of the guest, and the data is the hook's to move: what is in it may be for the guest alone.
  const isPromoted = guest?.identity.id === identity.id
  const mergedFrom = guest && !isPromoted ? guest.identity.id : null
  const session = await sessions.start({
    site: visit.site.key,
    identity,
    methods: proof.methods,
    client: visit.client(),
    authenticatedAt,
    ...second,
    remembered: proof.provedElsewhereAt !== undefined,
    family: family?.familyId ?? null,
    data: isPromoted ? guest.data : {},
    mergedFrom,
    position: proof.user.position,
  })
  const started = audit.statement({
    ...eventOf(visit, identity.id),
    event: 'session.started',
    sessionId: session.record.id,
    detail: {
      methods: proof.methods,
      remember: family !== null,
      client: session.record.client.agent,
      place: session.record.client.place,
      ...(second.trust === null ? {} : { trusted: second.trust }),
      country: countryOf(session.record.client),
    },
  })
  const { lineage } = session.record
  const merge = mergedFrom
    ? [services.guestMerges.record({ guestId: mergedFrom, userId: identity.id, lineage }, now)]
    : []
  const writes = [
    ...merge,
    started,
    ...proof.along,
    ...(proof.attempt ? refundOf(services, proof.attempt) : []),
    ...(family ? [family.statement] : []),
    ...(formerFamily ? [formerFamily] : []),
    ...notice,
    ...kept,
  ]
  const [merged] = former ? await sessions.end(former, writes) : await db.batch(writes)
  if (notice.length + kept.length > 0) sendSoon(services, visit)
  if (guest && mergedFrom && merged?.meta.changes === 1) {
    await notify(services, visit, 'onMerge', () =>
      settings.hooks.onMerge?.({
        guestId: mergedFrom,
        data: guest.data,
        identity,
        context: hookContext(services, visit, session),
      }),
    )
  }
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
  if (proof.user.language !== null) keepLanguage(visit, proof.user.language)
  if (readCookie(cookies, visit.cookies.pending) !== null) visit.clearCookie(visit.cookies.pending)
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

function eventOf(visit: Visit, userId: string) {
  return {
    site: visit.site.key,
    userId,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
  }
}

/** The live session that this browser brings along, if any. */
async function formerSession(services: Services, visit: Visit): Promise<LiveSession | null> {
  const token = readCookie(visit.request.headers.get('cookie'), visit.cookies.session)
  if (token === null) return null
  const loaded = await services.sessions.load(token, visit)
  return loaded.kind === 'live' ? loaded.session : null
}
