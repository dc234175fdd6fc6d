import type { AuditEvent, AuditEventName } from '../audit/audit.ts'
import type { Visit } from '../http/visit.ts'
import type { Identity } from '../identity.ts'
import type { Services } from '../services.ts'
import type { User } from '../user/user.ts'

/** What changing somebody else's account takes; the command line has these, too. */
export type AccountTools = Pick<
  Services,
  'users' | 'sessions' | 'remember' | 'factors' | 'audit' | 'db' | 'now'
>

/** Who changes an account, for the audit log. */
export type Actor = Pick<AuditEvent, 'site' | 'network' | 'requestId'> & {
  readonly by: { readonly by: 'command line' } | { readonly by: 'admin'; readonly admin: string }
}

/** The administrator at hand. */
export function actorOf(visit: Visit, admin: Identity): Actor {
  return {
    site: visit.site.key,
    network: visit.network(),
    requestId: visit.requestId,
    by: { by: 'admin', admin: admin.id },
  }
}

/** Nobody signs in to it any more, and everything that it opened ends. Answers how many sessions the store knew. */
export async function disableAccount(
  tools: AccountTools,
  actor: Actor,
  user: User,
  reason: string | null,
): Promise<number> {
  const { users, sessions, remember, now } = tools
  const at = now()
  return await sessions.endAll(user.id, null, [
    users.setDisabled(user.id, reason, at, at),
    remember.endAllOf(user.id, null),
    record(tools, actor, user, 'user.disabled', { reason }),
  ])
}

export async function enableAccount(tools: AccountTools, actor: Actor, user: User): Promise<void> {
  const { users, db, now } = tools
  await db.batch([
    users.setDisabled(user.id, null, null, now()),
    record(tools, actor, user, 'user.enabled', {}),
  ])
}

/** Live sessions go on with the new roles within the bound of revocation. */
export async function changeRoles(
  tools: AccountTools,
  actor: Actor,
  user: User,
  roles: readonly string[],
): Promise<void> {
  const { users, sessions, now } = tools
  await sessions.changeAccount(user.id, [
    users.setRoles(user.id, roles, now()),
    record(tools, actor, user, 'user.roles_changed', { from: [...user.roles], to: [...roles] }),
  ])
}

/** Ends all sessions and what browsers remember. Answers how many sessions the store knew. */
export async function endAllSessions(tools: AccountTools, actor: Actor, user: User): Promise<number> {
  return await tools.sessions.endAll(user.id, null, [
    tools.remember.endAllOf(user.id, null),
    record(tools, actor, user, 'session.ended', { everywhere: true }),
  ])
}

/**
 * Takes every second factor off an account whose owner has lost them all, and ends what they opened. Where it must have one it gets one at
 * the next sign-in, without a grace: nobody is let in with less for longer. `notice` tells the owner, in the same batch.
 */
export async function resetFactors(
  tools: AccountTools,
  actor: Actor,
  user: User,
  notice: readonly D1PreparedStatement[] = [],
): Promise<number> {
  const { passkeys, apps } = user.factors
  return await tools.sessions.endAll(user.id, null, [
    ...tools.factors.removeAll(user.id),
    tools.remember.endAllOf(user.id, null),
    record(tools, actor, user, 'factor.reset', { passkeys, apps }),
    ...notice,
  ])
}

/** The account and everything that hangs on it; the audit log keeps its id. */
export async function removeAccount(tools: AccountTools, actor: Actor, user: User): Promise<void> {
  await tools.sessions.endAll(user.id, null, [
    record(tools, actor, user, 'user.removed', {}),
    tools.users.remove(user.id),
  ])
}

function record(
  { audit }: AccountTools,
  { by, ...where }: Actor,
  user: User,
  event: AuditEventName,
  detail: AuditEvent['detail'],
): D1PreparedStatement {
  return audit.statement({ event, ...where, userId: user.id, sessionId: null, detail: { ...by, ...detail } })
}
