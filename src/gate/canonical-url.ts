/** An address in its parts, each as the WHATWG parser writes it. A `URL` is one. */
export type Address = Pick<URL, 'href' | 'protocol' | 'host' | 'pathname' | 'search'>

/** Characters that mean the same encoded or not (RFC 3986 section 2.3), encoded. */
const ENCODED_UNRESERVED = /%(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|3[0-9]|2[de]|5f|7e)/gi

/**
 * An address that the parser would leave as it is: a host of lower-case letters without a default port, no segment that begins
 * with a dot and no character to encode or decode in the path, none to encode in the query. Most are like this, and cutting one up by its
 * slashes costs less than a parser's object. (A host made of numbers is not left as it is, but nobody is configured under one that is
 * not in its usual form.)
 */
const CANONICAL =
  /^(https?:)\/\/([a-z0-9.-]*[a-z0-9](?::(?!80\/|443\/)[1-9]\d{0,4})?)((?:\/(?:[A-Za-z0-9_\-~!$&'()*+,;=:@][A-Za-z0-9_\-.~!$&'()*+,;=:@]*)?)+)(\?[A-Za-z0-9_\-.~!$&()*+,;=:@/?%]+)?$/

/**
 * The address as the WHATWG parser writes it, with unreserved characters of the path decoded (RFC 3986 section 6.2.2.2): `/%61dmin` is
 * `/admin` to everybody, and from here on to us and the origin as well. What means different things to different servers stays as
 * it is.
 */
export function canonicalUrl(text: string): Address | null {
  const parts = CANONICAL.exec(text)
  if (parts) {
    const [href, protocol = '', host = '', pathname = '', search = ''] = parts
    return { href, protocol, host, pathname, search }
  }
  const url = URL.parse(text)
  if (url?.pathname.includes('%')) {
    url.pathname = url.pathname.replaceAll(ENCODED_UNRESERVED, (code) => decodeURIComponent(code))
  }
  return url
}
