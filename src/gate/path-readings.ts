import type { PathReading } from './path.ts'

/**
 * How many times an origin and what stands in front of it might decode a path one after the other. What still changes after that
 * is refused.
 */
const MAX_DECODES = 4
/** How many texts a path may turn into. Honest ones stay below forty. */
const MAX_TEXTS = 256
const CONTROL = /[\u0000-\u001f\u007f]/
/**
 * Overlong UTF-8 (RFC 3629 section 10): the same ASCII character in more bytes, for decoders that do not look. A lone byte from F5
 * up is a letter of Latin-1 (ö, ü) and passes; FE and FF are the marks of UTF-16.
 */
const OVERLONG = /%(?:c[01]|e0%[89]|f0%8|f[5-9a-d]%[89ab]|f[ef])/i
const INVALID_ESCAPE = /%(?![0-9a-f]{2})/i
/** What IIS takes for an escape beside the real ones. */
const IIS_ESCAPE = /%u[0-9a-f]{4}/i
/** One well-formed character of two to four bytes by its length; whether it is one indeed is the decoder's to say. */
const SEQUENCE =
  /%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}|%[0-9a-f]{2}/gi
const NOT_ASCII = /(?:%[89a-f][0-9a-f])+/gi
/** Characters that best-fit conversions turn into slash and backslash, beyond what NFKC does. */
const BEST_FIT_SLASH = /[\u2215\u2044\u29f8]/g
const BEST_FIT_BACKSLASH = /[\u2216\u29f5]/g

type Step = (path: string) => string

/** What servers do to a path besides resolving its dot segments; each may or may not, in any order and more than once. */
const HABITS: readonly Step[] = [
  // Servers that decode first and split afterwards end the path at a decoded `?` or `#`.
  (path) => path.replace(/[?#].*$/s, ''),
  // Compatibility and best-fit folding (fullwidth dots and slashes) of Windows and of some frameworks.
  (path) => path.normalize('NFKC').replaceAll(BEST_FIT_SLASH, '/').replaceAll(BEST_FIT_BACKSLASH, '\\'),
  // Backslash as a separator: IIS, Windows, and browsers' own parser.
  (path) => path.replaceAll('\\', '/'),
  // Path parameters (RFC 3986 section 3.3) are cut from each segment by servlet containers.
  (path) => path.replaceAll(/;[^/]*/g, ''),
  // NTFS ends a name at a stream (`::$DATA`, `:$i30:$INDEX_ALLOCATION`).
  (path) => path.replaceAll(/:[:$][^/]*/g, ''),
  // Windows ends a name at its last dot or space; `.. .` is `..`, and a name of spaces is none.
  (path) =>
    path.replaceAll(/(?<=\/\.{0,2})\s[.\s]*(?=\/|$)/g, '').replaceAll(/(?<=[^/.\s])[.\s]+(?=\/|$)/g, ''),
  // Empty segments are merged by nginx and many routers.
  (path) => path.replaceAll(/\/{2,}/g, '/'),
  resolveDots,
]

/** All that an origin could take a strange path for. */
export function plausibleReadings(pathname: string): PathReading {
  if (INVALID_ESCAPE.test(pathname)) return refused('a percent sign stands for nothing')
  if (isEncodedTooOften(pathname)) return refused('it is encoded too many times')
  const undecoded = closureOf([pathname.replaceAll(NOT_ASCII, decode)], HABITS)
  // Who splits a path before decoding it (RFC 3986 section 2.4) leaves `%2f` within its segment.
  const usual = decode(pathname.replaceAll(/%(?=2f|5c)/gi, '%25'))
  const texts = undecoded && closureOf([usual, ...[...undecoded].map(decode)], [decode, ...HABITS])
  if (!undecoded || !texts) return refused('it can be read in too many ways')
  for (const text of [pathname, ...texts]) {
    if (OVERLONG.test(text)) return refused('it holds overlong UTF-8')
    if (IIS_ESCAPE.test(text)) return refused('it holds an escape that only IIS knows')
    if (CONTROL.test(text)) return refused('it holds a control character')
  }
  const readings = new Set([...texts].map(resolveDots))
  const [path = pathname, ...others] = readings
  const literal = new Set([...undecoded].map(resolveDots))
  return { kind: 'readings', path, others, undecoded: [...literal].filter((text) => !readings.has(text)) }
}

function refused(reason: string): PathReading {
  return { kind: 'refused', reason }
}

/** Everything that the steps make of some texts, one after the other; `null` when that is too much. */
function closureOf(starts: readonly string[], steps: readonly Step[]): Set<string> | null {
  const found = new Set(starts)
  // A set that grows while it is walked is walked to its end.
  for (const text of found) {
    for (const step of steps) found.add(step(text))
    if (found.size > MAX_TEXTS) return null
  }
  return found
}

function isEncodedTooOften(pathname: string): boolean {
  let text = pathname
  for (let times = 0; times < MAX_DECODES; times++) {
    const next = decode(text)
    if (next === text) return false
    text = next
  }
  return decode(text) !== text
}

/**
 * Decodes once. Bytes that are no UTF-8 become one character each: opaque, as they are to a Latin-1 site. They must not take
 * their neighbours along, so each character is decoded by itself.
 */
function decode(text: string): string {
  return text.replaceAll(SEQUENCE, (sequence) => {
    try {
      return decodeURIComponent(sequence)
    } catch {
      return sequence.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
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
