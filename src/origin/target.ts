import type { Address } from '../gate/canonical-url.ts'

/** Where requests go on to. */
export type OriginTarget =
  /** `origin` is scheme, host and port. */
  | { readonly kind: 'url'; readonly origin: string }
  | { readonly kind: 'service' | 'assets'; readonly fetcher: Fetcher }

/**
 * The address to fetch. The path is put behind the origin as text and never resolved against it: `new URL('//evil.example', base)`
 * would leave the origin.
 */
export function addressAt(target: OriginTarget, url: Address): string {
  const origin = target.kind === 'url' ? target.origin : `${url.protocol}//${url.host}`
  return origin + url.pathname + url.search
}
