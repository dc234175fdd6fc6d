import type { Services } from '../services.ts'
import type { SessionRecord } from '../session/record.ts'
import { describeListed, listSessions } from './sessions.ts'

const KEPT_EVENTS = 1000

/** All that is kept of an account, for its owner to take along: never a hash or token. */
export async function collectData(services: Services, own: SessionRecord) {
  const { id } = own.identity
  const [user, sessions, keys, programs, events] = await Promise.all([
    services.users.findById(id),
    listSessions(services, own),
    services.apiKeys.listOf(id),
    services.refreshFamilies.listOf(id),
    services.audit.recentOf(id, KEPT_EVENTS),
  ])
  const { passwordHash = null, position, ...account } = user ?? {}
  return {
    exportedAt: iso(services.now()),
    account: { ...account, hasPassword: passwordHash !== null },
    sessions: sessions.map(describeListed),
    apiKeys: keys,
    programs,
    events: events.map(({ at, ...event }) => ({ at: iso(at), ...event })),
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
