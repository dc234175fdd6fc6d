import type { Services } from '../services.ts'
import { isNotDue } from '../user/deletions.ts'

/** With what else the job does this stays below the fifty database calls of the free plan; the rest has its turn the next day. */
const ACCOUNTS = 10

/** Removes the accounts whose grace is over, with everything of theirs. */
export async function deleteAccounts({ deletions, sessions, audit, log, now }: Services): Promise<void> {
  const at = now()
  for (const userId of await deletions.due(at, ACCOUNTS)) {
    const event = {
      event: 'user.deleted',
      site: null,
      userId,
      sessionId: null,
      network: null,
      requestId: null,
      detail: { by: 'owner' },
    } as const
    try {
      await sessions.endAll(userId, null, [...deletions.remove(userId, at), audit.statementIfChanged(event)])
    } catch (error) {
      if (isNotDue(error)) continue
      log({ level: 'error', event: 'account.delete_failed', userId, error: String(error) })
    }
  }
}
