import type { Services } from '../services.ts'

/** Claims, sends and settlements of so many rounds stay below the fifty subrequests of the free plan. */
const ROUNDS = 6
/** Mails that the mailbox of development keeps. */
const MAILBOX_SIZE = 200

/**
 * Sends what could not be sent when it was queued, and gives up what is too old. One line says what was done, if anything, and warns of
 * what still waits: a service that is away shows there.
 */
export async function sendMails({ mail, mailbox, log }: Services): Promise<void> {
  if (!mail) return
  const expired = await mail.removeExpired()
  const flushed = await mail.flush({ rounds: ROUNDS })
  const trimmed = (await mailbox?.trim(MAILBOX_SIZE)) ?? 0
  const { waiting, oldestAt } = await mail.backlog()
  const done = { ...flushed, expired, trimmed }
  if (waiting === 0 && Object.values(done).every((count) => count === 0)) return
  const since = oldestAt === null ? {} : { waitingSince: new Date(oldestAt).toISOString() }
  log({ level: waiting > 0 ? 'warn' : 'info', event: 'mail.outbox_worked', done, waiting, ...since })
}
