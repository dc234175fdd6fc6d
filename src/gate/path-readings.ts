import type { PathReading } from './path.ts'

/**
 * How many times an origin and what stands in front of it might decode a path one after the other. What still changes after that
 * is refused.
 */
const MAX_DECODES = 4
const CONTROL = /[\u0000-\u001f\u007f]/
/** Overlong UTF-8 (RFC 3629 section 10): the same ASCII character in more bytes, for decoders that do not look. */
const OVERLONG = /%(?:c[01]|e0%[89]|f0%8|f[5-9a-f])/i
const INVALID_ESCAPE = /%(?![0-9a-f]{2})/i
/** Characters that best-fit conversions turn into slash and backslash, beyond what NFKC does. */
const BEST_FIT_SLASH = /[\u2215\u2044\u29f8]/g
const BEST_FIT_BACKSLASH = /[\u2216\u29f5]/g

type Step = (path: string) => string

/** What servers do to a path besides decoding it; each may happen or not. In the order in which they happen. */
const HABITS: readonly Step[] = [
  // Servers that decode first and split afterwards end the path at a decoded `?` or `#`.
  (path) => path.replace(/[?#].*$/s, ''),
  // Compatibility and best-fit folding (fullwidth dots and slashes) of Windows and of some frameworks.
  (path) => path.normalize('NFKC').replaceAll(BEST_FIT_SLASH, '/').replaceAll(BEST_FIT_BACKSLASH, '\\'),
  // Backslash as a separator: IIS, Windows, and browsers' own parser.
  (path) => path.replaceAll('\\', '/'),
  // Path parameters (RFC 3986 section 3.3) are cut from each segment by servlet containers.
  (path) => path.replaceAll(/;[^/]*/g, ''),
  // Windows ends a name at its last dot or space and at an NTFS stream.
  (path) => path.replaceAll(/::[^/]*/g, '').replaceAll(/(?<=[^/.\s])[.\s]+(?=\/|$)/g, ''),
  // Empty segments are merged by nginx and many routers.
  (path) => path.replaceAll(/\/{2,}/g, '/'),
]

/** All that an origin could take a strange path for. */
export function plausibleReadings(pathname: string): PathReading {
  const decoded = decodings(pathname)
  if (typeof decoded === 'string') return { kind: 'refused', reason: decoded }
  const readings = new Set<string>()
  for (const start of decoded) {
    let variants = new Set([start])
    for (const habit of HABITS) {
      const next = new Set(variants)
      for (const variant of variants) next.add(habit(variant))
      variants = next
    }
    for (const variant of variants) readings.add(resolveDots(variant))
  }
  const [path = pathname, ...others] = [...readings]
  return others.length === 0 ? { kind: 'plain', path } : { kind: 'readings', path, others }
}

/**
 * The path as it is read by who splits it before decoding (RFC 3986 section 2.4; `%2f` stays within its segment), then decoded
 * once, twice, … until it stays; or why it is refused.
 */
function decodings(pathname: string): readonly string[] | string {
  if (INVALID_ESCAPE.test(pathname)) return 'a percent sign stands for nothing'
  const found = [decode(pathname.replaceAll(/%(?=2f|5c)/gi, '%25'))]
  let text = pathname
  for (let times = 0; times < MAX_DECODES; times++) {
    if (OVERLONG.test(text)) return 'it holds overlong UTF-8'
    const next = decode(text)
    if (CONTROL.test(next)) return 'it holds a control character'
    found.push(next)
    if (next === text) return found
    text = next
  }
  return 'it is encoded too many times'
}

/** Decodes once. Bytes that are no UTF-8 become one character each: opaque, as they are to a Latin-1 site. */
function decode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    }
  })
}

/** RFC 3986 section 5.2.4. */
function resolveDots(path: string): string {
  const segments: string[] = []
  const parts = path.split('/').slice(1)
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    if (part === '..') segments.pop()
    if (part === '..' || part === '.') {
      if (isLast) segments.push('')
    } else segments.push(part)
  }
  return `/${segments.join('/')}`
}
