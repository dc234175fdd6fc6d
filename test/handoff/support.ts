import { Jar, NAVIGATION, SITE, signInAs, type World } from '../support/world.ts'

export const ADA = 'ada@example.com'
export const HANDOFF = '__Host-edgegate-handoff'
export const SESSION = '__Host-edgegate'

export interface Shown {
  readonly code: string
  readonly number: string
}

/** One browser, with its cookies and what the platform says of it. */
export interface Device {
  readonly jar: Jar
  get(
    path: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; location: string; html: string; headers: Headers }>
  post(
    fields: Record<string, string>,
    path?: string,
  ): Promise<{ status: number; location: string; html: string; headers: Headers }>
  api(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
  session(): Promise<Record<string, unknown> & { session?: Record<string, unknown> }>
}

export function device(world: World, jar = new Jar(), platform: { ip?: string; cf?: object } = {}): Device {
  const { ip = '192.0.2.1', cf = { asn: 64_500, country: 'NL', city: 'Utrecht' } } = platform
  const origin = { 'cf-connecting-ip': ip, 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' }
  const ask = async (path: string, init: RequestInit) => {
    const response = await world.fetch(path, { ...init, cookies: jar, cf } as RequestInit & { cookies: Jar })
    jar.take(response)
    return response
  }
  const page = async (response: Response) => ({
    status: response.status,
    location: response.headers.get('location') ?? '',
    html: await response.text(),
    headers: response.headers,
  })
  return {
    jar,
    get: async (path, headers = {}) =>
      await page(await ask(path, { headers: { ...NAVIGATION, ...origin, ...headers } })),
    async post(fields, path = '/auth/handoff') {
      const type = { 'content-type': 'application/x-www-form-urlencoded', origin: SITE }
      const headers = { ...NAVIGATION, ...origin, ...type }
      return await page(
        await ask(path, { method: 'POST', headers, body: new URLSearchParams(fields).toString() }),
      )
    },
    async api(path, body) {
      const method = body === undefined ? 'GET' : 'POST'
      const headers = { 'content-type': 'application/json', ...origin }
      const init = body === undefined ? {} : { body: JSON.stringify(body) }
      const response = await ask(`/auth/api/${path}`, { method, headers, ...init })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    async session() {
      const response = await ask('/auth/api/session', { headers: origin })
      return (await response.json()) as Record<string, unknown>
    },
  }
}

export async function signedIn(world: World, email = ADA, remember = false): Promise<Device> {
  const found = device(world)
  const headers = { 'cf-connecting-ip': '192.0.2.1', 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' }
  await signInAs(world, email, {
    cookies: found.jar,
    remember,
    headers,
    cf: { asn: 64_500, country: 'NL', city: 'Utrecht' },
  })
  return found
}

/** Begins on a device: what it shows. */
export async function begin(
  waiting: Device,
  fields: Record<string, string> = {},
  next = '/members/x',
): Promise<Shown> {
  const begun = await waiting.post(
    { action: 'begin', ...fields },
    `/auth/handoff?${new URLSearchParams({ next })}`,
  )
  if (begun.status !== 303) throw new Error(`beginning answered ${begun.status}`)
  return shownBy((await waiting.get(begun.location)).html)
}

export function shownBy(html: string): Shown {
  const [code, number] = [...html.matchAll(/<dd>([^<]+)<\/dd>/g)].map(([, text = '']) => text)
  if (code === undefined || number === undefined) throw new Error(`no code in: ${html}`)
  return { code, number }
}

/** The numbers that the approving page offers. */
export function choicesIn(html: string): readonly string[] {
  return [...html.matchAll(/name="number" value="(\d\d)"/g)].map(([, number = '']) => number)
}

/** Scans the code and chooses the number. */
export async function approve(approver: Device, { code, number }: Shown): Promise<string> {
  return (await approver.post({ action: 'decide', code, number })).location
}

export const finish = (waiting: Device, next = '/members/x') =>
  waiting.post({ action: 'finish' }, `/auth/handoff?${new URLSearchParams({ next })}`)
