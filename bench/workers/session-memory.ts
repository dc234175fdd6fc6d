import { randomText } from '../../src/lib/random.ts'
import { createIsolateCache } from '../../src/session/isolate-cache.ts'
import { createKnown, type Known, SESSION_CACHE } from '../../src/session/known.ts'
import { parseRecord, type SessionRecord } from '../../src/session/record.ts'
import { createToldMemory, roomBeside } from '../../src/token/told-memory.ts'

const cache = createIsolateCache<Known>(SESSION_CACHE)
const told = createToldMemory(() => roomBeside(cache.size))
/** As long as one with a few roles. */
const ASSERTION_BYTES = 540

/**
 * Fills the session cache as requests do: each record parsed from its stored text, and remembered with what its origin was told. Answers what
 * it holds.
 */
export default {
  fetch(request) {
    const count = Number(new URL(request.url).searchParams.get('count'))
    for (let i = 0; i < count; i++) {
      const text = storedText(i)
      const record = parseRecord(text)
      const token = randomText(32)
      if (!record) continue
      const now = 1.76e12 + i
      const known = createKnown(token, record, {
        now,
        endsAt: 1.77e12 + i,
        version: 1,
        textBytes: text.length,
      })
      cache.set(token, known)
      told.keep(known, { headers: headersOf(record), fresh: true, until: now + 30_000 }, now)
    }
    return Response.json({ size: cache.size, bytes: cache.bytes })
  },
} satisfies ExportedHandler

function headersOf({ identity: { id, email, name, roles } }: SessionRecord) {
  return [
    ['Remote-User', email ?? id],
    ['Remote-Email', email ?? id],
    ['Remote-Name', name ?? id],
    ['Remote-Groups', roles.join()],
    ['Remote-Sub', id],
    ['X-Auth-Assertion', randomText(ASSERTION_BYTES)],
  ] as const
}

function storedText(i: number): string {
  const at = 1.76e12 + i
  return JSON.stringify({
    v: 5,
    id: randomText(12),
    lineage: randomText(12),
    site: 'intranet.acme.example',
    identity: {
      kind: 'user',
      id: `user_${randomText(12)}`,
      email: `firstname.lastname${i}@acme.example`,
      emailVerified: true,
      username: null,
      name: `Firstname Lastname ${i}`,
      roles: i % 3 === 0 ? ['staff', 'finance'] : ['staff'],
    },
    createdAt: at,
    seenAt: at,
    checkedAt: at,
    position: i,
    authenticatedAt: at,
    mfaAt: null,
    mfaDueAt: null,
    trust: null,
    remembered: false,
    family: i % 2 === 0 ? randomText(16) : null,
    methods: ['pwd'],
    client: { agent: 'Firefox on Linux', network: `AS${i % 300} DE`, place: `City ${i % 900}, DE` },
    data: {},
    mergedFrom: null,
  })
}
