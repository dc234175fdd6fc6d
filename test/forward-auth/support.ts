import type { Config } from '../../src/config/schema.ts'
import type { Env } from '../../src/services.ts'
import { createWorld, type Jar, type Shared, type World } from '../support/world.ts'

export const PROOF = 'a-check-secret-that-is-long-enough-7f3a9c51d2'
/** Where the proxy reaches the gateway: a host that no visitor sees and no site has. */
export const GATEWAY = 'https://gateway.example'
export const HOST = 'wiki.example'

export const CONFIG = {
  site: { name: 'Wiki', url: `https://${HOST}` },
  origin: { forwardAuth: true },
  rules: [
    { path: '/public/**', access: 'public' },
    { path: '/optional/**', access: 'optional' },
    { path: '/cart/**', access: 'guest' },
    { path: '/admin/**', access: { roles: ['admin'] } },
    { path: '/fresh/**', access: 'user', fresh: '15m' },
    { path: '/api/**', access: 'user', deny: 401 },
  ],
} as const satisfies Config

export function createProxiedWorld(
  config: Config = CONFIG,
  variables: Partial<Env> = {},
  shared?: Shared,
): World {
  return createWorld(config, { EDGEGATE_CHECK_SECRET: PROOF, ...variables }, shared)
}

export interface Question {
  readonly target?: string
  readonly method?: string
  readonly host?: string
  readonly scheme?: string
  readonly ip?: string
  /** `null`: none. */
  readonly proof?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: Jar
}

/** Asks as Caddy and Traefik do. */
export function ask(world: World, path: string, question: Question = {}): Promise<Response> {
  const {
    target = '/',
    method = 'GET',
    host = HOST,
    scheme = 'https',
    ip = '203.0.113.7',
    cookies,
  } = question
  return world.fetch(`${GATEWAY}/auth/check${path}`, {
    headers: {
      ...question.headers,
      ...(question.proof === null ? {} : { 'x-edgegate-check': question.proof ?? PROOF }),
      'x-forwarded-method': method,
      'x-forwarded-proto': scheme,
      'x-forwarded-host': host,
      'x-forwarded-uri': target,
      'x-forwarded-for': ip,
    },
    ...(cookies ? { cookies } : {}),
  })
}

/** Asks as nginx does with docs/forward-auth/nginx.conf. */
export function askAsNginx(world: World, path: string, question: Question = {}): Promise<Response> {
  const {
    target = '/',
    method = 'GET',
    host = HOST,
    scheme = 'https',
    ip = '203.0.113.7',
    cookies,
  } = question
  return world.fetch(`${GATEWAY}/auth/check${path}`, {
    headers: {
      ...question.headers,
      'x-edgegate-check': question.proof ?? PROOF,
      'x-original-method': method,
      'x-original-url': `${scheme}://${host}${target}`,
      'x-forwarded-for': ip,
    },
    ...(cookies ? { cookies } : {}),
  })
}

/** A page of the gateway's own, through the proxy. */
export function passOn(
  world: World,
  path: string,
  init: RequestInit & { cookies?: Jar; host?: string; proof?: string } = {},
): Promise<Response> {
  const { host = HOST, proof = PROOF, ...rest } = init
  const headers = new Headers(init.headers)
  headers.set('x-edgegate-proxy', proof)
  headers.set('x-forwarded-host', host)
  headers.set('x-forwarded-proto', 'https')
  headers.set('x-forwarded-for', '203.0.113.7')
  return world.fetch(`${GATEWAY}${path}`, { ...rest, headers })
}

/** Signs in through the proxy. */
export async function signInThrough(
  world: World,
  jar: Jar,
  email: string,
  password: string,
  remember = false,
): Promise<Jar> {
  const response = await passOn(world, '/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: email, password, remember }),
    cookies: jar,
  })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  return jar.take(response)
}
