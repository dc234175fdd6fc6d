import { env } from 'cloudflare:workers'

/**
 * Sends every `fetch` straight to the bench's origin. Miniflare puts a Worker of its own behind the global `fetch` (it
 * names the zone and drops CF-Connecting-IP), which costs nearly as much as the Worker that is to be measured and exists
 * nowhere else. A service binding to an external address has nothing in between. Each candidate imports this first.
 */
const { ORIGIN } = env as unknown as { readonly ORIGIN: Fetcher }
globalThis.fetch = ORIGIN.fetch.bind(ORIGIN) as typeof fetch
