import { toBase64Url } from '../lib/encoding.ts'
import { once } from '../lib/once.ts'
import { randomText } from '../lib/random.ts'
import type { Client } from '../session/client.ts'
import { FAMILY_ID_BYTES, judgeUse, readRotatingToken, writeRotatingToken } from '../session/rotation.ts'
import { hashToken, newToken } from '../session/token.ts'
import type { User } from '../user/user.ts'
import { type UserRow, type Users, userOfRow } from '../user/users.ts'

/** What a program is shown as the beginning of a refresh token, so that it is recognised wherever it turns up. */
export const REFRESH_PREFIX = 'egr_'

/** A sign-in of a program: the D1 table `refresh_family`. Instants are unix milliseconds. */
export interface RefreshFamily {
  readonly id: string
  readonly userId: string
  readonly site: string
  readonly clientId: string
  readonly scope: string
  readonly methods: readonly string[]
  readonly client: Client
  readonly authenticatedAt: number
  /** The revocation feed's position at the sign-in: what ended the user's sessions since then ended this. */
  readonly position: number
  readonly createdAt: number
  readonly rotatedAt: number
  readonly expiresAt: number
}

export type NewRefreshFamily = Omit<RefreshFamily, 'id' | 'createdAt' | 'rotatedAt' | 'expiresAt'>

export type RefreshUse =
  | {
      readonly kind: 'renewed'
      readonly family: RefreshFamily
      readonly token: string
      /** Read in the same transaction. */
      readonly user: User
    }
  /** The user's sessions were ended, or the account disabled, since the sign-in. */
  | { readonly kind: 'ended'; readonly family: RefreshFamily }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'stolen'; readonly family: RefreshFamily }

/**
 * Refresh tokens: single use, families in D1 (session/rotation.ts). A successor is computed from the token it replaces and a key that
 * only we have, so that whoever repeats a request whose answer was lost is told the same one again and not locked out.
 */
export interface RefreshFamilies {
  begin(family: NewRefreshFamily): Promise<{
    readonly id: string
    readonly token: string
    readonly statement: D1PreparedStatement
  }>
  /** Exchanges a token: of many parallel calls exactly one writes, and all are told the same successor. */
  use(token: string, site: string): Promise<RefreshUse>
  /** Whose a token is, used up or not, without using it. */
  find(token: string, site: string): Promise<(RefreshFamily & { readonly isLive: boolean }) | null>
  end(id: string): D1PreparedStatement
  /** The sign-ins of a user that have not been ended, the one last used first. */
  listOf(userId: string): Promise<readonly RefreshFamily[]>
}

interface Row {
  readonly id: string
  readonly user_id: string
  readonly site: string
  readonly client_id: string
  readonly scope: string
  readonly token_hash: string
  readonly previous_hash: string | null
  readonly rotated_at: number
  readonly authenticated_at: number
  readonly methods: string
  readonly client: string
  readonly position: number
  readonly created_at: number
  readonly expires_at: number
}

type FoundRow = Row & { readonly is_ended: number }

const COLUMNS = `id, user_id, site, client_id, scope, token_hash, previous_hash, rotated_at, authenticated_at, methods, client,
  position, created_at, expires_at`
/** What `Revocations.since` asks of a session, for the families of a statement over `refresh_family AS family`. */
const ENDED = `EXISTS (SELECT 1 FROM revocation
  WHERE kind = 'end' AND revocation.id > family.position AND (subject_id = family.user_id OR session_id = family.id))`

