/**
 * A `Cookie` header without the gateway's own cookies, all others byte for byte as they came. Lenient where origins are: white
 * space and quotes around a name do not hide it.
 */
export function cutCookies(header: string, names: readonly string[]): string {
  // Every name of ours holds this; most requests of other sites' cookies are done here.
  if (!/edgegate/i.test(header)) return header
  return header
    .split(';')
    .filter((pair) => !names.includes(nameOf(pair)))
    .join(';')
    .replace(/^ /, '')
}

/** A cookie's name as a lenient parser reads it. */
export function nameOf(pair: string): string {
  const equals = pair.indexOf('=')
  return (equals < 0 ? pair : pair.slice(0, equals)).replaceAll(/[\s"]/g, '')
}
