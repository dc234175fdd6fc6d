import type { Visitor } from '../gate/decide.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { LiveSession, Tellable, Told } from '../session/known.ts'
import { askForClaims } from './claims-hook.ts'
import type { KnownCredential } from './known-credential.ts'

type Headers = Told['headers']
type Somebody = Visitor & {
  readonly session: LiveSession | null
  readonly credential: KnownCredential | null
  readonly mergedFrom?: string
}

/**
 * How long an assertion is sent again after it was signed: of its 60 seconds the origin then always sees at least half, whatever the
 * network and its clock do.
 */
const REUSE_MS = 30_000

/** What is remembered of who comes by a session or a token; `null`: nothing, as the hook has recognised them. */
function memoryOf({ session, credential }: Somebody): Tellable | null {
  return session ? session.known : credential
}

/** The identity headers that an origin was sent last, if they may be sent again. A look-up and two comparisons. */
export function toldBefore(services: Services, visitor: Somebody): Headers | null {
  const told = memoryOf(visitor)?.told
  if (
    !told ||
    visitor.mergedFrom !== undefined ||
    services.now() >= told.until ||
    told.fresh !== isFresh(services, visitor)
  )
    return null
  return told.headers
}

/**
 * The identity headers for a visitor, with an assertion signed now. Kept with the session or token for half a minute, and only for
 * as long as its record stays the same. Whom the hook has recognised gets new ones each time; what says `merged_from` is sent once.
 */
export async function tell(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Somebody,
): Promise<Headers> {
  const { session, identity } = visitor
  const known = memoryOf(visitor)
  const now = services.now()
  const fresh = isFresh(services, visitor)
  const assertion = site.signer
    ? await site.signer.sign(
        {
          identity,
          sessionId: known?.record.id ?? null,
          authenticatedAt: known?.record.authenticatedAt ? known.record.authenticatedAt / 1000 : null,
          methods: known?.record.methods ?? [],
          fresh,
          mergedFrom: visitor.mergedFrom ?? null,
          claims: await askForClaims(services, visit, identity, session),
        },
        now / 1000,
      )
    : null
  const headers = site.identityHeaders(identity, assertion)
  if (known && visitor.mergedFrom === undefined) {
    // Whole seconds, as in the assertion's `iat`: counted from the exact instant, reuse could outlast the stated life.
    const until = now - (now % 1000) + REUSE_MS
    services.told.keep(known, { headers, fresh, until }, now)
  }
  return headers
}

function isFresh(services: Services, visitor: Somebody): boolean {
  return visitor.isFresh(services.settings.session.freshSeconds)
}
