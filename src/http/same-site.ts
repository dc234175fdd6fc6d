/**
 * Whether a state change may have come from our own pages (CSRF, login CSRF included), whatever its content type. Browsers say
 * so themselves: `Sec-Fetch-Site`, and `Origin` on every POST. Both must agree where both are there; `same-site` is a sibling
 * host and not us. Without either only a program can have sent it: an API may take that, a form page may not.
 */
export function isOwnRequest(
  headers: Headers,
  publicOrigin: string,
  withoutEither: 'accept' | 'refuse',
): boolean {
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  if (origin !== null) return origin === publicOrigin
  if (site !== null) return true
  const referer = headers.get('referer')
  if (referer !== null && URL.canParse(referer)) return new URL(referer).origin === publicOrigin
  return withoutEither === 'accept'
}
