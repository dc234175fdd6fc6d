import type { Visit } from '../http/visit.ts'
import { randomText } from '../lib/random.ts'
import type { Services } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import type { User } from '../user/user.ts'
import { type UserRow, userOfRow } from '../user/users.ts'
import { type Attempt, isSecret, type ThrottleRow, waitOf } from './throttle.ts'

export type Charged =
  | { readonly kind: 'admitted'; readonly attempt: Attempt; readonly user: User | null }
  | {
      readonly kind: 'throttled'
      readonly retryAfterSeconds: number
      readonly user: User | null
      /** Only the account behind the name says so. Strangers must not see it: to them it is a wrong guess (P17). */
      readonly isSecret: boolean
    }

/**
 * Charges one guess at an account's secrets and reads the account, in one round trip. For every way of guessing: the counters
 * are shared by page, API and step-up (P16). `select` finds the account, `identifier` names it for the counters.
 */
export async function chargeAttempt(
  services: Services,
  visit: Visit,
  identifier: string,
  select: D1PreparedStatement,
): Promise<Charged> {
  const { throttle, db, devices, now } = services
  const cookie = readCookie(visit.request.headers.get('cookie'), visit.cookies.device)
  const attempt: Attempt = {
    id: randomText(12),
    identifier,
    network: visit.network(),
    device: (await devices.read(cookie, now()))[0] ?? null,
  }
  if (!throttle) return { kind: 'admitted', attempt, user: userOfRow(await select.first<UserRow>()) }
  const [charged, selected] = await db.batch([throttle.charge(attempt), select])
  const user = userOfRow(selected?.results[0] as UserRow | undefined)
  const rows = (charged?.results ?? []) as ThrottleRow[]
  const waitMs = waitOf(rows, attempt, now())
  const shown = rows.filter((row) => !isSecret(row))
  return waitMs > 0
    ? {
        kind: 'throttled',
        retryAfterSeconds: Math.ceil(waitMs / 1000),
        user,
        isSecret: waitOf(shown, attempt, now()) === 0,
      }
    : { kind: 'admitted', attempt, user }
}

/** The statement that gives a right attempt back, for the batch of what it led to; none where nothing is counted. */
export function refundOf(services: Services, attempt: Attempt): readonly D1PreparedStatement[] {
  return services.throttle ? [services.throttle.refund(attempt)] : []
}

/** The statement that takes back this one attempt and nothing else: it was right, and is not all that the account must show. */
export function giveBackOf(services: Services, attempt: Attempt): readonly D1PreparedStatement[] {
  return services.throttle ? [services.throttle.giveBack(attempt)] : []
}

/** Does the work of an admitted attempt. A fault of ours is no guess of the visitor's: it is given back as far as possible. */
export async function orGiveBack<T>(
  services: Services,
  visit: Visit,
  attempt: Attempt,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (services.throttle)
      visit.later(
        services.throttle
          .giveBack(attempt)
          .run()
          .catch(() => undefined),
      )
    throw error
  }
}
