import type { Visit } from '../http/visit.ts'
import { isSpent } from '../proof/proofs.ts'
import type { Services } from '../services.ts'
import type { Current } from '../session/current.ts'
import { chargeAttempt, giveBackOf } from '../throttle/attempt.ts'
import { readCode } from './code.ts'
import type { Handoff, Handoffs } from './handoffs.ts'

/** The device that approves: enters the code, sees what waits, decides. */

export type Looked =
  | { readonly kind: 'found'; readonly handoff: Handoff }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** What waits under a code. Each look is charged like a guess at the account's password, and given back when the code is right (P16). */
export async function lookUp(
  services: Services,
  visit: Visit,
  handoffs: Handoffs,
  { identity }: Current,
  typed: string,
): Promise<Looked> {
  const code = readCode(typed)
  if (code === null) return { kind: 'unknown' }
  const name = identity.email ?? identity.username ?? identity.id
  const charged = await chargeAttempt(services, visit, name, services.users.selectById(identity.id))
  if (charged.kind === 'throttled') return charged
  const handoff = await handoffs.findByCode(code, visit.site.key)
  if (!handoff) return { kind: 'unknown' }
  // A code that is right says nothing of the account's secrets: guesses at those count on.
  const refund = giveBackOf(services, charged.attempt)
  if (refund.length > 0) await services.db.batch([...refund])
  return { kind: 'found', handoff }
}

export type Decided = 'approved' | 'refused' | 'wrong_number' | 'spent'

/**
 * Approves if the number is the one that the waiting browser shows. A wrong one refuses it for good: there is no second guess for
 * somebody who is being talked into it.
 */
export async function approveHandoff(
  services: Services,
  visit: Visit,
  handoffs: Handoffs,
  visitor: Current,
  handoff: Handoff,
  number: string,
): Promise<Decided> {
  if (number !== handoff.number)
    return await refuseHandoff(services, visit, handoffs, visitor, handoff, number)
  const { id, lineage, family, position, authenticatedAt, methods } = visitor.session.record
  const { audit } = services
  const approved = audit.statement({
    event: 'handoff.approved',
    site: visit.site.key,
    userId: visitor.identity.id,
    sessionId: id,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { client: handoff.client.agent, for: handoff.client.network },
  })
  // By its lineage alone: a new token of the approving session is no end of it.
  const session = { id: lineage, lineage, family, subjectId: visitor.identity.id, position }
  const isByMail = methods.includes('email')
  return await decide(
    services,
    [...handoffs.approve(handoff, { session, authenticatedAt, isByMail }), approved],
    'approved',
  )
}

export async function refuseHandoff(
  services: Services,
  visit: Visit,
  handoffs: Handoffs,
  { identity, session }: Current,
  handoff: Handoff,
  wrongNumber: string | null,
): Promise<Decided> {
  const refused = services.audit.statement({
    event: 'handoff.refused',
    site: visit.site.key,
    userId: identity.id,
    sessionId: session.record.id,
    network: visit.network(),
    requestId: visit.requestId,
    detail: {
      reason: wrongNumber === null ? 'owner' : 'wrong_number',
      client: handoff.client.agent,
      for: handoff.client.network,
    },
  })
  const said = wrongNumber === null ? 'refused' : 'wrong_number'
  return await decide(services, [...handoffs.refuse(handoff), refused], said)
}

/** Of several decisions at once the first one is it. */
async function decide(
  { db }: Services,
  writes: readonly D1PreparedStatement[],
  said: Decided,
): Promise<Decided> {
  try {
    await db.batch([...writes])
    return said
  } catch (error) {
    if (isSpent(error)) return 'spent'
    throw error
  }
}
