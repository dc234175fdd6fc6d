import type { User } from '../user/user.ts'
import { type UserRow, type Users, userOfRow } from '../user/users.ts'

/** The D1 table `api_key`. Instants are unix milliseconds. */
export interface ApiKey {
  readonly id: string
  readonly userId: string
  readonly site: string
  readonly name: string
  /** Its first characters. */
  readonly hint: string
  readonly scopes: readonly string[]
  /** `null`: whatever its owner may ask for. */
  readonly paths: readonly string[] | null
  readonly methods: readonly string[] | null
  readonly createdAt: number
  readonly expiresAt: number | null
  /** The hour of its last use. */
  readonly usedAt: number | null
}

export type NewApiKey = Omit<ApiKey, 'usedAt'> & { readonly keyHash: string }

export interface ApiKeys {
  /** Nothing happens (`changes` is 0) when the owner has MAX_KEYS already. */
  insert(key: NewApiKey): D1PreparedStatement
  /** A key that has not expired, with its owner, read in one transaction. */
  findByHash(
    keyHash: string,
    site: string,
    now: number,
  ): Promise<{ readonly key: ApiKey; readonly owner: User } | null>
  /** The newest first, expired ones included until the daily job removes them. */
  listOf(userId: string): Promise<readonly ApiKey[]>
  findById(id: string): Promise<ApiKey | null>
  remove(id: string): D1PreparedStatement
  removeAllOf(userId: string): D1PreparedStatement
  /** Notes that a key was used in this hour, once. */
  markUsed(id: string, hourAt: number): D1PreparedStatement
}

/** Enough for every script of a person; a program that makes keys in a loop meets it. */
export const MAX_KEYS = 100
export const HOUR_MS = 3_600_000

interface Row {
  readonly id: string
  readonly user_id: string
  readonly site: string
  readonly name: string
  readonly hint: string
  readonly scopes: string
  readonly paths: string | null
  readonly methods: string | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly used_at: number | null
}

const COLUMNS = 'id, user_id, site, name, hint, scopes, paths, methods, created_at, expires_at, used_at'

export function createApiKeys(db: D1Database, users: Pick<Users, 'selectOfApiKey'>): ApiKeys {
  return {
    insert: (key) =>
      db
        .prepare(
          `INSERT INTO api_key (id, key_hash, user_id, site, name, hint, scopes, paths, methods, created_at, expires_at)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
           WHERE (SELECT count(*) FROM api_key WHERE user_id = ?3) < ${MAX_KEYS}`,
        )
        .bind(
          key.id,
          key.keyHash,
          key.userId,
          key.site,
          key.name,
          key.hint,
          JSON.stringify(key.scopes),
          key.paths && JSON.stringify(key.paths),
          key.methods && JSON.stringify(key.methods),
          key.createdAt,
          key.expiresAt,
        ),

    async findByHash(keyHash, site, now) {
      const [keys, owners] = await db.batch([
        db
          .prepare(
            `SELECT ${COLUMNS} FROM api_key
             WHERE key_hash = ?1 AND site = ?2 AND (expires_at IS NULL OR expires_at > ?3)`,
          )
          .bind(keyHash, site, now),
        users.selectOfApiKey(keyHash),
      ])
      const row = keys?.results[0] as Row | undefined
      const owner = userOfRow(owners?.results[0] as UserRow | undefined)
      return row && owner ? { key: keyOf(row), owner } : null
    },

    async listOf(userId) {
      const sql = `SELECT ${COLUMNS} FROM api_key WHERE user_id = ?1 ORDER BY created_at DESC, id`
      return (await db.prepare(sql).bind(userId).all<Row>()).results.map(keyOf)
    },

    async findById(id) {
      const row = await db.prepare(`SELECT ${COLUMNS} FROM api_key WHERE id = ?1`).bind(id).first<Row>()
      return row && keyOf(row)
    },

    remove: (id) => db.prepare('DELETE FROM api_key WHERE id = ?1').bind(id),

    removeAllOf: (userId) => db.prepare('DELETE FROM api_key WHERE user_id = ?1').bind(userId),

    markUsed: (id, hourAt) =>
      db
        .prepare('UPDATE api_key SET used_at = ?2 WHERE id = ?1 AND (used_at IS NULL OR used_at < ?2)')
        .bind(id, hourAt),
  }
}

function keyOf(row: Row): ApiKey {
  return {
    id: row.id,
    userId: row.user_id,
    site: row.site,
    name: row.name,
    hint: row.hint,
    scopes: JSON.parse(row.scopes) as string[],
    paths: row.paths === null ? null : (JSON.parse(row.paths) as string[]),
    methods: row.methods === null ? null : (JSON.parse(row.methods) as string[]),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  }
}
