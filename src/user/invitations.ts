import type { NewUser } from './user.ts'

/** Who is invited, and as what. Instants are unix milliseconds. */
export interface Invitation {
  readonly email: string
  readonly name: string | null
  readonly roles: readonly string[]
  readonly expiresAt: number
}

/** The D1 table `invitation`: one-time links, kept as hashes, one per address. */
export interface Invitations {
  /** Invites an address; an older invitation of the same address is replaced. */
  invite(tokenHash: string, invitation: Invitation, now: number): D1PreparedStatement
  /** The invitation of a link, if it is still good. Consumes nothing. */
  find(tokenHash: string, now: number): Promise<Invitation | null>
  /**
   * Makes the account and uses the invitation up, in one transaction: the first statement changes a row when the account was made, the
   * second when the invitation is gone (also where the address has had an account all along). Address, roles and that the address is
   * proven come from the invitation, never from the form.
   */
  accept(
    tokenHash: string,
    account: Pick<NewUser, 'id' | 'name' | 'username' | 'passwordHash'>,
    now: number,
  ): readonly [insert: D1PreparedStatement, use: D1PreparedStatement]
}

interface Row {
  readonly email: string
  readonly name: string | null
  readonly roles: string
  readonly expires_at: number
}

export function createInvitations(db: D1Database): Invitations {
  return {
    invite: (tokenHash, { email, name, roles, expiresAt }, now) =>
      db
        .prepare(
          `INSERT INTO invitation (token_hash, email, name, roles, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
           ON CONFLICT (email) DO UPDATE SET token_hash = ?1, name = ?3, roles = ?4, created_at = ?5, expires_at = ?6`,
        )
        .bind(tokenHash, email, name, JSON.stringify(roles), now, expiresAt),

    async find(tokenHash, now) {
      const row = await db
        .prepare(
          'SELECT email, name, roles, expires_at FROM invitation WHERE token_hash = ?1 AND expires_at > ?2',
        )
        .bind(tokenHash, now)
        .first<Row>()
      return (
        row && {
          email: row.email,
          name: row.name,
          roles: JSON.parse(row.roles) as string[],
          expiresAt: row.expires_at,
        }
      )
    },

    accept: (tokenHash, { id, name, username, passwordHash }, now) => [
      db
        .prepare(
          `INSERT INTO user
             (id, kind, email, email_verified, username, name, roles, password_hash, password_changed_at, created_at, updated_at)
           SELECT ?3, 'user', email, 1, ?4, ?5, roles, ?6, ?2, ?2, ?2 FROM invitation
           WHERE token_hash = ?1 AND expires_at > ?2
           ON CONFLICT DO NOTHING`,
        )
        .bind(tokenHash, now, id, username, name, passwordHash),
      db
        .prepare(
          `DELETE FROM invitation WHERE token_hash = ?1
           AND EXISTS (SELECT 1 FROM user WHERE user.email = invitation.email)`,
        )
        .bind(tokenHash),
    ],
  }
}
