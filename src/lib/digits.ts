/** `count` decimal digits from the platform's CSPRNG, each number as likely as any other; at most nine. */
export function randomDigits(count: number): string {
  const range = 10 ** count
  // What lies above the last whole multiple would make small numbers likelier.
  const limit = Math.floor(2 ** 32 / range) * range
  const draw = new Uint32Array(1)
  do crypto.getRandomValues(draw)
  while ((draw[0] ?? 0) >= limit)
  return String((draw[0] ?? 0) % range).padStart(count, '0')
}
