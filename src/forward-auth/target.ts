import type { Address } from '../gate/canonical-url.ts'
import type { Site } from '../services.ts'

/** What no browser sends within a request target, and some server cuts, folds or trips over: also whatever is not ASCII. */
const NOT_IN_A_TARGET = /[^!-~]|[\\#]/

/**
 * Whether the gate may decide on the parsed path although the proxy sends on what its visitor wrote. What the gateway forwards itself is
 * what it has parsed; here both must be the same path to everybody: no dot segments, which some resolve and others compare, nor
 * anything else but characters that are encoded in one and not in the other. Those must fall under the same rule in either form.
 */
export function isDecidable(site: Site, method: string, target: string, url: Address): boolean {
  const [path = ''] = target.split('?', 1)
  if (NOT_IN_A_TARGET.test(target)) return false
  if (path === url.pathname) return true
  if (decodeBytes(path) !== decodeBytes(url.pathname)) return false
  const [written, parsed] = [site.choose(method, path), site.choose(method, url.pathname)]
  return written.kind === 'rule' && parsed.kind === 'rule' && written.match.index === parsed.match.index
}

function decodeBytes(path: string): string {
  return path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
