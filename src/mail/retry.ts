const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DELAYS_MS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR]
/** After a day nobody waits for a mail any more. */
export const GIVE_UP_MS = 24 * HOUR

/** When a mail that could not be sent is tried again; `null`: given up. `attempts` counts the one that has just failed. */
export function nextAttemptAt(
  mail: { readonly attempts: number; readonly createdAt: number; readonly expiresAt: number },
  now: number,
  retryAfterSeconds: number | null,
): number | null {
  const delay = DELAYS_MS[Math.min(mail.attempts, DELAYS_MS.length) - 1] ?? MINUTE
  const at = now + Math.max(delay, (retryAfterSeconds ?? 0) * 1000)
  return at < Math.min(mail.expiresAt, mail.createdAt + GIVE_UP_MS) ? at : null
}
