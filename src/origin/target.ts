/** Where requests go on to. */
export type OriginTarget =
  | { readonly kind: 'url'; readonly base: URL }
  | { readonly kind: 'service' | 'assets'; readonly fetcher: Fetcher }

/**
 * The address to fetch. The path is put behind the origin as text and never resolved against it: `new URL('//evil.example', base)`
 * would leave the origin.
 */
export function addressAt(target: OriginTarget, url: URL): string {
  const origin = target.kind === 'url' ? target.base.origin : url.origin
  return origin + url.pathname + url.search
}
