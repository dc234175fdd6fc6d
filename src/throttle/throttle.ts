import type { Budget } from '../config/settings.ts'

/**
 * Failed sign-ins, counted in D1 so that the limits hold across the world. An attempt is charged before the password is
 * looked at and refunded when it was right: fifty parallel guesses cannot all pass a check that none has counted yet.
 *
 * The keys are the name that was typed and the network, whose limits are shown; and the account behind the name, by id, so that its address
 * and its user name are one budget (P16). That one is never shown: whoever has used up an address and then sees its user name refused at
 * the first guess has learnt that both exist, and whose they are (P17). A device that has signed in to the account before has a budget of
 * its own in place of the first and the last.
 */
export interface Throttle {
  /** Charges an attempt; its two rows are read with `admission`. */
  charge(attempt: Attempt): D1PreparedStatement
  /** Gives a right attempt back: the account starts again at zero, the network gets this one attempt back. */
  refund(attempt: Attempt): D1PreparedStatement
  /** Takes back this attempt and nothing else, for a fault of ours: whether it was right nobody knows. */
  giveBack(attempt: Attempt): D1PreparedStatement
}

export interface Attempt {
  /** Names this attempt; random. */
  readonly id: string
  /** The normalised identifier that was typed, or the id of an account that is known. Stands for the account where there is none. */
  readonly identifier: string
  /** `null` where the platform tells no address. */
  readonly network: string | null
  /** A device that has signed in to an account before: it has a budget of its own, so that strangers can't lock it out. */
  readonly device: { readonly id: string; readonly userId: string } | null
}

export interface ThrottleRow {
  readonly key: string
  readonly holder: string
  readonly blocked_until: number
}

/** Milliseconds to wait, zero when the attempt was admitted. */
export function waitOf(rows: readonly ThrottleRow[], attempt: Pick<Attempt, 'id'>, now: number): number {
  const refused = rows.filter((row) => row.holder !== attempt.id)
  return Math.max(0, ...refused.map((row) => row.blocked_until - now))
}

/** Whether a row is one of those that are never shown. */
export function isSecret({ key }: ThrottleRow): boolean {
  return key.startsWith('account:')
}

/** The account of a name, as SQL. */
const ACCOUNT_ID = '(SELECT id FROM user WHERE email = ?1 OR username = ?1)'
const IS_OWN_DEVICE = `(?3 IS NOT NULL AND ${ACCOUNT_ID} IS ?2)`
const SHOWN_KEY = `iif(${IS_OWN_DEVICE}, 'device:' || ?3, 'name:' || ?1)`
/** NULL for a name of nobody, and for a device that has its own budget. */
const SECRET_KEY = `iif(${IS_OWN_DEVICE}, NULL, 'account:' || ${ACCOUNT_ID})`
const NETWORK_KEY = `'network:' || ?4`

/**
 * What happens to a row that is there; `?5` is the attempt's id, `?6` the time. SQLite reads the right-hand sides from the row before: a
 * blocked row stays as it is, holder included; any other takes one more attempt and, from the last free one on, a delay that doubles
 * with each.
 */
export const CHARGE_AGAIN = `
  ON CONFLICT (key) DO UPDATE SET
    free = excluded.free, delay_ms = excluded.delay_ms,
    max_delay_ms = excluded.max_delay_ms, forget_ms = excluded.forget_ms,
    attempts = CASE
      WHEN throttle.blocked_until > ?6 THEN throttle.attempts
      WHEN throttle.attempted_at + throttle.forget_ms < ?6 THEN 1
      ELSE throttle.attempts + 1 END,
    blocked_until = CASE
      WHEN throttle.blocked_until > ?6 THEN throttle.blocked_until
      WHEN throttle.attempted_at + throttle.forget_ms < ?6 THEN excluded.blocked_until
      WHEN throttle.attempts + 1 < excluded.free THEN 0
      ELSE ?6 + min(excluded.max_delay_ms, excluded.delay_ms << min(20, throttle.attempts + 1 - excluded.free)) END,
    attempted_at = iif(throttle.blocked_until > ?6, throttle.attempted_at, ?6),
    holder = iif(throttle.blocked_until > ?6, throttle.holder, ?5)
  RETURNING key, holder, blocked_until`

/** What the shown row refuses is no guess at the account, whose row stays as it is. */
const CHARGE = `
  INSERT INTO throttle (key, free, delay_ms, max_delay_ms, forget_ms, attempts, attempted_at, blocked_until, holder)
  SELECT key, free, delay_ms, max_delay_ms, forget_ms, 1, ?6, iif(free > 1, 0, ?6 + delay_ms), ?5 FROM (
    SELECT ${SHOWN_KEY} AS key, ?7 AS free, ?8 AS delay_ms, ?9 AS max_delay_ms, ?10 AS forget_ms
    UNION ALL SELECT ${SECRET_KEY}, ?7, ?8, ?9, ?10
      WHERE NOT EXISTS (SELECT 1 FROM throttle WHERE key = ${SHOWN_KEY} AND blocked_until > ?6)
    UNION ALL SELECT ${NETWORK_KEY}, ?11, ?12, ?13, ?14
  ) WHERE key IS NOT NULL ${CHARGE_AGAIN}`

const REFUND = `
  UPDATE throttle SET
    attempts = iif(key = ${NETWORK_KEY}, max(0, attempts - 1), 0),
    blocked_until = iif(key = ${NETWORK_KEY} AND holder <> ?5, blocked_until, 0)
  WHERE key IN (${SHOWN_KEY}, ${SECRET_KEY}, ${NETWORK_KEY})`

const GIVE_BACK = `
  UPDATE throttle SET
    attempts = max(0, attempts - 1),
    blocked_until = iif(holder = ?5, 0, blocked_until)
  WHERE key IN (${SHOWN_KEY}, ${SECRET_KEY}, ${NETWORK_KEY})`

export function createThrottle(
  db: D1Database,
  limits: { readonly account: Budget; readonly network: Budget },
  now: () => number,
): Throttle {
  const parameters = (budget: Budget) => [
    budget.attempts,
    budget.delaySeconds * 1000,
    budget.maxDelaySeconds * 1000,
    budget.forgetSeconds * 1000,
  ]
  const budgets = [...parameters(limits.account), ...parameters(limits.network)]
  const names = ({ identifier, device, network, id }: Attempt) => [
    identifier,
    device?.userId ?? null,
    device?.id ?? null,
    network,
    id,
  ]
  return {
    charge: (attempt) => db.prepare(CHARGE).bind(...names(attempt), now(), ...budgets),
    refund: (attempt) => db.prepare(REFUND).bind(...names(attempt)),
    giveBack: (attempt) => db.prepare(GIVE_BACK).bind(...names(attempt)),
  }
}
