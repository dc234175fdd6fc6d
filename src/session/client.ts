/** What session protection compares: enough to notice a stolen cookie, not enough to log out a phone that updates itself. */
export interface ComparedClient {
  /** Browser and platform family, without versions. */
  readonly agent: string
  /** ASN and country where the platform tells them, else the address prefix. */
  readonly network: string
}

/** A browser as it is kept with what it has opened. */
export interface Client extends ComparedClient {
  /** City and country as the platform tells them (`Hamburg, DE`), for the owner to recognise. */
  readonly place: string | null
}

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const

const PLATFORMS = [
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const

/** Browsers are many and of few kinds. A flood of invented names only empties this. */
const MAX_REMEMBERED = 512
const remembered = new Map<string, string>()

/** `Firefox on Linux`, or the product token of a program (`curl`), or `unknown`. */
export function agentFamily(userAgent: string | null): string {
  if (!userAgent) return 'unknown'
  const known = remembered.get(userAgent)
  if (known !== undefined) return known
  const family = recognise(userAgent)
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  if (userAgent.length <= 512) remembered.set(userAgent, family)
  return family
}

function recognise(userAgent: string): string {
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark))?.[1]
  const platform = PLATFORMS.find(([mark]) => userAgent.includes(mark))?.[1]
  if (browser) return platform ? `${browser} on ${platform}` : browser
  return /^[A-Za-z][\w-]{0,39}/.exec(userAgent)?.[0] ?? 'unknown'
}

/** Compares as the protection does: a change of either part is a change. */
export function isSameClient(a: ComparedClient, b: ComparedClient): boolean {
  return a.agent === b.agent && a.network === b.network
}

/** The country of a network that the platform knows (`AS64500 DE`), as ISO 3166 writes it. */
export function countryOf({ network }: Client): string | null {
  return /^AS\d+ ([A-Z]{2})$/.exec(network)?.[1] ?? null
}
