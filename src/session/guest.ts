import { recognised } from '../gate/identify.ts'
import type { Visit } from '../http/visit.ts'
import { randomText } from '../lib/random.ts'
import type { Services } from '../services.ts'
import type { Current } from './current.ts'

/** Gives an anonymous visitor an id and a session. Limited by volume, since it writes for whoever asks. */
export async function startGuest(services: Services, visit: Visit): Promise<Current | 'throttled'> {
  if (await isOverVolume(services, visit)) return 'throttled'
  const session = await services.sessions.start({
    site: visit.site.key,
    identity: {
      kind: 'guest',
      id: `guest_${randomText(12)}`,
      email: null,
      emailVerified: false,
      username: null,
      name: null,
      roles: [],
    },
    methods: [],
    client: visit.client(),
    authenticatedAt: services.now(),
    mfaAt: null,
    mfaDueAt: null,
    trust: null,
    remembered: false,
    family: null,
    data: {},
    mergedFrom: null,
    position: null,
  })
  services.audit.logOnly({
    event: 'guest.started',
    site: visit.site.key,
    userId: session.record.identity.id,
    sessionId: session.record.id,
    network: visit.network(),
    requestId: visit.requestId,
    detail: {},
  })
  visit.setCookie(visit.cookies.session, session.token)
  return { ...recognised(session, services), session, credential: null }
}

/** The rate limiting binding: cheap and approximate, per network and Cloudflare location. Without it nobody is over. */
export async function isOverVolume(services: Services, visit: Visit): Promise<boolean> {
  const network = visit.network()
  if (!services.rateLimit || network === null) return false
  return !(await services.rateLimit.limit({ key: network })).success
}
