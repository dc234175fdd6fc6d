import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { SessionRecord } from '../session/record.ts'
import type { RememberedBrowser } from '../session/remember.ts'

/** A way in that is open, as its owner sees it in a list. Instants are unix milliseconds. */
export interface ListedSession {
  /** Stays the same for as long as the session goes on, under whatever token and id. */
  readonly id: string
  /** `remembered`: no session, but a browser that gets one without asking anybody when it comes back. */
  readonly state: 'open' | 'remembered'
  readonly site: string
  /** Browser and platform family. */
  readonly client: string
  readonly network: string
  /** City and country, `Hamburg, DE`; `null` where the platform does not tell. */
  readonly place: string | null
  readonly startedAt: number
  readonly seenAt: number
  /** Whether its browser comes back without asking. */
  readonly remembered: boolean
  readonly methods: readonly string[]
  /** Whether it is the one that asks. */
  readonly current: boolean
}

/** A user's ways in on all sites, the one that asks first, then by when they were last used. */
export async function listSessions(
  services: Services,
  own: SessionRecord,
): Promise<readonly ListedSession[]> {
  const userId = own.identity.id
  const [stored, browsers] = await Promise.all([
    services.sessions.listLive(userId),
    services.remember.listOf(userId),
  ])
  // KV lists what is new a little later; the session at hand is certainly there. A record of before a rotation may still be.
  const byLineage = new Map([[own.lineage, own]])
  for (const { record } of stored) {
    const known = byLineage.get(record.lineage)
    if (!known || (known !== own && known.seenAt < record.seenAt)) byLineage.set(record.lineage, record)
  }
  const records = [...byLineage.values()]
  const open = records.map((record) => openSession(record, record === own))
  const closed = browsers.filter(({ familyId }) => !records.some(({ family }) => family === familyId))
  return [...open, ...closed.map(rememberedBrowser)].sort(
    (a, b) => Number(b.current) - Number(a.current) || b.seenAt - a.seenAt,
  )
}

function openSession(record: SessionRecord, current: boolean): ListedSession {
  return {
    id: record.lineage,
    state: 'open',
    site: record.site,
    client: record.client.agent,
    network: record.client.network,
    place: record.client.place,
    startedAt: record.createdAt,
    seenAt: record.seenAt,
    remembered: record.family !== null,
    methods: record.methods,
    current,
  }
}

function rememberedBrowser({
  familyId,
  site,
  client,
  methods,
  startedAt,
  usedAt,
}: RememberedBrowser): ListedSession {
  return {
    id: familyId,
    state: 'remembered',
    site,
    client: client.agent,
    network: client.network,
    place: client.place,
    startedAt,
    seenAt: usedAt,
    remembered: true,
    methods,
    current: false,
  }
}

/** A listed session as programs read it, with instants in ISO 8601. */
export function describeListed({ startedAt, seenAt, ...session }: ListedSession) {
  return { ...session, startedAt: new Date(startedAt).toISOString(), seenAt: new Date(seenAt).toISOString() }
}

/**
 * Ends one of a user's other ways in, with what its browser remembers. False when there is none of that name, which is not to be told as an
 * end: it may go on under a name that the list does not have yet.
 */
export async function endSession(
  services: Services,
  visit: Visit,
  own: SessionRecord,
  id: string,
): Promise<boolean> {
  const { sessions, remember, audit } = services
  const userId = own.identity.id
  const [stored, browsers] = await Promise.all([sessions.listLive(userId), remember.listOf(userId)])
  const found = stored.find(({ record }) => record.lineage === id || record.id === id)
  const familyId = found?.record.family ?? browsers.find((browser) => browser.familyId === id)?.familyId
  const isOwn = found ? found.record.lineage === own.lineage : familyId === own.family
  if (isOwn || (!found && familyId === undefined)) return false
  const along = [
    ...(familyId ? [remember.endFamily(familyId)] : []),
    audit.statement(ended(visit, own, id, false)),
  ]
  if (found) await sessions.end(found, along)
  if (familyId) await sessions.endFamily(userId, familyId, found ? [] : along)
  return true
}

/** Ends all of a user's sessions but the one at hand, and all that other browsers remember. */
export async function endOtherSessions(services: Services, visit: Visit, own: SessionRecord): Promise<void> {
  await services.sessions.endAll(own.identity.id, own.id, [
    services.remember.endAllOf(own.identity.id, own.family),
    services.audit.statement(ended(visit, own, null, true)),
  ])
}

function ended(visit: Visit, { identity }: SessionRecord, sessionId: string | null, everywhere: boolean) {
  return {
    event: 'session.ended',
    site: visit.site.key,
    userId: identity.id,
    sessionId,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { by: 'owner', everywhere, from: 'account' },
  } as const
}
