import { FACTORS_SQL, type FactorSummaryRow, summaryOf } from '../factor/summary.ts'
import { POSITION_SQL } from '../revocation/revocations.ts'
import type { Language } from '../ui/text/text.ts'
import type { NewUser, User } from './user.ts'

/** The D1 table `user`. Identifiers come in already normalised (identifier.ts). */
export interface Users {
  /** Selects the account with this e-mail address or user name; for batches, read with `userOfRow`. */
  selectByIdentifier(identifier: string): D1PreparedStatement
  selectById(id: string): D1PreparedStatement
  /** Selects the account that a family of refresh tokens belongs to. */
  selectOfRefreshFamily(familyId: string): D1PreparedStatement
  /** Selects the account that an API key belongs to. */
  selectOfApiKey(keyHash: string): D1PreparedStatement
  findByIdentifier(identifier: string): Promise<User | null>
  findById(id: string): Promise<User | null>
  list(page: { after: string | null; limit: number }): Promise<readonly User[]>
  /** `false` when the address or the name is taken. */
  insert(user: NewUser): Promise<boolean>
  /** Inserts many at once and answers the ids (`{ id }`) of those whose address and name were free. */
  insertAll(users: readonly NewUser[]): D1PreparedStatement
  /** The names (`{ email, username }`) of the accounts that have one of these addresses or user names. */
  selectNamed(names: readonly string[]): D1PreparedStatement
  /**
   * For a batch: fails, and the whole batch with it, when the address is taken (`isTaken`). A user name that somebody else has taken
   * meanwhile is left out.
   */
  insertNew(user: NewUser): D1PreparedStatement
  /** Fails, and the whole batch with it, when another account has the address (`isTaken`). */
  setEmail(id: string, email: string, now: number): D1PreparedStatement
  setEmailVerified(id: string, now: number): D1PreparedStatement
  /** Nobody signs in with a password from then on, until one is set. */
  clearPassword(id: string, now: number): D1PreparedStatement
  setPasswordHash(id: string, hash: string, now: number): D1PreparedStatement
  /**
   * The same for whoever has proved the password of `changedAt`. Fails, and with it the whole batch (`isStale`), when the account has been
   * given another password or been disabled meanwhile: an operator's reset is not overwritten by what it was to stop.
   */
  replacePasswordHash(id: string, changedAt: number | null, hash: string, now: number): D1PreparedStatement
  /** The same password under newer parameters; nothing happens when it has been changed in between. */
  renewPasswordHash(id: string, from: string, to: string): D1PreparedStatement
  /**
   * Changes what an account is called, as far as it is said. Nothing happens when that is what it is called already, when somebody else has
   * the user name, or when the account is disabled.
   */
  setProfile(id: string, said: Profile, now: number): D1PreparedStatement
  setRoles(id: string, roles: readonly string[], now: number): D1PreparedStatement
  setDisabled(id: string, reason: string | null, disabledAt: number | null, now: number): D1PreparedStatement
  remove(id: string): D1PreparedStatement
}

/** What is not given stays as it is. */
export interface Profile {
  readonly name?: string | null
  readonly username?: string | null
  readonly language?: Language | null
}

/** Whether a batch failed for what `replacePasswordHash` guards against. */
export function isStale(error: unknown): boolean {
  return /CHECK constraint failed: kind/i.test(String(error))
}

export interface UserRow extends FactorSummaryRow {
  readonly id: string
  readonly kind: 'user' | 'service'
  readonly email: string | null
  readonly email_verified: number
  readonly username: string | null
  readonly name: string | null
  readonly roles: string
  readonly password_hash: string | null
  readonly password_changed_at: number | null
  readonly disabled_at: number | null
  readonly disabled_reason: string | null
  readonly created_at: number
  readonly language: Language | null
  readonly delete_at: number | null
  readonly position: number
}

const COLUMNS = `id, kind, email, email_verified, username, name, roles, password_hash, password_changed_at,
  disabled_at, disabled_reason, created_at`
/** Read in the same statement, so that no change of the account falls between the two. */
export const USER_COLUMNS_SQL = `${COLUMNS}, language, (SELECT due_at FROM deletion WHERE user_id = user.id) AS delete_at,
  ${FACTORS_SQL}, ${POSITION_SQL} AS position`

/** The accounts are one parameter: a statement of a hundred has the price of one. */
const INSERT_ALL_SQL = `INSERT INTO user (${COLUMNS}, updated_at)
  SELECT value->>'id', value->>'kind', value->>'email', value->>'emailVerified', value->>'username', value->>'name',
    value->'roles', value->>'passwordHash', value->>'passwordChangedAt', value->>'disabledAt', value->>'disabledReason',
    value->>'createdAt', value->>'createdAt'
  FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING RETURNING id`
const INSERT_NEW_SQL = `INSERT INTO user (${COLUMNS}, updated_at)
  SELECT value->>'id', value->>'kind', value->>'email', value->>'emailVerified',
    iif(EXISTS (SELECT 1 FROM user WHERE username = value->>'username'), NULL, value->>'username'), value->>'name',
    value->'roles', value->>'passwordHash', value->>'passwordChangedAt', value->>'disabledAt', value->>'disabledReason',
    value->>'createdAt', value->>'createdAt'
  FROM (SELECT ?1 AS value)`
const NAMED_SQL = `SELECT email, username FROM user WHERE email IN (SELECT value FROM json_each(?1))
  UNION SELECT email, username FROM user WHERE username IN (SELECT value FROM json_each(?1))`

