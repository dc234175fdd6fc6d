import { demandOf } from '../factor/policy.ts'
import { type Answer, type Authenticator, recognised } from '../gate/identify.ts'
import { hookContext, notify } from '../hooks/context.ts'
import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { identityOf } from '../user/user.ts'
import { isSameClient } from './client.ts'
import { readCookie } from './cookie.ts'
import type { Remembered } from './remember.ts'
import { protectionEvent } from './sessions.ts'
import { trustedDevice } from './sign-in.ts'

/** The remember-me cookie: restores a session that has ended. What it restores is never fresh. */
export function byRemember(services: Services): Authenticator {
  return async (visit) => {
    const token = readCookie(visit.received.get('cookie'), visit.cookies.remember)
    if (token === null) return { kind: 'not_mine' }
    const remembered = await services.remember.use(token, visit.site.key)
    switch (remembered.kind) {
      case 'unknown':
        return { kind: 'not_mine' }
      case 'stolen':
        return await refuseTheft(services, visit, remembered)
      case 'restored':
        return await restore(services, visit, remembered).catch(async (fault: unknown) => {
          // The browser gets no new token with a 503, and its old one must not look like a thief's then.
          if (remembered.token !== null) await services.remember.takeBack(remembered.token)
          throw fault
        })
    }
  }
}

async function restore(
  services: Services,
  visit: Visit,
  remembered: Extract<Remembered, { kind: 'restored' }>,
): Promise<Answer> {
  const { users, sessions, audit, settings, remember, db } = services
  if (settings.session.protection === 'strong' && !isSameClient(remembered.client, visit.client())) {
    // Strong protection holds for the token as it does for the session it would restore.
    const ended = audit.statement(protectionEvent(visit, remembered.userId, null))
    await db.batch([remember.endFamily(remembered.familyId), ended])
    clearCookies(visit)
    return { kind: 'refused', reason: 'client_changed' }
  }
  const user = await users.findById(remembered.userId)
  if (!user || user.disabledAt !== null) {
    await remember.endFamily(remembered.familyId).run()
    visit.clearCookie(visit.cookies.remember)
    return { kind: 'refused', reason: 'account_disabled' }
  }
  const identity = identityOf(user)
  const demand = demandOf(settings.mfa, user, remembered.methods, services.now())
  const isLackingFactor = demand.kind !== 'enough' && !(await trustedDevice(services, visit, user.id))
  if (isLackingFactor) {
    // What was remembered is less than the account asks for by now. It signs in anew, and is remembered with all of it.
    await remember.endFamily(remembered.familyId).run()
    visit.clearCookie(visit.cookies.remember)
    return { kind: 'not_mine' }
  }
  const session = await sessions.start({
    site: visit.site.key,
    identity,
    methods: remembered.methods,
    client: visit.client(),
    authenticatedAt: remembered.authenticatedAt,
    // Whatever was proved back then: what a cookie restores has no second factor of its own.
    mfaAt: null,
    mfaDueAt: demand.kind === 'enough' ? demand.dueAt : null,
    trust: null,
    remembered: true,
    family: remembered.familyId,
    data: {},
    mergedFrom: null,
    position: remembered.position,
  })
  await audit
    .statement({
      event: 'session.restored',
      site: visit.site.key,
      userId: identity.id,
      sessionId: session.record.id,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { client: session.record.client.agent, place: session.record.client.place },
    })
    .run()
  await notify(services, visit, 'onLogin', () =>
    settings.hooks.onLogin?.({
      identity,
      method: 'remember',
      context: hookContext(services, visit, session),
    }),
  )
  visit.setCookie(visit.cookies.session, session.token)
  if (remembered.token !== null)
    visit.setCookie(visit.cookies.remember, remembered.token, settings.session.rememberSeconds ?? 0)
  return recognised(session, services)
}

/** A used token has come back: one of its two holders is a thief. The family and what it restored end, for both. */
async function refuseTheft(
  services: Services,
  visit: Visit,
  stolen: Extract<Remembered, { kind: 'stolen' }>,
): Promise<Answer> {
  const { sessions, remember, audit, users } = services
  const owner = await users.findById(stolen.userId)
  const notice = owner ? await securityNotice(services, visit, owner, 'remember_theft') : []
  const detected = audit.statement({
    event: 'remember.theft_detected',
    site: visit.site.key,
    userId: stolen.userId,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { client: visit.client().agent },
  })
  await sessions.endFamily(stolen.userId, stolen.familyId, [
    remember.endFamily(stolen.familyId),
    detected,
    ...notice,
  ])
  if (notice.length > 0) sendSoon(services, visit)
  clearCookies(visit)
  return { kind: 'refused', reason: 'remember_stolen' }
}

function clearCookies(visit: Visit): void {
  visit.clearCookie(visit.cookies.remember)
  visit.clearCookie(visit.cookies.session)
}
