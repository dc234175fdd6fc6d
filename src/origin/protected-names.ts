import { ASSERTION_HEADER, PRESET_HEADERS } from './presets.ts'

/**
 * A header name as the most forgiving origin reads it: CGI, WSGI and PHP turn `-` into `_`, some servers take `.` or a space for
 * either, and a leading `HTTP_` is what they put in front themselves.
 */
export function foldName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .replace(/^(?:http-)+/, '')
}

/** Families, by prefix of the folded name: identity headers of every gateway that an origin may once have stood behind. */
const FAMILIES = [
  'remote-',
  'auth-user',
  'x-auth-',
  'x-authenticated-',
  'x-authentik-',
  'x-webauth-',
  'x-forwarded-',
  'x-pomerium-',
  'x-vouch-',
  'x-tinyauth-',
  'x-authelia-',
  'x-consumer-',
  'x-credential-',
  'x-anonymous-consumer',
  'x-token-',
  'x-jwt-',
  'x-userinfo',
  'x-id-token',
  'x-access-token',
  'x-user',
  'x-role',
  'x-group',
  'x-email',
  'x-username',
  'x-principal',
  'x-identity',
  'x-remote-',
  'x-original-',
  'x-internal',
  'x-admin',
  'x-plex-',
  'x-emby-',
  'x-goog-authenticated-user-',
  'x-goog-iap-',
  'x-amzn-oidc-',
  'x-amzn-mtls-',
  'x-ms-client-principal',
  'x-ms-token-',
  'x-ssl-',
  'ssl-client-',
  'x-client-cert',
  'x-client-verify',
  'x-client-dn',
  'x-tls-client-',
  'x-forwarded-client-cert',
  'client-cert',
  'cf-access-',
  'cf-connecting-',
  'cf-pseudo-ipv4',
  'cf-worker',
  'cf-ipcountry',
  'cf-visitor',
  'tailscale-',
  'impersonate-',
  'gap-auth',
  'gap-signature',
  'oidc-',
  'shib-',
  'mellon-',
  'x-edgegate-',
  // Where the request came from: only the platform says that.
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-originating-ip',
  'x-proxyuser-',
  'true-client-ip',
  'client-ip',
  'fastly-client-ip',
  'x-azure-',
  'x-appengine-user',
  'x-appengine-remote-',
  // What was asked for: the path and method that the rules looked at are the ones that count.
  'x-rewrite-url',
  'x-host',
  'x-http-host',
  'x-url-scheme',
  'x-scheme',
  'front-end-https',
  'x-http-method',
  'x-method-override',
  'x-accel-',
  'x-sendfile',
  'x-lighttpd-',
  'x-request-id',
  'x-request-uri',
  'x-proxy-',
  // What frameworks and meshes say to themselves.
  'x-middleware-',
  'x-invoke-',
  'x-now-',
  'x-vercel-',
  'x-matched-path',
  'x-nextjs-rewritten-',
  'x-istio-',
  'x-envoy-',
  'x-nf-',
] as const

const EXACT = new Set([
  'forwarded',
  'via',
  'proxy',
  'x-forwarded',
  'x-subject',
  'x-sub',
  'x-uid',
  'x-auth',
  'authenticated-user',
  ...PRESET_HEADERS.map(foldName),
  foldName(ASSERTION_HEADER),
])

/** Begin like a family and are something else: gRPC-Web's name for `User-Agent`. */
const HARMLESS = new Set(['x-user-agent'])

/** RFC 9110 section 7.6.1: what concerns this connection only. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Distinct names are few; a flood of invented ones must not grow the memory. */
const MAX_REMEMBERED = 2048

/**
 * Which headers a visitor may not send to the origin. Decided on the folded name and remembered per spelling, so that a request
 * costs a map look-up per header. `strip` adds names, `pass` lets names through that are stripped by default, but never those
 * that the gateway itself sets.
 */
export function createProtectedNames(options: {
  readonly own: readonly string[]
  readonly strip: readonly string[]
  readonly pass: readonly string[]
}): (name: string) => boolean {
  const own = new Set(options.own.map(foldName))
  const stripped = new Set(options.strip.map(foldName))
  const passed = new Set(options.pass.map(foldName))
  const remembered = new Map<string, boolean>()

  function decide(name: string): boolean {
    const folded = foldName(name)
    if (HOP_BY_HOP.has(folded) || own.has(folded) || stripped.has(folded)) return true
    if (passed.has(folded) || HARMLESS.has(folded)) return false
    return EXACT.has(folded) || FAMILIES.some((prefix) => folded.startsWith(prefix))
  }

  return (name) => {
    const known = remembered.get(name)
    if (known !== undefined) return known
    const decision = decide(name)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(name, decision)
    return decision
  }
}
