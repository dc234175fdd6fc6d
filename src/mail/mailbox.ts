import type { Letter, Sender } from './mail.ts'

/** Development: mails are kept in the D1 table `mailbox` instead of being sent, and read at `/auth/dev/mail`. */
export interface Mailbox {
  readonly put: Sender
  list(limit: number): Promise<readonly KeptMail[]>
  find(id: string): Promise<KeptMail | null>
  /** Keeps the newest. */
  trim(keep: number): Promise<number>
}

export interface KeptMail extends Pick<Letter, 'id' | 'subject' | 'text' | 'html'> {
  readonly recipient: string
  readonly sender: string
  readonly at: number
}

const COLUMNS = 'id, recipient, sender, subject, text, html, at'

export function createMailbox(db: D1Database, now: () => number): Mailbox {
  return {
    async put({ id, from, to, subject, text, html }) {
      await db
        .prepare(
          `INSERT INTO mailbox (id, recipient, sender, subject, text, html, at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING`,
        )
        .bind(id, to, `${from.name} <${from.address}>`, subject, text, html, now())
        .run()
      return { kind: 'sent' }
    },

    async list(limit) {
      const { results } = await db
        .prepare(`SELECT ${COLUMNS} FROM mailbox ORDER BY at DESC, id LIMIT ?1`)
        .bind(limit)
        .all<KeptMail>()
      return results
    },

    find: (id) => db.prepare(`SELECT ${COLUMNS} FROM mailbox WHERE id = ?1`).bind(id).first<KeptMail>(),

    async trim(keep) {
      const { meta } = await db
        .prepare('DELETE FROM mailbox WHERE id NOT IN (SELECT id FROM mailbox ORDER BY at DESC, id LIMIT ?1)')
        .bind(keep)
        .run()
      return meta.changes
    },
  }
}
