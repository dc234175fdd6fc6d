import { demandOf } from '../factor/policy.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import type { Current } from '../session/current.ts'
import type { Pending } from '../session/pending.ts'
import type { User } from '../user/user.ts'

/** Whose account gets a factor: somebody who is signed in, or whose sign-in waits because the account must have one first. */
export type Enroller =
  | { readonly kind: 'session'; readonly user: User; readonly visitor: Current }
  | { readonly kind: 'pending'; readonly user: User; readonly pending: Pending }

/**
 * The sign-in that waits for a first factor, if this browser has one. Never for an account that has a factor: whoever knows only the
 * password must not add another to it (P8).
 */
export async function pendingEnroller(services: Services, visit: Visit): Promise<Enroller | null> {
  const token = readCookie(visit.request.headers.get('cookie'), visit.cookies.pending)
  const pending = token === null ? null : await services.pending.find(token, visit.site.key)
  const user = pending && (await services.users.findById(pending.userId))
  if (!pending || !user || user.disabledAt !== null) return null
  const demand = demandOf(services.settings.mfa, user, pending.methods, services.now())
  return demand.kind === 'enrol' ? { kind: 'pending', user, pending } : null
}

/** Binds what is being set up to the account and the browser: taken to another, it is nothing. */
export function holderOf(enroller: Enroller): string {
  const { user } = enroller
  const place =
    enroller.kind === 'session' ? enroller.visitor.session.record.lineage : enroller.pending.tokenHash
  return `${user.id}/${place}`
}
