/** The gateway's cookies on one site. `__Host-` (RFC 6265bis section 4.1.3.2) needs https, so plain localhost goes without. */
export interface CookieNames {
  readonly session: string
  readonly remember: string
  readonly device: string
  /** Says which browser asked for a mailed link or code. */
  readonly asked: string
  /** Which browser form posts are kept for (kept-post/). */
  readonly kept: string
  /** A sign-in that waits for its second factor. */
  readonly pending: string
  /** The browser that a passkey is asked from. */
  readonly passkey: string
  /** A browser that needs no second factor for a while. */
  readonly trust: string
  /** A browser that waits to be approved by another device (handoff/). */
  readonly handoff: string
  /** The language that its owner has chosen. */
  readonly language: string
}

const BARE: CookieNames = {
  session: 'edgegate',
  remember: 'edgegate-remember',
  device: 'edgegate-device',
  asked: 'edgegate-asked',
  kept: 'edgegate-kept',
  pending: 'edgegate-pending',
  passkey: 'edgegate-passkey',
  trust: 'edgegate-trust',
  handoff: 'edgegate-handoff',
  language: 'edgegate-language',
}
const PREFIXED: CookieNames = {
  session: '__Host-edgegate',
  remember: '__Host-edgegate-remember',
  device: '__Host-edgegate-device',
  asked: '__Host-edgegate-asked',
  kept: '__Host-edgegate-kept',
  pending: '__Host-edgegate-pending',
  passkey: '__Host-edgegate-passkey',
  trust: '__Host-edgegate-trust',
  handoff: '__Host-edgegate-handoff',
  language: '__Host-edgegate-language',
}

/** Every name the origin must neither see nor set, whatever the scheme. */
export const OWN_COOKIE_NAMES: readonly string[] = [...Object.values(PREFIXED), ...Object.values(BARE)]

export function cookieNames(secure: boolean): CookieNames {
  return secure ? PREFIXED : BARE
}

/**
 * The value of one cookie of a `Cookie` header, or `null`. Exact names only; of several cookies with the name the first
 * counts, which is what browsers put first for the longest path (RFC 6265 section 5.4).
 */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null) return null
  const mark = `${name}=`
  let from = 0
  while (true) {
    const at = header.indexOf(mark, from)
    if (at < 0) return null
    if (at === 0 || header[at - 1] === ';' || (header[at - 1] === ' ' && header[at - 2] === ';')) {
      const end = header.indexOf(';', at)
      return header.slice(at + mark.length, end < 0 ? undefined : end)
    }
    from = at + mark.length
  }
}

/** A `Set-Cookie` value. Without `maxAgeSeconds` the cookie lives as long as the browser; zero deletes it. */
export function writeCookie(name: string, value: string, secure: boolean, maxAgeSeconds?: number): string {
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${age}`
}
