import type { FactorSummary } from '../factor/summary.ts'
import type { Identity } from '../identity.ts'
import type { Language } from '../ui/text/text.ts'

/** Who has this role sees and manages everybody. */
export const ADMIN_ROLE = 'admin'

/** An account as the database keeps it. Instants are unix milliseconds. */
export interface User {
  readonly id: string
  readonly kind: 'user' | 'service'
  readonly email: string | null
  readonly emailVerified: boolean
  readonly username: string | null
  readonly name: string | null
  readonly roles: readonly string[]
  readonly passwordHash: string | null
  readonly passwordChangedAt: number | null
  readonly disabledAt: number | null
  readonly disabledReason: string | null
  readonly createdAt: number
  /** For pages and mails, chosen by its owner; `null`: what the browser asks for. */
  readonly language: Language | null
  /** When the account is removed because its owner has asked for that; signing in before takes it back. */
  readonly deleteAt: number | null
  readonly factors: FactorSummary
  /** The position of the revocation feed when this was read: what changes the account later has a higher one. */
  readonly position: number
}

export type NewUser = Omit<User, 'position' | 'factors' | 'deleteAt' | 'language'>

/** `disabledReason` of an account that has been signed up for and that the operator has not approved yet. */
export const AWAITING_APPROVAL = 'awaiting approval'

/** What the rest of the gateway knows of an account: never the hash. */
export function identityOf(user: User): Identity {
  const { kind, id, email, emailVerified, username, name, roles } = user
  return { kind, id, email, emailVerified, username, name, roles }
}

/** How pages and lists call somebody. */
export function labelOf(identity: Identity): string {
  return identity.name ?? identity.email ?? identity.username ?? identity.id
}

/** What an account that is known is counted under, as if its name had been typed (throttle/). */
export function loginNameOf({ id, email, username }: Pick<Identity, 'id' | 'email' | 'username'>): string {
  return email ?? username ?? id
}
