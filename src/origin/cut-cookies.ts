/** Every name of ours holds this; most headers and cookies are done here. */
const OURS = /edgegate/i

/**
 * A `Cookie` header without the gateway's own cookies, all others byte for byte as they came. Lenient where origins are: neither
 * case, white space, quotes, percent-encoding nor a comma (how several `Cookie` headers are joined) hides a name of ours.
 */
export function cutCookies(header: string, names: readonly string[]): string {
  if (!OURS.test(header)) return header
  let rest = ''
  let from = 0
  while (from < header.length) {
    const to = separatorAfter(header, from)
    const part = header.slice(from, to)
    if (!OURS.test(part) || !isNamed(isSeparator(part, 0) ? part.slice(1) : part, names)) rest += part
    from = to
  }
  // The separator goes with the cookie after it; the first one has none.
  return rest !== header && isSeparator(rest, 0) ? rest.replace(/^[;,] ?/, '') : rest
}

/** Where the next cookie begins, separator included. A loop: this is on the way of every request, and a regular expression costs more. */
function separatorAfter(header: string, from: number): number {
  let at = from + 1
  while (at < header.length && !isSeparator(header, at)) at++
  return at
}

function isSeparator(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 0x3b || code === 0x2c
}

/** Whether a cookie bears one of these names for some parser or other. */
export function isNamed(pair: string, names: readonly string[]): boolean {
  // As browsers write it; all that follows is for those who mean us harm.
  const written = pair.trimStart()
  if (names.includes(written.slice(0, Math.max(0, written.indexOf('='))))) return true
  const name = nameOf(pair)
  return names.some((own) => own.toLowerCase() === name)
}

/**
 * A cookie's name as the most lenient parser reads it: without white space and quotes, decoded, in lower case. `=name=value` is
 * a nameless cookie that reads like a named one when it is sent back (RFC 6265bis section 5.6); PHP turns `.` and `[` into `_`,
 * so that `_.Host-x` is `__Host-x` (CVE-2022-31629).
 */
function nameOf(pair: string): string {
  const [name = ''] = pair.replace(/^[\s="']+/, '').split('=')
  return decode(name)
    .replaceAll(/[\s"']/g, '')
    .replaceAll(/[.[]/g, '_')
    .toLowerCase()
}

function decode(text: string): string {
  return text.replaceAll(/%[2-7][0-9a-f]/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  )
}
