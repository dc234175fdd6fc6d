import { env } from 'cloudflare:workers'
import { createAudit } from '../../src/audit/audit.ts'
import { resolveConfig } from '../../src/config/resolve.ts'
import type { SiteSettings } from '../../src/config/settings.ts'
import { createSealer } from '../../src/lib/seal.ts'
import type { Letter, Mail, Sender } from '../../src/mail/mail.ts'
import { createOutbox } from '../../src/mail/outbox.ts'

export const SITE_SETTINGS: SiteSettings = siteOf()

function siteOf(): SiteSettings {
  const resolved = resolveConfig({
    site: { name: 'Harbour <News>', url: 'https://app.example' },
    origin: { url: 'https://origin.example' },
  })
  const site = resolved.ok ? resolved.settings.sites.get('app.example') : undefined
  if (!site) throw new TypeError('the site of the tests has problems')
  return site
}

export const T0 = Date.UTC(2026, 10, 23, 12)

export const MAIL: Mail = {
  kind: 'password_reset',
  to: 'ada@acme.example',
  userId: 'user_ada',
  site: SITE_SETTINGS,
  language: 'en',
  expiresAt: T0 + 3_600_000,
  content: {
    subject: 'Reset your password',
    heading: 'Reset your password',
    paragraphs: ['Somebody asked for a new password.'],
    button: { label: 'Choose a new password', path: '/auth/reset?token=SECRET-TOKEN' },
    reason: 'You get this because somebody typed your address.',
  },
}

/** An outbox over the real database with a sender that does what the test says. */
export function createTestOutbox(send: Sender = async () => ({ kind: 'sent' })) {
  const clock = { now: T0 }
  const letters: Letter[] = []
  const logs: { event: string; [key: string]: unknown }[] = []
  const state = { send, secrets: ['a'] }
  const log = (line: (typeof logs)[number]) => void logs.push(line)
  const outbox = createOutbox({
    db: env.DB,
    sender: async (letter) => {
      letters.push(letter)
      return await state.send(letter)
    },
    sealer: createSealer(async () =>
      state.secrets.map((secret) => new Uint8Array(32).fill(secret.charCodeAt(0))),
    ),
    from: { name: null, address: 'no-reply@acme.example' },
    replyTo: 'help@acme.example',
    audit: createAudit(env.DB, log, () => clock.now),
    now: () => clock.now,
    log,
  })
  const queue = async (mail: Partial<Mail> = {}) =>
    void (await env.DB.batch([await outbox.queue({ ...MAIL, ...mail })]))
  return { outbox, clock, letters, logs, state, queue }
}

export async function rowsOf(table: 'mail' | 'audit'): Promise<readonly Record<string, unknown>[]> {
  const sql = table === 'mail' ? 'SELECT * FROM mail' : 'SELECT * FROM audit'
  return (await env.DB.prepare(sql).all<Record<string, unknown>>()).results
}

export async function emptyTables(): Promise<void> {
  await env.DB.batch([env.DB.prepare('DELETE FROM mail'), env.DB.prepare('DELETE FROM audit')])
}
