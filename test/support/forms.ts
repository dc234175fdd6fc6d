import { type Jar, NAVIGATION, SITE, type World } from './world.ts'

/** Sends a form as a browser does that shows one of our pages. Takes the cookies of the answer over. */
export async function postForm(
  world: World,
  path: string,
  form: Readonly<Record<string, string>>,
  options: { readonly cookies?: Jar; readonly headers?: Record<string, string>; readonly cf?: object } = {},
): Promise<Response> {
  const { cookies, headers, ...rest } = options
  const response = await world.fetch(path, {
    method: 'POST',
    headers: {
      ...NAVIGATION,
      origin: SITE,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
    ...(cookies ? { cookies } : {}),
    ...rest,
  } as RequestInit)
  cookies?.take(response)
  return response
}

/** Opens a page as a browser does. */
export async function openPage(world: World, path: string, cookies?: Jar): Promise<Response> {
  const response = await world.fetch(path, { headers: NAVIGATION, ...(cookies ? { cookies } : {}) })
  cookies?.take(response)
  return response
}

/** Status and headers without what differs from request to request anyway: what could tell known from unknown. */
export function outwardOf(response: Response): unknown {
  const headers = [...response.headers].filter(([name]) => name !== 'set-cookie').sort()
  const cookies = response.headers.getSetCookie().map((line) => line.replace(/=[^;]*/, '='))
  return { status: response.status, headers, cookies }
}
