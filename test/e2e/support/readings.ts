/**
 * The paths that some origin could take a request target for: decoded up to twice, backslashes as slashes or not, `;parameters`
 * dropped or not, slashes merged or not, cut at a NUL or not, dot segments resolved, letters lower-cased. Written for the
 * tests alone, so that the gate is not measured by its own ruler.
 */
export function plausiblePaths(target: string): ReadonlySet<string> {
  const raw = target.split(/[?#]/)[0] ?? ''
  const once = percentDecode(raw)
  const readings = new Set<string>()
  for (const decoded of [raw, once, percentDecode(once)]) {
    for (const slashed of [decoded, decoded.replaceAll('\\', '/')]) {
      for (const bare of [slashed, slashed.replace(/;[^/]*/g, '')]) {
        for (const whole of [bare, bare.split('\0')[0] ?? '']) {
          for (const merged of [whole, whole.replace(/\/{2,}/g, '/')]) {
            readings.add(resolveDots(merged).toLowerCase())
          }
        }
      }
    }
  }
  return readings
}

/** Byte by byte, so that what is not UTF-8 stays visible. */
function percentDecode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_match, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function resolveDots(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}
