import { type Jar, NAVIGATION, PASSWORD, SITE, type World } from '../support/world.ts'

/** Headers of a browser that sends a form of the site. */
export const FORM = {
  ...NAVIGATION,
  origin: SITE,
  referer: `${SITE}/members/write?draft=1`,
  'content-type': 'application/x-www-form-urlencoded',
} as const

export const TEXT = 'title=Caf%C3%A9&text=Two%0D%0Alines&password=hunter2&empty='

/** Sends a form; what is set is taken into the jar. */
export async function send(
  world: World,
  cookies: Jar,
  path: string,
  init: { body?: BodyInit; headers?: Record<string, string> } = {},
): Promise<Response> {
  const { body = TEXT, headers = FORM } = init
  const response = await world.fetch(path, { method: 'POST', headers, body, cookies })
  cookies.take(response)
  return response
}

export async function open(world: World, cookies: Jar, path: string): Promise<Response> {
  const response = await world.fetch(path, { headers: NAVIGATION, cookies })
  cookies.take(response)
  return response
}

/** Fills in the login or confirmation page at an address; answers where it leads. */
export async function submitPassword(
  world: World,
  cookies: Jar,
  page: string,
  identifier: string,
): Promise<string> {
  const next = new URLSearchParams(page.split('?')[1]).get('next') ?? '/'
  const body = new URLSearchParams({ identifier, password: PASSWORD, next }).toString()
  const response = await send(world, cookies, page, { body })
  if (response.status !== 303) throw new Error(`${page} answered ${response.status}`)
  return response.headers.get('location') ?? ''
}

/** The form of the page that shows a kept post. */
export function sendingForm(html: string): { readonly path: string; readonly id: string } {
  const address = /enctype="text\/plain" action="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  const id = /name="edgegate-post" value="([^"]+)"/.exec(html)?.[1]
  if (address === undefined || id === undefined) throw new Error(`no form in: ${html}`)
  if (!address.startsWith(`${SITE}/`)) throw new Error(`the form leads to ${address}`)
  return { path: address.slice(SITE.length), id }
}

/** Presses "Send it now". */
export async function sendKept(
  world: World,
  cookies: Jar,
  form: { readonly path: string; readonly id: string },
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = `edgegate-post=${form.id}\r\n`
  const length = String(body.length)
  const own = { ...FORM, 'content-type': 'text/plain', 'content-length': length, ...headers }
  return await send(world, cookies, form.path, { body, headers: own })
}
