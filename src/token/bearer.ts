/** What an `Authorization` header holds, as far as it concerns us. */
export type Presented =
  /** Another scheme: Basic, Digest, the origin's own. None of ours, whatever is in it. */
  | { readonly kind: 'other' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** Bearer, and then something that is no token (RFC 6750 section 2.1): two of them, a line too long, stray characters. */
  | { readonly kind: 'malformed'; readonly isOneWord: boolean }

/** A token of ours has at most 3 KiB; those of others with many groups have more. Origins take about this much as one header. */
export const MAX_HEADER_CHARACTERS = 8192
const SCHEME = /^bearer(?: |$)/i
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** The cheap question that every request with an `Authorization` header is asked. */
export function isBearer(header: string): boolean {
  return SCHEME.test(header)
}

/** Reads a header by the grammar of RFC 6750, after a look at its length: no parser of ours sees more. */
export function readBearer(header: string): Presented {
  if (!SCHEME.test(header)) return { kind: 'other' }
  if (header.length > MAX_HEADER_CHARACTERS) return { kind: 'malformed', isOneWord: false }
  const token = BEARER.exec(header)?.[1]
  if (token !== undefined) return { kind: 'bearer', token }
  return { kind: 'malformed', isOneWord: /^\S+ +[^\s,]+$/.test(header) }
}
