import type { Services } from '../services.ts'

/** Claims, sends and settlements of so many rounds stay below the fifty subrequests of the free plan. */
const ROUNDS = 6
/** Mails that the mailbox of development keeps. */
const MAILBOX_SIZE = 200

/** Sends what could not be sent when it was queued, and gives up what is too old. Says what it did when it did something. */
export async function sendMails({ mail, mailbox, log }: Services): Promise<void> {
  if (!mail) return
  const expired = await mail.removeExpired()
  const flushed = await mail.flush({ rounds: ROUNDS })
  const trimmed = (await mailbox?.trim(MAILBOX_SIZE)) ?? 0
  const done = { ...flushed, expired, trimmed }
  if (Object.values(done).some((count) => count > 0))
    log({ level: 'info', event: 'mail.outbox_worked', done })
}
