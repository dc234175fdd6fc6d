/** A size as people say it: `812 bytes`, `2,4 MB`. */
export function describeBytes(bytes: number, language: string): string {
  if (bytes < 1000) return say(bytes, 'byte', 'long', language)
  return bytes < 1_000_000
    ? say(bytes / 1000, 'kilobyte', 'short', language)
    : say(bytes / 1_000_000, 'megabyte', 'short', language)
}

function say(count: number, unit: string, unitDisplay: 'long' | 'short', language: string): string {
  const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(language, options).format(count)
}
