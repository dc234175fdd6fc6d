import { cutCookies } from './cut-cookies.ts'
import type { IdentitySettings } from './presets.ts'
import { ASSERTION_HEADER, PRESET_HEADERS } from './presets.ts'
import { createProtectedNames, foldName } from './protected-names.ts'

export interface OriginRequest {
  /** What the visitor sent. */
  readonly headers: Headers
  readonly identity: readonly (readonly [name: string, value: string])[]
  /** From the platform; `null` where it tells none. */
  readonly clientIp: string | null
  readonly proto: 'http' | 'https'
  readonly host: string
  readonly requestId: string
  readonly websocket: boolean
  /** Whether the visitor's `Authorization` was for us and is used up. */
  readonly stripAuthorization: boolean
  /** The visitor's own `Accept-Encoding`, which the platform replaces on the way in. */
  readonly acceptEncoding: string | null
}

/**
 * The headers that the origin receives. First everything is left out that a visitor may not say (whatever rule let the request
 * through, whether or not there is a value of ours), then ours are set: nothing a client names in `Connection` can take them
 * away again, and no spelling of theirs stands beside them.
 */
export function createRequestHeaders(settings: {
  readonly identity: IdentitySettings
  readonly cookieNames: readonly string[]
}): (request: OriginRequest) => Headers {
  const { identity, cookieNames } = settings
  const isProtected = createProtectedNames({
    own: [
      ...PRESET_HEADERS,
      ASSERTION_HEADER,
      ...Object.keys(identity.headers),
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-forwarded-host',
      'x-real-ip',
      'x-request-id',
    ],
    strip: identity.strip,
    pass: identity.pass,
  })

  return (request) => {
    const named = connectionNames(request.headers.get('connection'))
    const headers = new Headers()
    for (const [name, value] of request.headers) {
      if (isProtected(name) || named?.has(foldName(name))) continue
      if (name === 'cookie') {
        const rest = cutCookies(value, cookieNames)
        if (rest !== '') headers.append(name, rest)
      } else if (name !== 'host' && !(name === 'authorization' && request.stripAuthorization)) {
        headers.append(name, value)
      }
    }
    if (request.acceptEncoding !== null) headers.set('accept-encoding', request.acceptEncoding)
    if (request.websocket) headers.set('upgrade', 'websocket')
    if (request.clientIp !== null) {
      headers.set('x-forwarded-for', request.clientIp)
      headers.set('x-real-ip', request.clientIp)
    }
    headers.set('x-forwarded-proto', request.proto)
    headers.set('x-forwarded-host', request.host)
    headers.set('x-request-id', request.requestId)
    for (const [name, value] of request.identity) headers.set(name, value)
    return headers
  }
}

/** The headers that a client declares to be of this connection only, folded; the end-to-end ones among them stay. */
function connectionNames(connection: string | null): ReadonlySet<string> | null {
  if (connection === null) return null
  const names = connection.split(',').map(foldName)
  return new Set(names.filter((name) => !END_TO_END.has(name)))
}

/** RFC 9110 section 7.6.1 forbids naming these; dropping them would change what the request means. */
const END_TO_END = new Set([
  '',
  'close',
  'upgrade',
  'cookie',
  'authorization',
  'cache-control',
  'content-type',
  'content-length',
  'content-encoding',
  'accept',
  'origin',
  'host',
])
