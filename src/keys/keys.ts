import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import type { Current } from '../session/current.ts'
import type { ApiKey } from '../token/api-keys.ts'
import { draftKey, type KeyForm } from '../token/key-form.ts'
import type { RefreshFamily } from '../token/refresh-families.ts'

export type NewKey =
  | { readonly kind: 'made'; readonly key: ApiKey; readonly text: string }
  | { readonly kind: 'too_many' }
  /** The session has been ended meanwhile. */
  | { readonly kind: 'over' }

/** Makes a key for the signed-in user. Its text is in the answer and nowhere else. */
export async function makeKey(
  services: Services,
  visit: Visit,
  { identity, session }: Current,
  form: KeyForm,
): Promise<NewKey> {
  const { apiKeys, audit, sessions, now } = services
  const { text, key } = await draftKey(form, identity, visit.site.key, now())
  const notice = await securityNotice(services, visit, identity, 'key_made')
  const written = await sessions.commit(session, [
    apiKeys.insert(key),
    audit.statement({
      ...eventOf(visit, { identity, session }),
      event: 'key.made',
      detail: { key: key.id, name: key.name, scopes: key.scopes, by: 'owner' },
    }),
    ...notice,
  ])
  if (written === null) return { kind: 'over' }
  if (written[0]?.meta.changes !== 1) return { kind: 'too_many' }
  if (notice.length > 0) sendSoon(services, visit)
  return { kind: 'made', key: { ...key, usedAt: null }, text }
}

/** Takes a key of the user back, everywhere within the bound of revocation. False when there is none of that name. */
export async function revokeKey(
  services: Services,
  visit: Visit,
  current: Current,
  id: string,
): Promise<boolean> {
  const { apiKeys, announce, audit } = services
  const key = await apiKeys.findById(id)
  if (key?.userId !== current.identity.id) return false
  await announce.end(key.id, [
    apiKeys.remove(key.id),
    audit.statement({
      ...eventOf(visit, current),
      event: 'key.revoked',
      detail: { key: key.id, name: key.name, by: 'owner' },
    }),
  ])
  return true
}

/** Ends a program's sign-in of the user. False when there is none of that name. */
export async function endProgram(
  services: Services,
  visit: Visit,
  current: Current,
  id: string,
): Promise<boolean> {
  const { refreshFamilies, announce, audit } = services
  const family = (await refreshFamilies.listOf(current.identity.id)).find((one) => one.id === id)
  if (!family) return false
  await announce.end(family.id, [
    refreshFamilies.end(family.id),
    audit.statement({
      ...eventOf(visit, current),
      event: 'token.revoked',
      detail: { by: 'owner', client: family.clientId },
    }),
  ])
  return true
}

function eventOf(visit: Visit, { identity, session }: Pick<Current, 'identity' | 'session'>) {
  return {
    site: visit.site.key,
    userId: identity.id,
    sessionId: session.record.id,
    network: visit.network(),
    requestId: visit.requestId,
  }
}

/** A key as programs read it: never its text or hash. */
export function describeKey({ userId, createdAt, expiresAt, usedAt, ...key }: ApiKey) {
  return { ...key, createdAt: iso(createdAt), expiresAt: iso(expiresAt), usedAt: iso(usedAt) }
}

/** A program's sign-in as programs read it. */
export function describeProgram(family: RefreshFamily) {
  const { id, site, clientId, scope, client, createdAt, rotatedAt, expiresAt } = family
  return {
    id,
    site,
    clientId,
    scope,
    client: client.agent,
    network: client.network,
    startedAt: iso(createdAt),
    usedAt: iso(rotatedAt),
    expiresAt: iso(expiresAt),
  }
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
