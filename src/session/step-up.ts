import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from './known.ts'

/**
 * A session whose owner has just shown a second factor: it goes on under a new token (P11), in this browser. What the browser remembers is
 * worth as much from then on. `null` when the session has been ended meanwhile.
 */
export async function stepUp(
  { sessions, remember, now }: Services,
  visit: Visit,
  session: LiveSession,
  proved: {
    readonly methods: readonly string[]
    /** Whether it says by itself who somebody is: then it makes the session fresh as a password does. */
    readonly isWhole: boolean
  },
  along: readonly D1PreparedStatement[],
): Promise<LiveSession | null> {
  const { record } = session
  const methods = [...new Set([...record.methods, ...proved.methods])]
  const next = await sessions.rotate(
    session,
    {
      mfaAt: now(),
      mfaDueAt: null,
      trust: null,
      methods,
      client: visit.client(),
      ...(proved.isWhole
        ? { authenticatedAt: now(), remembered: false }
        : // A code in another browser says nothing of the password that was given where the session began (P8).
          session.sameClient
          ? {}
          : { remembered: true }),
    },
    [...along, ...(record.family === null ? [] : [remember.strengthen(record.family, methods)])],
  )
  if (next) visit.setCookie(visit.cookies.session, next.token)
  return next
}
