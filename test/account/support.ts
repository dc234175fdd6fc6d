import { type Jar, NAVIGATION, SITE, type World } from '../support/world.ts'

/** A call of the API by a program that holds a browser's cookies. */
export function api(
  world: World,
  method: string,
  path: string,
  cookies: Jar,
  body?: object,
): Promise<Response> {
  return world.fetch(path, {
    method,
    cookies,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })
}

/** A form that a page of ours sends. */
export function post(
  world: World,
  path: string,
  cookies: Jar,
  form: Record<string, string>,
): Promise<Response> {
  return world.fetch(path, {
    method: 'POST',
    cookies,
    headers: { ...NAVIGATION, origin: SITE, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
}

/** The status of a page that needs a login. */
export async function open(world: World, cookies: Jar): Promise<number> {
  return (await world.fetch('/members/', { headers: NAVIGATION, cookies })).status
}

export interface Listed {
  readonly id: string
  readonly state: 'open' | 'remembered'
  readonly client: string
  readonly current: boolean
}

export async function listed(world: World, cookies: Jar): Promise<readonly Listed[]> {
  const response = await api(world, 'GET', '/auth/api/sessions', cookies)
  return ((await response.json()) as { sessions: Listed[] }).sessions
}

export const RATE_LIMITED = {
  RATE_LIMIT: { limit: async () => ({ success: false }) } as RateLimit,
}

/** A request as the edge hands it on: limits by volume need an address. */
export const AT_THE_EDGE = { headers: { 'cf-connecting-ip': '192.0.2.7' }, cf: { asn: 64496, country: 'DE' } }