export function createUsers(db: D1Database): Users {
  const byIdentifier = (identifier: string) =>
    db.prepare(`SELECT ${USER_COLUMNS_SQL} FROM user WHERE email = ?1 OR username = ?1`).bind(identifier)
  const byId = (id: string) => db.prepare(`SELECT ${USER_COLUMNS_SQL} FROM user WHERE id = ?1`).bind(id)
  const first = async (statement: D1PreparedStatement) => userOfRow(await statement.first<UserRow>())

  const insertAll = (users: readonly NewUser[]) => db.prepare(INSERT_ALL_SQL).bind(JSON.stringify(users))

  return {
    selectByIdentifier: byIdentifier,
    selectById: byId,
    selectOfRefreshFamily: (familyId) =>
      db
        .prepare(
          `SELECT ${USER_COLUMNS_SQL} FROM user WHERE id = (SELECT user_id FROM refresh_family WHERE id = ?1)`,
        )
        .bind(familyId),
    selectOfApiKey: (keyHash) =>
      db
        .prepare(
          `SELECT ${USER_COLUMNS_SQL} FROM user WHERE id = (SELECT user_id FROM api_key WHERE key_hash = ?1)`,
        )
        .bind(keyHash),
    findByIdentifier: (identifier) => first(byIdentifier(identifier)),
    findById: (id) => first(byId(id)),

    async list({ after, limit }) {
      const sql = `SELECT ${USER_COLUMNS_SQL} FROM user WHERE id > ?1 ORDER BY id LIMIT ?2`
      const { results } = await db
        .prepare(sql)
        .bind(after ?? '', limit)
        .all<UserRow>()
      return results.map(fromRow)
    },

    async insert(user) {
      const { results } = await insertAll([user]).all()
      return results.length === 1
    },

    insertAll,

    selectNamed: (names) => db.prepare(NAMED_SQL).bind(JSON.stringify(names)),

    insertNew: (user) => db.prepare(INSERT_NEW_SQL).bind(JSON.stringify(user)),

    setEmail: (id, email, now) =>
      db
        .prepare('UPDATE user SET email = ?2, email_verified = 1, updated_at = ?3 WHERE id = ?1')
        .bind(id, email, now),

    setEmailVerified: (id, now) =>
      db.prepare('UPDATE user SET email_verified = 1, updated_at = ?2 WHERE id = ?1').bind(id, now),

    clearPassword: (id, now) =>
      db
        .prepare(
          'UPDATE user SET password_hash = NULL, password_changed_at = ?2, updated_at = ?2 WHERE id = ?1',
        )
        .bind(id, now),

    setPasswordHash: (id, hash, now) =>
      db
        .prepare(
          `UPDATE user SET password_hash = ?2, updated_at = ?3,
             password_changed_at = max(?3, coalesce(password_changed_at, 0) + 1)
           WHERE id = ?1`,
        )
        .bind(id, hash, now),

    // D1 has no way to roll a batch back but a statement that fails: here the CHECK on `kind` does. The instant of the last change is
    // compared and not the hash, which a sign-in may renew; each change has a later one, whatever the clock says.
    replacePasswordHash: (id, changedAt, hash, now) =>
      db
        .prepare(
          `UPDATE user SET password_hash = ?2, updated_at = ?3,
             password_changed_at = max(?3, coalesce(password_changed_at, 0) + 1),
             kind = iif(password_changed_at IS ?4 AND disabled_at IS NULL, kind, 'stale')
           WHERE id = ?1`,
        )
        .bind(id, hash, now, changedAt),

    renewPasswordHash: (id, from, to) =>
      db
        .prepare('UPDATE user SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2')
        .bind(id, from, to),

    setProfile: (id, { name, username, language }, now) =>
      db
        .prepare(
          `UPDATE user SET name = iif(?2, ?3, name), username = iif(?4, ?5, username),
             language = iif(?7, ?8, language), updated_at = ?6
           WHERE id = ?1 AND disabled_at IS NULL
             AND ((?2 AND name IS NOT ?3) OR (?4 AND username IS NOT ?5) OR (?7 AND language IS NOT ?8))
             AND NOT (?4 AND EXISTS (SELECT 1 FROM user WHERE username = ?5 AND id <> ?1))`,
        )
        .bind(
          id,
          name === undefined ? 0 : 1,
          name ?? null,
          username === undefined ? 0 : 1,
          username ?? null,
          now,
          language === undefined ? 0 : 1,
          language ?? null,
        ),

    setRoles: (id, roles, now) =>
      db
        .prepare('UPDATE user SET roles = ?2, updated_at = ?3 WHERE id = ?1')
        .bind(id, JSON.stringify(roles), now),

    setDisabled: (id, reason, disabledAt, now) =>
      db
        .prepare('UPDATE user SET disabled_at = ?2, disabled_reason = ?3, updated_at = ?4 WHERE id = ?1')
        .bind(id, disabledAt, reason, now),

    remove: (id) => db.prepare('DELETE FROM user WHERE id = ?1').bind(id),
  }
}

/** Whether a batch failed because another account has the address: an expected outcome, and nothing has happened. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('UNIQUE constraint failed: user.email')
}

export function userOfRow(row: UserRow | null | undefined): User | null {
  return row ? fromRow(row) : null
}

function fromRow(row: UserRow): User {
  return {
    id: row.id,
    kind: row.kind,
    email: row.email,
    emailVerified: row.email_verified === 1,
    username: row.username,
    name: row.name,
    roles: JSON.parse(row.roles) as string[],
    passwordHash: row.password_hash,
    passwordChangedAt: row.password_changed_at,
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason,
    createdAt: row.created_at,
    language: row.language,
    deleteAt: row.delete_at,
    factors: summaryOf(row),
    position: row.position,
  }
}
