import type { Address } from '../gate/canonical-url.ts'

/**
 * The site of a host, compared exactly after lower-casing and without a trailing dot (P3). The parsed URL and the host as it was
 * written must name the same one: one such as `a/b?x#` would otherwise move the path. `null`: it was written nowhere else.
 */
export function siteFor<S>(
  sites: ReadonlyMap<string, S>,
  { host, protocol }: Address,
  written: string | null,
): S | undefined {
  if (written !== null && written !== host) {
    // The parser leaves out the scheme's own port, which a client may write.
    const named = written.toLowerCase().replace(protocol === 'https:' ? /:443$/ : /:80$/, '')
    if (withoutDot(named) !== withoutDot(host)) return undefined
  }
  return sites.get(host) ?? sites.get(withoutDot(host))
}

function withoutDot(host: string): string {
  return host.replace(/\.(?=:|$)/, '')
}
