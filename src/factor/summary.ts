/** What an account can show besides its password; read with the account, so that the gate needs no further question. */
export interface FactorSummary {
  readonly passkeys: number
  readonly apps: number
  readonly recoveryCodes: number
  /** When the account was first told that it must have a second factor, in unix milliseconds. */
  readonly askedAt: number | null
}

export interface FactorSummaryRow {
  readonly passkeys: number
  readonly apps: number
  readonly recovery_codes: number
  readonly asked_at: number | null
}

export const NO_FACTORS: FactorSummary = { passkeys: 0, apps: 0, recoveryCodes: 0, askedAt: null }

/** Columns of a statement that reads from `user`. */
export const FACTORS_SQL = `(SELECT count(*) FROM passkey WHERE passkey.user_id = user.id) AS passkeys,
  (SELECT count(*) FROM totp WHERE totp.user_id = user.id) AS apps,
  (SELECT count(*) FROM recovery_code WHERE recovery_code.user_id = user.id) AS recovery_codes,
  (SELECT asked_at FROM mfa_grace WHERE mfa_grace.user_id = user.id) AS asked_at`

export function summaryOf(row: FactorSummaryRow): FactorSummary {
  return {
    passkeys: row.passkeys,
    apps: row.apps,
    recoveryCodes: row.recovery_codes,
    askedAt: row.asked_at,
  }
}
