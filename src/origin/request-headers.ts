import type { ReceivedHeaders } from '../lib/received-headers.ts'
import { cutCookies } from './cut-cookies.ts'
import type { IdentitySettings } from './presets.ts'
import { ASSERTION_HEADER, headersOf, PRESET_HEADERS } from './presets.ts'
import { createProtectedNames, foldName } from './protected-names.ts'

export interface OriginRequest {
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
 * What the origin receives of what a visitor sent. A copy, from which everything is first left out that a visitor may not say (whatever
 * rule let the request through, whether or not there is a value of ours); then ours are set: nothing a client names in `Connection` can
 * take them away again, and no spelling of theirs stands beside them. The copy is the runtime's own, which keeps letter case, bytes
 * beyond ASCII and separate lines.
 */
export function createHeaderFilter(settings: {
  readonly identity: IdentitySettings
  readonly cookieNames: readonly string[]
  /** What every request carries, whoever asks. */
  readonly always?: readonly (readonly [name: string, value: string])[]
}): (received: ReceivedHeaders, request: OriginRequest) => Headers {
  const { identity, cookieNames, always = [] } = settings
  const isProtected = createProtectedNames({
    own: [
      ...PRESET_HEADERS,
      ...headersOf(identity.presets),
      ASSERTION_HEADER,
      ...Object.keys(identity.headers),
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-forwarded-host',
      'x-real-ip',
      'x-request-id',
      ...always.map(([name]) => name),
    ],
    strip: identity.strip,
    pass: identity.pass,
  })

  const protectedAmong = rememberLists((names) => names.filter(isProtected))

  return (received, request) => {
    const headers = new Headers(received.headers)
    for (const name of protectedAmong(received.names)) headers.delete(name)
    const named = connectionNames(received.get('connection'), isProtected)
    if (named) for (const name of received.names) if (named.has(foldName(name))) headers.delete(name)
    if (request.stripAuthorization) headers.delete('authorization')
    headers.delete('host')
    cutOwnCookies(headers, received.get('cookie'), cookieNames)
    if (request.acceptEncoding !== null) headers.set('accept-encoding', request.acceptEncoding)
    if (request.websocket) headers.set('upgrade', 'websocket')
    if (request.clientIp !== null) {
      headers.set('x-forwarded-for', request.clientIp)
      headers.set('x-real-ip', request.clientIp)
    }
    headers.set('x-forwarded-proto', request.proto)
    headers.set('x-forwarded-host', request.host)
    headers.set('x-request-id', request.requestId)
    for (const [name, value] of always) headers.set(name, value)
    for (const [name, value] of request.identity) headers.set(name, value)
    return headers
  }
}

/** Visitors come back with the same headers over and over; a flood of invented ones only empties this. */
const MAX_LISTS = 500
const MAX_LIST_LENGTH = 1000

/** What a function says of a list of header names, found out once for each list. */
function rememberLists(
  compute: (names: readonly string[]) => readonly string[],
): (names: readonly string[]) => readonly string[] {
  const remembered = new Map<string, readonly string[]>()
  return (names) => {
    const key = names.join('\n')
    const known = remembered.get(key)
    if (known) return known
    const said = compute(names)
    if (remembered.size >= MAX_LISTS) remembered.clear()
    if (key.length <= MAX_LIST_LENGTH) remembered.set(key, said)
    return said
  }
}

function cutOwnCookies(headers: Headers, cookie: string | null, names: readonly string[]): void {
  if (cookie === null) return
  const rest = cutCookies(cookie, names)
  if (rest === '') headers.delete('cookie')
  else if (rest !== cookie) headers.set('cookie', rest)
}

/**
 * The headers that a client declares to be of this connection only, folded, and `null` where there are none but those that go
 * anyway: every HTTP/1.1 browser says `keep-alive`. The end-to-end ones among them stay.
 */
function connectionNames(
  connection: string | null,
  isProtected: (name: string) => boolean,
): ReadonlySet<string> | null {
  if (connection === null) return null
  const names = connection
    .split(',')
    .map(foldName)
    .filter((name) => !END_TO_END.has(name) && !isProtected(name))
  return names.length > 0 ? new Set(names) : null
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
