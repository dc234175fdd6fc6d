/** A pattern's segments. `**` stands for any number of segments, `*` within a segment for any part of it. */
export type PatternSegment =
  | { readonly kind: 'rest' }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'glob'; readonly text: string }

export function parsePattern(pattern: string): readonly PatternSegment[] {
  return pattern
    .split('/')
    .slice(1)
    .map((text) => {
      if (text === '**') return { kind: 'rest' }
      return text.includes('*') ? { kind: 'glob', text } : { kind: 'literal', text }
    })
}

/** What is wrong with a pattern, in words, or `null`. */
export function checkPattern(pattern: string): string | null {
  if (!pattern.startsWith('/')) return 'must begin with /'
  if (/[?#\\;%\s\u0000-\u001f\u007f]/.test(pattern))
    return 'is written decoded, and without ? # \\ ; % or white space'
  if (pattern.includes('//')) return 'must not hold an empty segment'
  for (const segment of pattern.split('/')) {
    if (segment === '.' || segment === '..') return 'must not hold . or ..'
    if (segment.includes('**') && segment !== '**') return '** must be a whole segment'
  }
  // One `**` before others keeps matching linear.
  const inner = pattern
    .split('/')
    .slice(0, -1)
    .filter((segment) => segment === '**')
  return inner.length > 1 ? 'may hold ** once, and once more at the end' : null
}

/** Whether a segment matches a glob such as `*.css`. `*` matches anything but nothing at all when it stands alone. Linear. */
export function matchesGlob(glob: string, segment: string): boolean {
  if (glob === '*') return segment !== ''
  const [first = '', ...middle] = glob.split('*')
  const last = middle.pop() ?? ''
  if (segment.length < first.length + last.length || !segment.startsWith(first) || !segment.endsWith(last))
    return false
  let at = first.length
  const end = segment.length - last.length
  for (const part of middle) {
    const found = segment.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
