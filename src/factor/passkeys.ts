import { randomText } from '../lib/random.ts'
import type { KnownCredential } from '../webauthn/assertion.ts'
import type { NewCredential } from '../webauthn/registration.ts'

/** The D1 table `passkey`. */
export interface Passkeys {
  find(credentialId: string, rpId: string): Promise<Passkey | null>
  /** Those of an account for one domain: what a browser is told to look for, or not to make again. */
  listFor(userId: string, rpId: string): Promise<readonly PasskeyHint[]>
  /** Nothing happens when there is one of that id, whosever it is (WebAuthn section 7.1, step 26). */
  add(userId: string, rpId: string, name: string, credential: NewCredential): D1PreparedStatement
  /** Moves the counter on. Of two uses with one counter, one is told so: the other is a copy. */
  use(id: string, seen: { readonly counter: number; readonly isSynced: boolean }): Promise<boolean>
}

export interface Passkey extends KnownCredential {
  readonly id: string
  readonly userId: string
  readonly name: string
}

export interface PasskeyHint {
  readonly credentialId: string
  readonly transports: readonly string[]
}

interface Row {
  readonly id: string
  readonly user_id: string
  readonly name: string
  readonly algorithm: number
  readonly public_key: string
  readonly counter: number
  readonly may_sync: number
}

export function createPasskeys(db: D1Database, now: () => number): Passkeys {
  return {
    async find(credentialId, rpId) {
      const row = await db
        .prepare(
          `SELECT id, user_id, name, algorithm, public_key, counter, may_sync FROM passkey
           WHERE credential_id = ?1 AND rp_id = ?2`,
        )
        .bind(credentialId, rpId)
        .first<Row>()
      return (
        row && {
          id: row.id,
          userId: row.user_id,
          name: row.name,
          algorithm: row.algorithm,
          publicKey: row.public_key,
          counter: row.counter,
          maySync: row.may_sync === 1,
        }
      )
    },

    async listFor(userId, rpId) {
      const { results } = await db
        .prepare('SELECT credential_id, transports FROM passkey WHERE user_id = ?1 AND rp_id = ?2')
        .bind(userId, rpId)
        .all<{ credential_id: string; transports: string }>()
      return results.map((row) => ({
        credentialId: row.credential_id,
        transports: JSON.parse(row.transports) as string[],
      }))
    },

    add: (userId, rpId, name, credential) =>
      db
        .prepare(
          `INSERT INTO passkey (id, user_id, name, credential_id, rp_id, algorithm, public_key, counter, transports,
             may_sync, is_synced, created_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING`,
        )
        .bind(
          `passkey_${randomText(12)}`,
          userId,
          name,
          credential.credentialId,
          rpId,
          credential.algorithm,
          credential.publicKey,
          credential.counter,
          JSON.stringify(credential.transports),
          credential.maySync ? 1 : 0,
          credential.isSynced ? 1 : 0,
          now(),
        ),

    async use(id, { counter, isSynced }) {
      const used = await db
        .prepare(
          `UPDATE passkey SET counter = ?2, is_synced = ?3, last_used_at = ?4
           WHERE id = ?1 AND (counter < ?2 OR (counter = 0 AND ?2 = 0)) RETURNING id`,
        )
        .bind(id, counter, isSynced ? 1 : 0, now())
        .first()
      return used !== null
    },
  }
}
