import { plausibleReadings } from './path-readings.ts'

/** What a path may mean to an origin. */
export type PathReading =
  /** Read one way by everybody (but for letter case and a trailing slash, which the rules see to). */
  | { readonly kind: 'plain'; readonly path: string }
  /**
   * `path` is the usual reading; an origin might take it for one of `others`, or for one of `undecoded` if it compares paths as
   * they are written (Express does): there `/%61dmin` is not `/admin`.
   */
  | {
      readonly kind: 'readings'
      readonly path: string
      readonly others: readonly string[]
      readonly undecoded: readonly string[]
    }
  /** Never acceptable, whatever the rules. */
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Only characters that no server takes for anything else: no `%`, `;`, `\`, `:`, `~`, no empty segment, no segment that ends in
 * a dot. Linear: each character belongs to exactly one branch.
 */
const PLAIN = /^(?:\/(?:[A-Za-z0-9_\-!$&'()*+,=@]|\.(?!\/|$|\.))+)*\/?$/

/** The bound on what reading a strange path may cost. */
const MAX_STRANGE_LENGTH = 8192

/**
 * The readings of a request's path. Takes the pathname of a URL that the WHATWG parser has normalised (dot segments resolved, `\`
 * turned into `/`), which `fetch` then sends on unchanged.
 */
export function readPath(pathname: string): PathReading {
  if (PLAIN.test(pathname)) return { kind: 'plain', path: pathname }
  if (pathname.length > MAX_STRANGE_LENGTH)
    return { kind: 'refused', reason: 'it is too long to be looked into' }
  return plausibleReadings(pathname)
}
