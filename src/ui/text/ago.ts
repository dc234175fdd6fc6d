const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago something was, as people say it and without a time zone: `2 hours ago`, `gerade eben` is left to `justNow`. */
export function describeAgo(at: number, now: number, language: string, justNow: string): string {
  const passed = now - at
  const unit = UNITS.find(([, length]) => passed >= length)
  if (!unit) return justNow
  return new Intl.RelativeTimeFormat(language).format(-Math.floor(passed / unit[1]), unit[0])
}
