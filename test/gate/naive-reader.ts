/**
 * What an origin might take a path for, written for the tests alone so that the gate is not measured by its own ruler: decoded
 * not at all, once or twice; `\` as `/`, `;parameters` cut, `//` merged, each done or not; dot segments resolved; lower case.
 */
export function naiveReadings(pathname: string): readonly string[] {
  const once = decodeBytes(pathname)
  let texts = [pathname, once, decodeBytes(once)]
  for (const habit of [foldBackslashes, cutParameters, mergeSlashes]) {
    texts = texts.flatMap((text) => [text, habit(text)])
  }
  return [...new Set(texts.map((text) => resolve(text).toLowerCase()))]
}

/** Byte by byte: nothing that is not ASCII matters to the rules of these tests. */
function decodeBytes(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function foldBackslashes(text: string): string {
  return text.split('\\').join('/')
}

function cutParameters(text: string): string {
  return text
    .split('/')
    .map((segment) => segment.split(';')[0] ?? '')
    .join('/')
}

function mergeSlashes(text: string): string {
  return text.replace(/\/+/g, '/')
}

function resolve(text: string): string {
  const kept: string[] = []
  for (const segment of text.split('/').slice(1)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}
