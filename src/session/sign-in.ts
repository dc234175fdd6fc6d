import { hookContext, notify } from '../hooks/context.ts'
import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import type { Services } from '../services.ts'
import { DEVICE_SECONDS } from '../throttle/device.ts'
import { readCookie } from './cookie.ts'
import type { LiveSession } from './known.ts'

/**
 * The one place where a session of a user begins. Call it only after every required factor (P8). The browser's former session
 * ends, whoever's it was, and nothing of its token is taken over (P11). `along` goes into the same D1 batch.
 */
export async function signIn(
  services: Services,
  visit: Visit,
  identity: Identity,
  how: {
    readonly methods: readonly string[]
    readonly remember: boolean
    /** The feed's position when the account was read: a password changed since then ends what begins here. */
    readonly position: number
    readonly along: readonly D1PreparedStatement[]
  },
): Promise<LiveSession> {
  const { sessions, remember, audit, devices, settings, db } = services
  const now = services.now()
  const formerToken = readCookie(visit.request.headers.get('cookie'), visit.cookies.remember)
  const [former, formerFamily, family, device] = await Promise.all([
    formerSession(services, visit),
    remember.endPresented(formerToken),
    how.remember && settings.session.rememberSeconds !== null
      ? remember.begin({
          userId: identity.id,
          site: visit.site.key,
          methods: how.methods,
          client: visit.client(),
          authenticatedAt: now,
        })
      : null,
    devices.issue(identity.id, now),
  ])
  const session = await sessions.start({
    site: visit.site.key,
    identity,
    methods: how.methods,
    client: visit.client(),
    authenticatedAt: now,
    remembered: false,
    family: family?.familyId ?? null,
    data: {},
    position: how.position,
  })
  const started = audit.statement({
    event: 'session.started',
    site: visit.site.key,
    userId: identity.id,
    sessionId: session.record.id,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { methods: how.methods, remember: family !== null, client: session.record.client.agent },
  })
  const writes = [
    started,
    ...how.along,
    ...(family ? [family.statement] : []),
    ...(formerFamily ? [formerFamily] : []),
  ]
  if (former) await sessions.end(former, writes)
  else await db.batch(writes)
  await notify(services, visit, 'onLogin', () =>
    settings.hooks.onLogin?.({
      identity,
      method: how.methods[0] ?? 'unknown',
      context: hookContext(services, visit, session),
    }),
  )
  visit.setCookie(visit.cookies.session, session.token)
  if (family) visit.setCookie(visit.cookies.remember, family.token, settings.session.rememberSeconds ?? 0)
  else if (formerToken !== null) visit.clearCookie(visit.cookies.remember)
  visit.setCookie(visit.cookies.device, device, DEVICE_SECONDS)
  return session
}

/** The live session that this browser brings along, if any. */
async function formerSession(services: Services, visit: Visit): Promise<LiveSession | null> {
  const token = readCookie(visit.request.headers.get('cookie'), visit.cookies.session)
  if (token === null) return null
  const loaded = await services.sessions.load(token, visit)
  return loaded.kind === 'live' ? loaded.session : null
}
