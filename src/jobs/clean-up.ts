import type { Services } from '../services.ts'

/** Removes what has expired. Idempotent; its counts are in the log. Sessions in KV expire by themselves. */
export async function cleanUp(services: Services): Promise<void> {
  const { db, settings, log, now } = services
  const at = now()
  const longestSession = settings.session.absoluteSeconds * 1000
  const jobs = {
    sessions: db.prepare('DELETE FROM session WHERE expires_at <= ?1').bind(at),
    rememberFamilies: db.prepare('DELETE FROM remember_family WHERE expires_at <= ?1').bind(at),
    invitations: db.prepare('DELETE FROM invitation WHERE expires_at <= ?1').bind(at),
    throttleRows: db
      .prepare('DELETE FROM throttle WHERE attempted_at + forget_ms <= ?1 AND blocked_until <= ?1')
      .bind(at),
    // Nothing that a revocation speaks of can be alive after the longest session. The newest row stays: it is the feed's position.
    revocations: db
      .prepare('DELETE FROM revocation WHERE at <= ?1 AND id < (SELECT max(id) FROM revocation)')
      .bind(at - longestSession),
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
