import { NOTICE_WINDOW_MS } from '../mail/notice.ts'
import type { Services } from '../services.ts'

const MAILBOX_MS = 7 * 86_400_000

/** Removes what has expired. Idempotent; its counts are in the log. Sessions in KV expire by themselves. */
export async function cleanUp(services: Services): Promise<void> {
  const { db, settings, log, now } = services
  const at = now()
  const longest = Math.max(settings.session.absoluteSeconds, settings.tokens.refreshSeconds) * 1000
  const jobs = {
    sessions: db.prepare('DELETE FROM session WHERE expires_at <= ?1').bind(at),
    rememberFamilies: db.prepare('DELETE FROM remember_family WHERE expires_at <= ?1').bind(at),
    refreshFamilies: db.prepare('DELETE FROM refresh_family WHERE expires_at <= ?1').bind(at),
    apiKeys: db.prepare('DELETE FROM api_key WHERE expires_at <= ?1').bind(at),
    guestMerges: db.prepare('DELETE FROM guest_merge WHERE merged_at <= ?1').bind(at - longest),
    invitations: db.prepare('DELETE FROM invitation WHERE expires_at <= ?1').bind(at),
    proofs: db.prepare('DELETE FROM proof WHERE expires_at <= ?1').bind(at),
    // What `sendMails` has not given up because no mail is configured any more; and what a development left behind.
    mails: db.prepare('DELETE FROM mail WHERE expires_at <= ?1').bind(at),
    mailboxRows: db.prepare('DELETE FROM mailbox WHERE at <= ?1').bind(at - MAILBOX_MS),
    notices: db.prepare('DELETE FROM notice WHERE at <= ?1').bind(at - NOTICE_WINDOW_MS),
    handoffs: db.prepare('DELETE FROM handoff WHERE expires_at <= ?1').bind(at),
    keptPosts: db.prepare('DELETE FROM kept_post WHERE expires_at <= ?1').bind(at),
    throttleRows: db
      .prepare('DELETE FROM throttle WHERE attempted_at + forget_ms <= ?1 AND blocked_until <= ?1')
      .bind(at),
    pendingSignIns: db.prepare('DELETE FROM pending_sign_in WHERE expires_at <= ?1').bind(at),
    factorCodes: db.prepare('DELETE FROM factor_code WHERE expires_at <= ?1').bind(at),
    trustedDevices: db.prepare('DELETE FROM trusted_device WHERE expires_at <= ?1').bind(at),
    usedChallenges: db.prepare('DELETE FROM used_challenge WHERE expires_at <= ?1').bind(at),
    // Nothing that a revocation speaks of can be alive after the longest session or sign-in of a program. The newest row stays: it is the feed's position.
    revocations: db
      .prepare('DELETE FROM revocation WHERE at <= ?1 AND id < (SELECT max(id) FROM revocation)')
      .bind(at - longest),
    auditRows: db
      .prepare('DELETE FROM audit WHERE at <= ?1')
      .bind(at - settings.auditRetentionSeconds * 1000),
  }
  const results = await db.batch(Object.values(jobs))
  const removed = Object.fromEntries(
    Object.keys(jobs).map((name, index) => [name, results[index]?.meta.changes ?? 0]),
  )
  log({ level: 'info', event: 'clean_up.done', removed })
}
