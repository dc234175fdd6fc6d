import type { Visit } from '../http/visit.ts'
import { randomText } from '../lib/random.ts'
import type { Services } from '../services.ts'
import type { User } from '../user/user.ts'
import { type UserRow, userOfRow } from '../user/users.ts'
import { CHARGE_AGAIN, type ThrottleRow, waitOf } from './throttle.ts'

/** Mails to one address, whatever they are about and whoever asks: nobody's mailbox is filled by strangers. */
const FREE_PER_ADDRESS = 4
/** Mails that one network asks for: an office signs up in an hour, a list of addresses is not worked through. */
const FREE_PER_NETWORK = 30
const DELAY_MS = 60_000
const MAX_DELAY_MS = 3_600_000
const FORGET_MS = 86_400_000

/** Spellings of one account are one address: what counts is where the mail goes (P16). */
const CHARGE_MAIL = `
  INSERT INTO throttle (key, free, delay_ms, max_delay_ms, forget_ms, attempts, attempted_at, blocked_until, holder)
  SELECT key, free, ${DELAY_MS}, ${MAX_DELAY_MS}, ${FORGET_MS}, 1, ?6, iif(free > 1, 0, ?6 + ${DELAY_MS}), ?5 FROM (
    SELECT 'mail:' || coalesce((SELECT email FROM user WHERE username = ?1), ?1) AS key, ?3 AS free
    UNION ALL SELECT 'mails from:' || ?2, ?4 WHERE ?2 IS NOT NULL
  ) WHERE true ${CHARGE_AGAIN}`

export type MailQuota =
  /** `isEnough`: the address has had its mails for now. Whoever asks is told nothing of that (P17); the mails sent before still hold. */
  | { readonly kind: 'admitted'; readonly user: User | null; readonly isEnough: boolean }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Charges a request for a mail and reads the account that it is about, in one round trip. */
export async function chargeMail(
  { throttle, db, now }: Services,
  visit: Visit,
  typed: string,
  select: D1PreparedStatement,
): Promise<MailQuota> {
  if (!throttle) return { kind: 'admitted', user: userOfRow(await select.first<UserRow>()), isEnough: false }
  const attempt = { id: randomText(12) }
  const at = now()
  const charge = db
    .prepare(CHARGE_MAIL)
    .bind(typed, visit.network(), FREE_PER_ADDRESS, FREE_PER_NETWORK, attempt.id, at)
  const [charged, selected] = await db.batch([charge, select])
  const rows = (charged?.results ?? []) as readonly ThrottleRow[]
  const waitOfKey = (prefix: string) =>
    waitOf(
      rows.filter(({ key }) => key.startsWith(prefix)),
      attempt,
      at,
    )
  const waitMs = waitOfKey('mails from:')
  if (waitMs > 0) return { kind: 'throttled', retryAfterSeconds: Math.ceil(waitMs / 1000) }
  const user = userOfRow(selected?.results[0] as UserRow | undefined)
  return { kind: 'admitted', user, isEnough: waitOfKey('mail:') > 0 }
}