export function createRefreshFamilies(
  db: D1Database,
  users: Pick<Users, 'selectOfRefreshFamily'>,
  options: {
    readonly lifeSeconds: number
    /** Key material for successors, newest secret first. */
    readonly secret: () => Promise<readonly Uint8Array<ArrayBuffer>[]>
    /** Unix milliseconds. */
    readonly now: () => number
  },
): RefreshFamilies {
  const { lifeSeconds, secret, now } = options
  const successorKey = once(async () => {
    const [newest] = await secret()
    if (!newest) throw new TypeError('There is no secret to derive from')
    return await crypto.subtle.importKey('raw', newest, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  })

  async function successorOf(token: string): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', await successorKey(), new TextEncoder().encode(token))
    return toBase64Url(new Uint8Array(mac))
  }

  /** A family ends at the age it began with, or at the one configured now if that is less. */
  const oldest = (at: number) => at - lifeSeconds * 1000

  return {
    async begin(family) {
      const id = randomText(FAMILY_ID_BYTES)
      const first = newToken()
      const at = now()
      const statement = db
        .prepare(
          `INSERT INTO refresh_family (id, user_id, site, client_id, scope, token_hash, rotated_at, authenticated_at, methods, client,
             position, created_at, expires_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?7, ?12)`,
        )
        .bind(
          id,
          family.userId,
          family.site,
          family.clientId,
          family.scope,
          await hashToken(first),
          at,
          family.authenticatedAt,
          JSON.stringify(family.methods),
          JSON.stringify(family.client),
          family.position,
          at + lifeSeconds * 1000,
        )
      return { id, token: write(id, first), statement }
    },

    async use(token, site) {
      const parts = read(token)
      if (!parts) return { kind: 'unknown' }
      const { familyId } = parts
      const [presented, next] = await Promise.all([hashToken(parts.secret), successorOf(token)])
      const [at, nextHash] = [now(), await hashToken(next)]
      const [exchanged, found, owner] = await db.batch([
        db
          .prepare(
            `UPDATE refresh_family SET token_hash = ?3, previous_hash = token_hash, rotated_at = ?4
             WHERE id = ?1 AND token_hash = ?2 AND site = ?5 AND expires_at > ?4 AND created_at > ?6
             RETURNING id`,
          )
          .bind(familyId, presented, nextHash, at, site, oldest(at)),
        db
          .prepare(
            `SELECT ${COLUMNS}, ${ENDED} AS is_ended FROM refresh_family AS family
             WHERE id = ?1 AND site = ?2 AND expires_at > ?3 AND created_at > ?4`,
          )
          .bind(familyId, site, at, oldest(at)),
        users.selectOfRefreshFamily(familyId),
      ])
      const row = found?.results[0] as FoundRow | undefined
      const user = userOfRow(owner?.results[0] as UserRow | undefined)
      if (!row || !user) return { kind: 'unknown' }
      const family = familyOf(row)
      const use = judgeUse(exchanged?.results[0] !== undefined, row, presented, at)
      if (use === 'stolen') return { kind: 'stolen', family }
      if (row.is_ended === 1 || user.disabledAt !== null) return { kind: 'ended', family }
      // After a change of EDGEGATE_SECRET the successor told a moment ago cannot be computed again.
      if (row.token_hash !== nextHash) return { kind: 'unknown' }
      return { kind: 'renewed', family, user, token: write(familyId, next) }
    },

    async find(token, site) {
      const parts = read(token)
      if (!parts) return null
      const at = now()
      const hash = await hashToken(parts.secret)
      const row = await db
        .prepare(
          `SELECT ${COLUMNS}, ${ENDED} AS is_ended FROM refresh_family AS family
           WHERE id = ?1 AND (token_hash = ?2 OR previous_hash = ?2) AND site = ?3 AND expires_at > ?4 AND created_at > ?5`,
        )
        .bind(parts.familyId, hash, site, at, oldest(at))
        .first<FoundRow>()
      return row && { ...familyOf(row), isLive: row.token_hash === hash && row.is_ended === 0 }
    },

    end: (id) => db.prepare('DELETE FROM refresh_family WHERE id = ?1').bind(id),

    async listOf(userId) {
      const at = now()
      const { results } = await db
        .prepare(
          `SELECT ${COLUMNS} FROM refresh_family AS family
           WHERE user_id = ?1 AND expires_at > ?2 AND created_at > ?3 AND NOT ${ENDED}
           ORDER BY rotated_at DESC LIMIT 200`,
        )
        .bind(userId, at, oldest(at))
        .all<Row>()
      return results.map(familyOf)
    },
  }
}

function write(familyId: string, secret: string): string {
  return REFRESH_PREFIX + writeRotatingToken({ familyId, secret })
}

function read(token: string) {
  return token.startsWith(REFRESH_PREFIX) ? readRotatingToken(token.slice(REFRESH_PREFIX.length)) : null
}

function familyOf(row: Row): RefreshFamily {
  return {
    id: row.id,
    userId: row.user_id,
    site: row.site,
    clientId: row.client_id,
    scope: row.scope,
    methods: JSON.parse(row.methods) as string[],
    client: JSON.parse(row.client) as Client,
    authenticatedAt: row.authenticated_at,
    position: row.position,
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    expiresAt: row.expires_at,
  }
}
