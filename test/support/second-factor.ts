import { Secret, TOTP } from 'otpauth'
import { type Jar, PASSWORD, type World } from './world.ts'

/** What an authenticator app shows at an instant. */
export function codeOf(seed: string, now: number): string {
  return new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: now })
}

export function post(body: unknown, cookies: Jar): RequestInit & { cookies: Jar } {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cookies,
  }
}

export function formPost(fields: Record<string, string>, cookies: Jar): RequestInit & { cookies: Jar } {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams(fields).toString(),
    cookies,
  }
}

export interface EnrolledApp {
  readonly seed: string
  readonly recoveryCodes: readonly string[]
}

/** Adds an authenticator app to whoever's cookies these are, signed in or waiting. */
export async function enrolApp(world: World, cookies: Jar, name = 'Phone'): Promise<EnrolledApp> {
  const begun = await world.fetch('/auth/api/factors/app', post({}, cookies))
  if (begun.status !== 201) throw new Error(`set-up answered ${begun.status}: ${await begun.text()}`)
  const { setup, secret } = (await begun.json()) as { setup: string; secret: string }
  const code = codeOf(secret, world.clock.now)
  const done = await world.fetch('/auth/api/factors/app/confirm', post({ setup, code, name }, cookies))
  if (done.status !== 201) throw new Error(`confirming answered ${done.status}: ${await done.text()}`)
  cookies.take(done)
  const { recoveryCodes = [] } = (await done.json()) as { recoveryCodes?: string[] }
  return { seed: secret, recoveryCodes }
}

/** The first half of a sign-in. */
export async function givePassword(
  world: World,
  email: string,
  cookies: Jar,
  more: Record<string, unknown> = {},
): Promise<Response> {
  const response = await world.fetch(
    '/auth/api/login',
    post({ identifier: email, password: PASSWORD, ...more }, cookies),
  )
  cookies.take(response)
  return response
}

/** The second half. */
export async function giveCode(
  world: World,
  cookies: Jar,
  code: string,
  more: Record<string, unknown> = {},
): Promise<Response> {
  const response = await world.fetch('/auth/api/mfa', post({ way: 'totp', code, ...more }, cookies))
  cookies.take(response)
  return response
}

export async function codeOfProblem(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code
}
