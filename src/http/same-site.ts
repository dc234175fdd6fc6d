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

/**
 * Whether a form was sent from a page of this site, as far as its browser says so. A page that keeps its address to itself
 * (`Referrer-Policy: no-referrer`) sends `Origin: null`; `Sec-Fetch-Site`, which no page can write, still tells then.
 */
export function isFromOwnPages(headers: Headers, publicOrigin: string): boolean {
  const isUnnamed = headers.get('origin') === 'null' && headers.get('sec-fetch-site') === 'same-origin'
  return isUnnamed || isOwnRequest(headers, publicOrigin, 'refuse')
}
