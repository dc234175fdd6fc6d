import type { Services } from '../services.ts'
import type { SessionRecord } from '../session/record.ts'
import { describeListed, listSessions } from './sessions.ts'

/** Far more than a person makes in the time that the log is kept; a file has to end somewhere. */
const MOST_EVENTS = 5000

/**
 * All that is kept of an account, for its owner to take along: every table that names it but those that hold only secrets. Never a hash, a
 * token or a key. What is there for a few minutes (mails on their way, links in them, sign-ins under way) is left out.
 */
export async function collectData(services: Services, own: SessionRecord) {
  const { users, audit, apiKeys, refreshFamilies, factors, trusted, guestMerges, now } = services
  const { id } = own.identity
  const [user, sessions, keys, programs, secondFactors, devices, guests, events] = await Promise.all([
    users.findById(id),
    listSessions(services, own),
    apiKeys.listOf(id),
    refreshFamilies.listOf(id),
    factors.list(id),
    trusted.list(id),
    guestMerges.listOf(id),
    audit.recentOf(id, MOST_EVENTS),
  ])
  const { passwordHash = null, position, factors: summary, ...account } = user ?? {}
  return withInstants({
    exportedAt: now(),
    account: { ...account, hasPassword: passwordHash !== null },
    sessions: sessions.map(describeListed),
    /** What the site's own hooks keep with the session that asks. */
    sessionData: own.data,
    apiKeys: keys.map(({ userId, ...key }) => key),
    programs: programs.map(({ userId, position: readAt, ...program }) => program),
    secondFactors,
    trustedDevices: devices,
    guests,
    events,
  })
}

/** Instants as ISO 8601: whatever is called so (`at`, `…At`) and is a number. */
function withInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInstants)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      /^at$|At$/.test(name) && typeof inner === 'number'
        ? new Date(inner).toISOString()
        : withInstants(inner),
    ]),
  )
}
