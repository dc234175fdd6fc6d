import { toBase64Url } from '../lib/encoding.ts'

/** Codes that are mailed as a second factor: the D1 table `factor_code`. One per sign-in that waits or session (`holder`). */
export interface EmailCodes {
  /** A new code and the statement that puts it in the place of an older one; `null` when that has only just been sent. */
  begin(
    holder: string,
    userId: string,
  ): Promise<{ readonly code: string; readonly statement: D1PreparedStatement } | null>
  /** Uses a code up. Each guess is counted before it is looked at, and of many right ones at the same time one is told so. */
  use(holder: string, code: string): Promise<boolean>
}

const LIFE_MS = 10 * 60_000
const AGAIN_MS = 60_000
const MAX_TRIES = 5

export function createEmailCodes(
  db: D1Database,
  keys: () => Promise<readonly Uint8Array<ArrayBuffer>[]>,
  now: () => number,
): EmailCodes {
  return {
    async begin(holder, userId) {
      const sent = await db
        .prepare('SELECT sent_at FROM factor_code WHERE holder = ?1 AND sent_at > ?2')
        .bind(holder, now() - AGAIN_MS)
        .first()
      if (sent) return null
      const code = newCode()
      const [hash] = await hashCode(await keys(), holder, code)
      const statement = db
        .prepare(
          `INSERT INTO factor_code (holder, user_id, code_hash, sent_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
           ON CONFLICT (holder) DO UPDATE SET
             code_hash = excluded.code_hash, tries = 0, sent_at = excluded.sent_at, expires_at = excluded.expires_at`,
        )
        .bind(holder, userId, hash, now(), now() + LIFE_MS)
      return { code, statement }
    },

    async use(holder, code) {
      const hashes = await hashCode(await keys(), holder, code)
      const [counted, used] = await db.batch([
        db
          .prepare(
            `UPDATE factor_code SET tries = tries + 1
             WHERE holder = ?1 AND tries < ?2 AND expires_at > ?3 RETURNING tries`,
          )
          .bind(holder, MAX_TRIES, now()),
        // Only for whom the statement before has counted.
        db
          .prepare(
            `DELETE FROM factor_code WHERE holder = ?1 AND expires_at > ?2 AND changes() > 0
               AND code_hash IN (SELECT value FROM json_each(?3)) RETURNING holder`,
          )
          .bind(holder, now(), JSON.stringify(hashes)),
      ])
      return counted?.results.length === 1 && used?.results.length === 1
    },
  }
}

/** Six digits, each as likely as any other. */
function newCode(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  // 2^32 is no multiple of a million; what is beyond the last whole one is drawn again.
  return number < 4_294_000_000 ? String(number % 1_000_000).padStart(6, '0') : newCode()
}

/** Keyed: a million codes are soon tried by whoever reads the database. */
async function hashCode(
  keys: readonly Uint8Array<ArrayBuffer>[],
  holder: string,
  code: string,
): Promise<readonly string[]> {
  const text = new TextEncoder().encode(`${holder}/${code}`)
  return await Promise.all(
    keys.map(async (bytes) => {
      const parameters = { name: 'HMAC', hash: 'SHA-256' }
      const key = await crypto.subtle.importKey('raw', bytes, parameters, false, ['sign'])
      return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)))
    }),
  )
}
