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

/** Families, by prefix of the folded name: what origins believe because some gateway, server or module once said it. */
const FAMILIES = words(`
  remote- auth-user auth-email auth-name auth-group auth-role auth-type auth-password auth-request- php-auth-
  x-auth- x-authenticated x-authentik x-authelia- x-tinyauth- x-webauth- x-pomerium- x-vouch- x-edgegate- x-remote-
  x-consumer- x-credential- x-anonymous-consumer x-token- x-jwt- x-userinfo x-id-token x-access-token x-claim x-sso-
  x-user x-role x-group x-email x-username x-principal x-identity x-internal x-admin x-is-admin x-impersonate- impersonate-
  x-on-behalf-of x-plex- x-emby- x-grafana-user
  x-goog-authenticated-user- x-goog-iap- x-google-real-ip x-appengine- x-cloudscheduler x-cloudtasks- x-endpoint-api-userinfo
  x-apigateway- x-amzn-oidc- x-amzn-mtls- x-amzn-request-context x-amzn-lambda-context
  x-ms-client-principal x-ms-token- x-ms-auth-internal- x-ms-proxy x-ms-forwarded- x-arr- x-azure- x-waws- x-appservice-
  x-ssl ssl-client ssl-cert x-client-cert x-client-verify x-client-dn x-client-s-dn x-tls-client- client-cert x-xfcc
  tailscale- gap-auth gap-signature oidc- x-oidc- shib- x-shib- mellon- saml- x-saml- cas- x-cas- sm- iv- oam-

  cf- cdn- fastly- cloudfront- akamai- x-akamai- fly- ali- incap- x-sucuri- wl-proxy- proxy-client- x-cdn- x-edge- x-geoip-
  x-real-ip x-client-ip x-clientip x-true- true-client- x-cluster-client- x-originating- x-proxyuser- x-source-ip x-sourceip
  x-from-ip x-ip-trail x-custom-ip- x-bluecoat-

  x-forwarded x-original- x-rewrite- x-host x-http-host x-backend-host x-url-scheme x-scheme x-request-scheme front-end-https
  x-script-name x-ingress-path x-server-name x-replaced-path x-http-method x-method-override x-override- x-accel- x-sendfile
  x-lighttpd- x-request-id x-request-ur x-request-path x-request-method x-proxy- x-gateway-

  x-middleware- x-invoke- x-now- x-vercel- x-matched-path x-nextjs-rewritten- x-next- x-prerender-revalidate x-prerender-bypass
  x-astro-path x-astro-locals x-astro-middleware- x-istio- x-envoy- x-linkerd- l5d- x-nf- x-netlify- surrogate-
`)

/** Whatever stands before: the many names that sites made up for the same things. */
const ENDINGS = words(`
  -user -username -user-id -userid -user-name -user-email -user-role -user-roles -user-groups
  -client-ip -clientip -real-ip -connecting-ip -remote-ip -remote-addr -src-ip
  -forwarded-for -forwarded-host -forwarded-proto
`)

const EXACT = new Set([
  ...words(`
    forwarded forwarded-for via proxy x-auth x-jwt x-subject x-sub x-uid x-mail x-login x-loginname x-first-name x-last-name
    x-scope x-scopes x-scope-orgid x-permissions x-msisdn x-forward-for x-forwarder-for x-ip x-host-ip x-coming-from x-country-code
    client-ip clientip cluster-client-ip source-ip real-ip x-proto x-https x-method
    user username userid user-id smuser eppn persistent-id targeted-id cert-subject
    disguised-host x-site-deployment-id script-name path-info https request-uri request-method server-name server-port
  `),
  ...PRESET_HEADERS.map(foldName),
  foldName(ASSERTION_HEADER),
])

/** Sound like the above and are something else: gRPC-Web's name for `User-Agent`, a login that comes with its password. */
const HARMLESS = new Set(['x-user-agent', 'x-clickhouse-user'])
/** What browsers keep for themselves (`Sec-Fetch-User`) and what applications call their own. */
const HARMLESS_FAMILIES = ['sec-', 'x-app-']

/** Read by name by whoever looks at a request; in another spelling they can only be meant to contradict. */
const ONE_SPELLING = new Set(['host', 'cookie', 'authorization', 'content-length', 'content-type'])

/** RFC 9110 section 5.6.2. What is no token is no name, and every server would read it in its own way. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

function isHarmless(folded: string): boolean {
  return HARMLESS.has(folded) || HARMLESS_FAMILIES.some((prefix) => folded.startsWith(prefix))
}

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
    if (!TOKEN.test(name)) return true
    const folded = foldName(name)
    if (HOP_BY_HOP.has(folded) || own.has(folded) || stripped.has(folded)) return true
    if (ONE_SPELLING.has(folded)) return name.toLowerCase() !== folded
    if (passed.has(folded) || isHarmless(folded)) return false
    return (
      EXACT.has(folded) ||
      FAMILIES.some((prefix) => folded.startsWith(prefix)) ||
      ENDINGS.some((ending) => folded.endsWith(ending))
    )
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
