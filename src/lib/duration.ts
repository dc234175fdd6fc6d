const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

export type Duration = `${number}${keyof typeof SECONDS}`

/** Seconds of a duration such as `90s`, `15m`, `12h` or `30d`; `null` for anything else, zero included. */
export function parseDuration(text: string): number | null {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text)
  if (!match) return null
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS]
}
