import type { User } from './user.ts'
import { USER_COLUMNS_SQL, type UserRow, userOfRow } from './users.ts'

/** How a list of accounts is ordered, and by what its beginning is looked for. */
export type DirectoryOrder = 'newest' | 'email' | 'username' | 'name'

export interface DirectoryQuery {
  readonly order: DirectoryOrder
  /** The first letters of the address, user name or name; of no meaning for the newest. */
  readonly prefix: string
  readonly state: 'any' | 'active' | 'disabled'
  /** Only accounts with this role; `null`: any. */
  readonly role: string | null
  /** Where the page before ended; `null`: the first page. */
  readonly after: Cursor | null
  readonly limit: number
}

export interface Cursor {
  /** The value that the list is ordered by, of the last account on the page before. */
  readonly value: string
  readonly id: string
}

export interface DirectoryPage {
  readonly users: readonly User[]
  readonly next: Cursor | null
  /** How many accounts there are, whatever was asked for. */
  readonly total: number
}

/** Accounts by name, page by page. Every order has its index; a page costs what it shows, however many accounts there are. */
export interface Directory {
  /** One round trip of two statements. */
  find(query: DirectoryQuery): Promise<DirectoryPage>
  count(): Promise<{ readonly total: number; readonly disabled: number }>
}

const FILTER_SQL = `(?4 = 'any' OR (?4 = 'active') = (disabled_at IS NULL))
  AND (?5 IS NULL OR EXISTS (SELECT 1 FROM json_each(roles) WHERE value = ?5))`

/** ?1, ?2: where to go on; ?3: how many; ?4, ?5: which. Names begin with ?6 and end before ?7. */
export const DIRECTORY_SQL = {
  newest: `SELECT ${USER_COLUMNS_SQL} FROM user WHERE (created_at, id) < (?1, ?2) AND ${FILTER_SQL}
    ORDER BY created_at DESC, id DESC LIMIT ?3`,
  email: `SELECT ${USER_COLUMNS_SQL} FROM user WHERE email > ?1 AND email >= ?6 AND email < ?7 AND ${FILTER_SQL}
    ORDER BY email LIMIT ?3`,
  username: `SELECT ${USER_COLUMNS_SQL} FROM user WHERE username > ?1 AND username >= ?6 AND username < ?7 AND ${FILTER_SQL}
    ORDER BY username LIMIT ?3`,
  name: `SELECT ${USER_COLUMNS_SQL} FROM user INDEXED BY user_by_name
    WHERE name IS NOT NULL AND (name COLLATE NOCASE, id) > (?1, ?2) AND name COLLATE NOCASE >= ?6 AND name COLLATE NOCASE < ?7
      AND ${FILTER_SQL}
    ORDER BY name COLLATE NOCASE, id LIMIT ?3`,
} as const satisfies Record<DirectoryOrder, string>

/** Behind every text that begins with a prefix. */
const LAST = '\u{10ffff}'

export function createDirectory(db: D1Database): Directory {
  return {
    async count() {
      const counted = await db
        .prepare('SELECT count(*) AS total, count(disabled_at) AS disabled FROM user')
        .first<{ total: number; disabled: number }>()
      return counted ?? { total: 0, disabled: 0 }
    },
    async find({ order, prefix, state, role, after, limit }) {
      const start: readonly [string | number, string] =
        order === 'newest'
          ? [after ? Number(after.value) : Number.MAX_SAFE_INTEGER, after?.id ?? LAST]
          : [after?.value ?? '', after?.id ?? '']
      const statement = db.prepare(DIRECTORY_SQL[order])
      const range = order === 'newest' ? [] : [prefix, prefix + LAST]
      const [found, counted] = await db.batch([
        statement.bind(...start, limit + 1, state, role, ...range),
        db.prepare('SELECT count(*) AS total FROM user'),
      ])
      const users = ((found?.results ?? []) as UserRow[]).flatMap((row) => userOfRow(row) ?? [])
      const shown = users.slice(0, limit)
      const last = users.length > limit ? shown.at(-1) : undefined
      return {
        users: shown,
        next: last ? { value: cursorValue(last, order), id: last.id } : null,
        total: ((counted?.results[0] ?? { total: 0 }) as { total: number }).total,
      }
    },
  }
}

function cursorValue(user: User, order: DirectoryOrder): string {
  return order === 'newest' ? String(user.createdAt) : (user[order] ?? '')
}
