import type { Identity } from '../identity.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from './known.ts'
import { expiresAt, isFresh } from './record.ts'

/** A user as the API shows it to the user. */
export function describeUser(identity: Identity) {
  const { id, kind, email, emailVerified, username, name, roles } = identity
  return { id, kind, email, emailVerified, username, name, roles }
}

/** A session as the API shows it to its owner. Never the token. */
export function describeSession(services: Services, session: LiveSession) {
  const { record, sameClient } = session
  const { session: settings } = services.settings
  return {
    id: record.id,
    createdAt: iso(record.createdAt),
    expiresAt: iso(expiresAt(record, settings)),
    authenticatedAt: iso(record.authenticatedAt),
    fresh: isFresh(record, settings.freshSeconds, services.now(), sameClient),
    remembered: record.remembered,
    mfa: record.mfaAt !== null,
    methods: record.methods,
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
