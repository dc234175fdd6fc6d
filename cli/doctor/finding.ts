/** What a check has seen, and where something is wrong: why it matters and what to do. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'error'
  readonly what: string
  readonly why?: string
  readonly fix?: string
}

export function fine(check: string, what: string): Finding {
  return { check, state: 'ok', what }
}

export function wrong(
  state: 'warning' | 'error',
  check: string,
  what: string,
  { why, fix }: { readonly why: string; readonly fix: string },
): Finding {
  return { check, state, what, why, fix }
}
