import type { Services } from '../services.ts'
import type { CredentialRecord } from './known-credential.ts'

/** A token as the API shows it to whoever presents it. */
export function describeToken(
  { settings }: Services,
  record: CredentialRecord,
  isFresh: (seconds: number) => boolean,
) {
  const { kind, id, scopes, methods, authenticatedAt, expiresAt } = record
  return {
    kind,
    id,
    scopes,
    methods,
    fresh: isFresh(settings.session.freshSeconds),
    authenticatedAt: iso(authenticatedAt),
    expiresAt: iso(expiresAt),
  }
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** Why a bearer token was refused; sessions have reasons of their own. */
export function isTokenReason(reason: string): boolean {
  return reason.startsWith('token_')
}

/** RFC 6750 section 3.1. An expired token is said to be, so that programs know to renew it; of all others nothing is told. */
export function invalidToken(reason: string): string {
  const error = 'error="invalid_token"'
  return reason === 'token_expired' ? `${error}, error_description="The token has expired"` : error
}
