import type { Visitor } from '../gate/decide.ts'
import type { Visit } from '../http/visit.ts'
import { createRing } from '../lib/ring.ts'
import type { Services, Site } from '../services.ts'
import type { Known, LiveSession, Told } from '../session/known.ts'
import { askForClaims } from './claims-hook.ts'

type Headers = Told['headers']
type Somebody = Visitor & { readonly session: LiveSession | null }

/**
 * How long an assertion is sent again after it was signed: of its 60 seconds the origin then always sees at least half, whatever the
 * network and its clock do.
 */
const REUSE_MS = 30_000
/** Sessions whose headers an isolate holds at once; they are the larger half of what it knows of a session. */
const MAX_TOLD = 3000

const keepTold = createRing<{ readonly known: Known; readonly told: Told }>(MAX_TOLD, ({ known, told }) => {
  if (known.told === told) known.told = null
})

/** The identity headers that a session's origin was sent last, if they may be sent again. A look-up and two comparisons. */
export function toldBefore(services: Services, visitor: Somebody): Headers | null {
  const told = visitor.session?.known.told
  if (!told || services.now() >= told.until || told.fresh !== isFresh(services, visitor)) return null
  return told.headers
}

/**
 * The identity headers for a visitor, with an assertion signed now. Kept with the session for half a minute, and only for as long as
 * its record stays the same. Visitors without a session get new ones each time.
 */
export async function tell(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Somebody,
): Promise<Headers> {
  const { session, identity } = visitor
  const now = services.now()
  const fresh = isFresh(services, visitor)
  const assertion = site.signer
    ? await site.signer.sign(
        {
          identity,
          sessionId: session?.record.id ?? null,
          authenticatedAt: session ? session.record.authenticatedAt / 1000 : null,
          methods: session?.record.methods ?? [],
          fresh,
          claims: await askForClaims(services, visit, identity, session),
        },
        now / 1000,
      )
    : null
  const headers = site.identityHeaders(identity, assertion)
  if (session) {
    // Whole seconds, as in the assertion's `iat`: counted from the exact instant, reuse could outlast the stated life.
    const until = now - (now % 1000) + REUSE_MS
    const told: Told = { headers, fresh, until }
    session.known.told = told
    keepTold({ known: session.known, told })
  }
  return headers
}

function isFresh(services: Services, visitor: Somebody): boolean {
  return visitor.isFresh(services.settings.session.freshSeconds)
}
