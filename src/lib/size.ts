const BYTES = { KiB: 1024, MiB: 1024 * 1024 } as const

export type Size = `${number}${keyof typeof BYTES}`

/** Bytes of a size such as `256KiB` or `1MiB`; `null` for anything else, zero included. */
export function parseSize(text: string): number | null {
  const match = /^([1-9]\d{0,5})(KiB|MiB)$/.exec(text)
  if (!match) return null
  return Number(match[1]) * BYTES[match[2] as keyof typeof BYTES]
}
