import { hasFactor } from '../factor/policy.ts'
import { newRecoveryCodes } from '../factor/recovery-codes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { Current } from '../session/current.ts'

/** A new set in the place of the old one; `null` for an account that has nothing they could stand in for. */
export async function makeRecoveryCodes(
  { users, recovery, audit, db }: Services,
  visit: Visit,
  { identity, session }: Current,
): Promise<readonly string[] | null> {
  const user = await users.findById(identity.id)
  if (!user || !hasFactor(user.factors)) return null
  const codes = newRecoveryCodes()
  await db.batch([
    ...(await recovery.replace(identity.id, codes)),
    audit.statement({
      event: 'recovery_codes.made',
      site: visit.site.key,
      userId: identity.id,
      sessionId: session.record.id,
      network: visit.network(),
      requestId: visit.requestId,
      detail: {},
    }),
  ])
  return codes
}
