/** One year, as browsers' preload lists and ASVS 3.4.1 ask. */
const HSTS = 'max-age=31536000; includeSubDomains'

/**
 * The headers of every answer that the gateway itself gives, in any form: JSON, redirects and, through `htmlResponse`,
 * pages. The policy here is for what is no document: should a browser be talked into showing it, nothing in it runs.
 * `https` is whether the visitor's side is encrypted; over plain http browsers ignore HSTS (RFC 6797 section 8.1).
 */
export function ownHeaders(https: boolean): readonly (readonly [name: string, value: string])[] {
  return https ? SECURE : PLAIN
}

const PLAIN: readonly (readonly [string, string])[] = [
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox"],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  // Not `no-referrer`: with it Chromium sends `Origin: null` on a form post, which a CSRF check must refuse.
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
  // What says who is signed in, or sets a cookie, is nobody else's to keep (CVE-2023-30861, CVE-2025-48947).
  ['Cache-Control', 'no-store'],
  ['Vary', 'Cookie'],
]

const SECURE: readonly (readonly [string, string])[] = [...PLAIN, ['Strict-Transport-Security', HSTS]]
