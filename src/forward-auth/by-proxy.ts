import type { Address } from '../gate/canonical-url.ts'
import type { Authenticator } from '../gate/identify.ts'
import { isOwnPath } from '../gate/own-path.ts'
import { problemResponse } from '../http/problem.ts'
import type { OwnRoutes } from '../own-routes.ts'
import type { Services } from '../services.ts'
import { answerCheck } from './check.ts'
import type { Dialect } from './dialect.ts'
import { envoy } from './envoy.ts'
import { forwarded, haproxy } from './forwarded.ts'
import { nginx, nginxRefusal } from './nginx.ts'
import { answerPassedOn } from './passed-on.ts'
import { CHECK_PROOF, clientIpOf, PASS_PROOF } from './proxy-headers.ts'

/** By the address of the check, which the proxy's configuration writes: nothing that a visitor sends chooses among them. */
const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['', forwarded],
  ['/caddy', forwarded],
  ['/traefik', forwarded],
  ['/haproxy', haproxy],
  ['/nginx', nginx],
  ['/nginx/refusal', nginxRefusal],
])

export interface Asker {
  readonly services: Services
  readonly own: OwnRoutes
  readonly ways: readonly Authenticator[]
}

/** Answers a proxy that has proved itself; `null`: this is a visitor like any other, whatever its headers say. */
export async function answerProxy(
  { services, own, ways }: Asker,
  request: Request,
  url: Address,
  ctx: ExecutionContext,
): Promise<Response | null> {
  const { headers } = request
  const clientIp = clientIpOf(headers, request.cf ? headers.get('cf-connecting-ip') : null)
  // The header tells a question from a page, not the path: one that a dot segment leads from here to a page must not be answered with its 200.
  if (services.isProxySecret(headers.get(CHECK_PROOF)))
    return await check(services, ways, request, clientIp, ctx)
  if (services.isProxySecret(headers.get(PASS_PROOF)))
    return await answerPassedOn(services, own, { request, url, clientIp }, ctx)
  return null
}

/** For a Worker that is bound to this one: the binding is the proof, and the path tells a question from a page. */
export async function answerBinding(
  { services, own, ways }: Asker,
  request: Request,
  url: Address,
  ctx: ExecutionContext,
): Promise<Response> {
  const clientIp = clientIpOf(request.headers, null)
  return isOwnPath(url.pathname, `${services.settings.basePath}/check`)
    ? await check(services, ways, request, clientIp, ctx)
    : await answerPassedOn(services, own, { request, url, clientIp }, ctx)
}

async function check(
  services: Services,
  ways: readonly Authenticator[],
  request: Request,
  clientIp: string | null,
  ctx: ExecutionContext,
): Promise<Response> {
  const asked = dialectOf(request.url, `${services.settings.basePath}/check`)
  if (!asked) return problemResponse('not_found', { secure: true, detail: UNKNOWN })
  return await answerCheck(services, ways, { request, clientIp, ...asked }, ctx)
}

const UNKNOWN = 'This is no address of the check; docs/forward-auth.md names them.'

/** Read from the address as it was sent: Envoy puts the visitor's own path behind it, which is not to be tidied up before it is judged. */
function dialectOf(
  address: string,
  base: string,
): { readonly dialect: Dialect; readonly below: string } | null {
  const target = address.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  if (!target.startsWith(base)) return null
  const rest = target.slice(base.length)
  if (rest.startsWith('/envoy/')) return { dialect: envoy, below: rest.slice('/envoy'.length) }
  const dialect = DIALECTS.get(rest.split('?', 1)[0] ?? '')
  return dialect ? { dialect, below: '' } : null
}
