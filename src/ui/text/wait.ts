/**
 * Seconds until another attempt as a visitor says it, rounded up so that nobody comes too early: `40 seconds`,
 * `3 Minuten`. `null` for what is not a positive number.
 */
export function describeWait(seconds: number | null, language: string): string | null {
  if (seconds === null || !Number.isFinite(seconds) || seconds <= 0) return null
  if (seconds < 60) return say(Math.ceil(seconds), 'second', language)
  if (seconds <= 90 * 60) return say(Math.ceil(seconds / 60), 'minute', language)
  return say(Math.ceil(seconds / 3600), 'hour', language)
}

function say(count: number, unit: string, language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}
