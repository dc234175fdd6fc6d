import { isLoopback } from './loopback.ts'
import type { SiteEntry } from './sites.ts'

/** The domain that passkeys of a page are made for. At a development address it is that address, as browsers allow no other. */
export function rpIdOf(hostname: string, domain: string | undefined): string {
  return isLoopback(hostname) ? hostname : (domain ?? hostname)
}

/** Origins of our sites that lie beyond the domain: browsers ask `/.well-known/webauthn` there whether they may use its passkeys. */
export function originsBeyond(entries: readonly SiteEntry[], domain: string | undefined): readonly string[] {
  if (domain === undefined) return []
  return entries.flatMap(({ site }) =>
    [new URL(site.url).host, ...site.hosts]
      .map((host) => new URL(`https://${host}`))
      .filter(({ hostname }) => !isWithin(hostname, domain))
      .map(({ origin }) => origin),
  )
}

export function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`)
}
