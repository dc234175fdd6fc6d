/** Characters that mean the same encoded or not (RFC 3986 section 2.3), encoded. */
const ENCODED_UNRESERVED = /%(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|3[0-9]|2[de]|5f|7e)/gi

/**
 * The URL as the WHATWG parser writes it, with unreserved characters decoded (RFC 3986 section 6.2.2.2): `/%61dmin` is `/admin`
 * to everybody, and from here on to us and the origin as well. What means different things to different servers stays as it is.
 */
export function canonicalUrl(text: string): URL | null {
  const url = URL.parse(text)
  if (url?.pathname.includes('%')) {
    url.pathname = url.pathname.replaceAll(ENCODED_UNRESERVED, (code) => decodeURIComponent(code))
  }
  return url
}
