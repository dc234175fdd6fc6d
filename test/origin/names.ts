import fc from 'fast-check'

/** Names that origins, frameworks or other gateways believe; grouped by who does. All must be stripped from visitors' requests. */
export const HOSTILE_NAMES = {
  ourselves: words(`
    Remote-User Remote-Email Remote-Name Remote-Groups Remote-Sub Remote-Addr Remote-Host Remote-Ident
    Remote-Is-Admin X-Auth-User X-Auth-Email X-Auth-Roles X-Auth-Assertion X-Auth-Is-Admin X-Auth-Groups
    X-Auth-Sub X-Auth-Name X-Auth-Kind X-Auth-Fresh X-Auth-Key X-Auth X-Edgegate-User X-Edgegate-Session
  `),
  'oauth2-proxy': words(`
    X-Forwarded-User X-Forwarded-Email X-Forwarded-Preferred-Username X-Forwarded-Groups
    X-Forwarded-Access-Token X-Auth-Request-User X-Auth-Request-Email X-Auth-Request-Groups
    X-Auth-Request-Preferred-Username X-Auth-Request-Access-Token X-Auth-Request-Redirect GAP-Auth
    GAP-Signature
  `),
  'Authelia and Tinyauth': words(`
    X-Authelia-URL X-Authelia-User X-Tinyauth-Location X-Tinyauth-User
  `),
  Grafana: words(`
    X-WEBAUTH-USER X-WEBAUTH-EMAIL X-WEBAUTH-NAME X-WEBAUTH-FULLNAME X-WEBAUTH-GROUPS X-WEBAUTH-ROLE
    X-WEBAUTH-ORG X-JWT-Assertion X-JWT-Payload X-Grafana-User
  `),
  Jenkins: words(`
    X-Forwarded-Mail X-Forwarded-DisplayName X-Forwarded-Groups
  `),
  authentik: words(`
    X-authentik-username X-authentik-groups X-authentik-email X-authentik-name X-authentik-uid
    X-authentik-jwt X-authentik-meta-jwks X-authentik-meta-app X-authentik-entitlements X-authentik
  `),
  Pomerium: words(`
    X-Pomerium-Jwt-Assertion X-Pomerium-Jwt-Assertion-For X-Pomerium-Claim-Email X-Pomerium-Claim-User
    X-Pomerium-Claim-Groups X-Pomerium-Authorization X-Pomerium-Routing-Key Impersonate-User
    Impersonate-Group Impersonate-Uid Impersonate-Extra-Scopes
  `),
  Vouch: words(`
    X-Vouch-User X-Vouch-Success X-Vouch-IdP-Claims-Email X-Vouch-IdP-Claims-Groups X-Vouch-IdP-AccessToken
    X-Vouch-IdP-IdToken X-Vouch-Token
  `),
  'Oathkeeper and generic backends': words(`
    X-User X-User-Id X-User-Email X-User-Name X-User-Role X-User-Roles X-User-Groups X-UserId X-Username
    X-Users X-Userinfo X-Email X-Mail X-Role X-Roles X-Group X-Groups X-Principal X-Principal-Name
    X-Identity X-Identity-Id X-Subject X-Sub X-Uid X-Remote-User X-Remote-Group X-Remote-Extra-Scopes
    X-Remote-IP X-Remote-Addr X-Authenticated-User X-Authenticated-Email X-Authenticated-UserId
    X-Authenticated-Name X-Authenticated-Scope X-Authenticated-Groups X-Authenticated X-Original-User
    X-Admin X-Is-Admin X-Internal X-Internal-Request X-Internal-User X-Logged-In-User X-Login X-LoginName
    X-Current-User X-First-Name X-Last-Name X-Scope X-Scopes X-Permissions X-Claims X-Impersonate-User
    X-On-Behalf-Of X-Proxy-User X-Proxy-REMOTE-USER X-SSO-User X-Session-User Auth-User Auth-Username
    Auth-Email Auth-Type User Username User-Id Userid Logon-User Auth-Password Authenticated-User
    Http-Auth-User X-ID-Token X-Access-Token X-Token-Claims X-Token-Subject X-Authorized-User PHP-AUTH-USER
    PHP-AUTH-PW PHP-Auth-Digest Orig-Remote-User
  `),
  Kong: words(`
    X-Consumer-ID X-Consumer-Username X-Consumer-Custom-ID X-Consumer-Groups X-Credential-Identifier
    X-Credential-Username X-Anonymous-Consumer X-Authenticated-Scope X-Authenticated-UserId
  `),
  'KrakenD, APISIX and Tyk': words(`
    X-Userinfo X-ID-Token X-Access-Token X-Consumer-Name
  `),
  'AWS ALB and API Gateway': words(`
    X-Amzn-Oidc-Data X-Amzn-Oidc-Identity X-Amzn-Oidc-Accesstoken X-Amzn-Mtls-Clientcert
    X-Amzn-Mtls-Clientcert-Subject X-Amzn-Mtls-Clientcert-Leaf X-Amzn-Request-Context X-Amzn-Lambda-Context
    X-Apigateway-Event X-Apigateway-Context CloudFront-Viewer-Address CloudFront-Viewer-Country
    CloudFront-Forwarded-Proto CloudFront-Is-Mobile-Viewer
  `),
  Google: words(`
    X-Goog-Authenticated-User-Email X-Goog-Authenticated-User-Id X-Goog-Iap-Jwt-Assertion
    X-Appengine-User-Email X-Appengine-User-Is-Admin X-Appengine-Remote-Addr X-Appengine-User-Ip
    X-Appengine-Cron X-Appengine-QueueName X-Appengine-Inbound-Appid X-Appengine-Country X-CloudScheduler
    X-CloudTasks-QueueName X-Endpoint-API-UserInfo X-Apigateway-Api-Userinfo X-Google-Real-Ip
  `),
  Azure: words(`
    X-MS-CLIENT-PRINCIPAL X-MS-CLIENT-PRINCIPAL-ID X-MS-CLIENT-PRINCIPAL-NAME X-MS-CLIENT-PRINCIPAL-IDP
    X-MS-TOKEN-AAD-ID-TOKEN X-MS-TOKEN-AAD-ACCESS-TOKEN X-MS-AUTH-INTERNAL-TOKEN X-ARR-ClientCert X-ARR-SSL
    X-ARR-LOG-ID X-Azure-ClientIP X-Azure-SocketIP X-Azure-FDID X-WAWS-Unencoded-URL X-Original-URL
    X-SITE-DEPLOYMENT-ID DISGUISED-HOST X-AppService-Proto
  `),
  'Cloudflare Access': words(`
    Cf-Access-Jwt-Assertion Cf-Access-Authenticated-User-Email Cf-Access-Client-Id Cf-Access-Client-Secret
    Cf-Access-Token CF-Access-User
  `),
  Tailscale: words(`
    Tailscale-User-Login Tailscale-User-Name Tailscale-User-Profile-Pic Tailscale-Headers-Info
    Tailscale-Funnel-Request Tailscale-App-Capabilities
  `),
  'client certificates': words(`
    X-SSL-Client-S-DN X-SSL-Client-Cert X-SSL-Client-Verify X-SSL-Client-DN X-SSL-Cert SSL-Client-Cert
    SSL-Client-S-DN SSL-Client-Verify SSL-Client-SAN-Email X-Client-Cert X-Client-Verify X-Client-DN
    X-Client-Certificate X-Forwarded-Client-Cert X-Forwarded-Tls-Client-Cert
    X-Forwarded-Tls-Client-Cert-Info X-TLS-Client-Cert X-TLS-Client-Verify Client-Cert Client-Cert-Chain
    Cf-Client-Cert-Der-Base64 Cf-Tls-Client-Auth Cert-Subject X-SSL X-Client-S-DN SSL-Cert X-XFCC
  `),
  'single sign-on modules': words(`
    OIDC-Claim-Sub OIDC-Claim-Email OIDC-Access-Token OIDC-Id-Token Shib-Session-ID Shib-Identity-Provider
    Shib-Application-ID Mellon-Name-ID Mellon-User Eppn X-Shib-User SM-User SM_UNIVERSALID
    SM-ServerSessionID SMUSER iv-user iv-groups iv-creds OAM_REMOTE_USER X-OAM-Remote-User CAS-User
    X-CAS-User Saml-NameId X-Saml-User Persistent-Id Targeted-Id X-MSISDN X-NT-User X-Ldap-User X-Adfs-User
    X-MS-Proxy X-MS-Forwarded-Client-IP
  `),
  'applications with their own': words(`
    X-Plex-Username X-Plex-User-Id X-Emby-User-Id X-Scope-OrgID RUT-User X-Trino-User X-Presto-User
    es-security-runas-user X-Proxy-Roles kbn-user X-Airflow-User
  `),
  'client addresses': words(`
    X-Forwarded-For X-Forwarded Forwarded-For Forwarded X-Real-IP X-Client-IP Client-IP X-ClientIP
    True-Client-IP X-True-Client-IP X-True-IP X-Cluster-Client-IP Cluster-Client-IP X-Originating-IP
    X-Remote-IP X-Remote-Addr X-ProxyUser-Ip Fastly-Client-IP X-Forwarded-For-Original X-Forwarded-By
    X-Forwarder-For X-Forward-For X-Original-Forwarded-For X-Original-Remote-Addr CF-Connecting-IP
    CF-Connecting-IPv6 CF-Connecting-O2O CF-Pseudo-IPv4 CF-Real-IP CF-IPCountry CF-IPCity CF-Visitor
    CF-Worker CF-EW-Via CDN-Loop CDN-Src-IP WL-Proxy-Client-IP Proxy-Client-IP X-Envoy-External-Address
    X-Nf-Client-Connection-Ip X-Azure-ClientIP Fly-Client-IP Do-Connecting-IP Ali-CDN-Real-IP
    X-Akamai-Edgescape X-Edge-Client-IP X-Custom-IP-Authorization X-IP X-Host-IP X-Source-IP X-Sourceip
    X-Gateway-Host X-Ip-Trail X-Coming-From X-From-IP X-Sucuri-ClientIP Incap-Client-IP X-BlueCoat-Via Via
    HTTP-Client-IP X-Vercel-Forwarded-For X-Vercel-IP-Country X-Vercel-Proxied-For X-Country-Code
    X-GeoIP-Country Source-IP Real-IP Remote-Port X-Forwarded-Port X-Cdn-Src-Ip
  `),
  'hosts and schemes': words(`
    X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Protocol X-Forwarded-Scheme X-Forwarded-Ssl
    X-Forwarded-Server X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Path X-Forwarded-Base
    X-Forwarded-Context X-Host X-HTTP-Host-Override X-Original-Host X-Backend-Host X-Host-Override
    X-Url-Scheme X-Scheme X-Proto X-HTTPS Front-End-Https X-Forwarded-HTTPS X-Script-Name Script-Name
    X-Ingress-Path X-Server-Name X-Forwarded-Server-Name Server-Name Server-Port HTTPS X-Replaced-Path
    X-Request-Scheme Path-Info
  `),
  'paths and methods': words(`
    X-Original-URL X-Original-URI X-Original-Method X-Rewrite-URL X-Rewrite-URI X-Forwarded-Uri
    X-Forwarded-URL X-Forwarded-Method X-HTTP-Method X-HTTP-Method-Override X-Method-Override X-Method
    X-Request-Uri X-Request-URL Request-Uri Request-Method X-Override-URL X-Override-Method X-Accel-Redirect
    X-Accel-Buffering X-Accel-Mapping X-Sendfile X-Sendfile-Type X-LIGHTTPD-send-file X-Envoy-Original-Path
    X-Envoy-Original-Method X-Proxy-URL X-Proxy-Host X-Waws-Unencoded-Url X-Matched-Path X-Request-Path
  `),
  'frameworks and meshes': words(`
    x-middleware-subrequest x-middleware-invoke x-middleware-prefetch x-middleware-rewrite
    x-middleware-set-cookie x-middleware-override-headers x-middleware-request-x x-middleware-next
    x-invoke-path x-invoke-query x-invoke-status x-invoke-output x-invoke-error x-now-route-matches
    x-now-bridge-request-id x-vercel-id x-vercel-protection-bypass x-vercel-sc-headers x-matched-path
    x-nextjs-rewritten-path x-nextjs-rewritten-query x-next-revalidated-tags x-next-revalidate-tag-token
    x-next-resume x-prerender-revalidate X-Istio-Attributes X-Istio-Jwt-Payload X-Envoy-Internal
    X-Envoy-Decorator-Operation X-Envoy-Upstream-Rq-Timeout-Ms X-Envoy-Peer-Metadata X-Envoy-Retry-On
    Surrogate-Capability X-Nf-Request-Id X-Nf-Account-Id X-Nf-Sign X-Netlify-Original-Pathname l5d-client-id
    l5d-dst-override l5d-ctx-deadline X-Linkerd-Meta X-Astro-Path X-Astro-Locals X-Request-Id
  `),
  'the connection': words(`
    Connection Keep-Alive Proxy-Authenticate Proxy-Authorization Proxy-Connection TE Trailer
    Transfer-Encoding Upgrade HTTP2-Settings Proxy
  `),
} satisfies Readonly<Record<string, readonly string[]>>

/** What sites need to get as it was sent. */
export const HARMLESS_NAMES = {
  'what a browser sends': words(`
    Accept Accept-Encoding Accept-Language Accept-Charset Accept-Datetime Accept-Patch Accept-Ranges
    Authorization Cookie Host Origin Referer User-Agent DNT Sec-GPC Sec-Fetch-Mode Sec-Fetch-Dest
    Sec-Fetch-Site Sec-Fetch-User Sec-Fetch-Storage-Access Sec-CH-UA Sec-CH-UA-Mobile Sec-CH-UA-Platform
    Sec-CH-UA-Full-Version-List Sec-Purpose Purpose Upgrade-Insecure-Requests Save-Data Downlink ECT RTT
    Device-Memory DPR Viewport-Width Width Priority Pragma Cache-Control Date From Expect Early-Data
    Service-Worker Service-Worker-Navigation-Preload Available-Dictionary Dictionary-ID Last-Event-ID
    Ping-From Ping-To Prefer Max-Forwards Warning X-Moz X-Purpose
  `),
  conditions: words(`
    If-Match If-None-Match If-Modified-Since If-Unmodified-Since If-Range If Range
  `),
  content: words(`
    Content-Type Content-Length Content-Encoding Content-Language Content-Disposition Content-Location
    Content-Range Content-MD5 Content-Digest Repr-Digest Want-Content-Digest Digest Content-Security-Policy
    Content-Id
  `),
  WebSocket: words(`
    Sec-WebSocket-Key Sec-WebSocket-Version Sec-WebSocket-Protocol Sec-WebSocket-Extensions
    Sec-WebSocket-Accept
  `),
  CORS: words(`
    Access-Control-Request-Method Access-Control-Request-Headers Access-Control-Request-Private-Network
  `),
  WebDAV: words(`
    Depth Destination Overwrite Lock-Token Timeout Brief Translate X-OC-Mtime OC-Checksum OC-Total-Length
    Schedule-Reply OCS-APIREQUEST Slug If-Schedule-Tag-Match
  `),
  'what applications send to themselves': words(`
    X-CSRF-Token X-CSRFToken X-XSRF-Token CSRF-Token X-Requested-With X-App-Custom X-App-Version X-App-User
    X-App-Role X-API-Key API-Key ApiKey X-API-Version X-API-Token X-User-Agent X-Grpc-Web Grpc-Timeout
    Grpc-Encoding X-Idempotency-Key Idempotency-Key X-Correlation-Id X-Trace-Id X-Session-Token X-Session-Id
    X-Client-Version X-Client-Data X-Client-Name X-Client-Info X-Platform X-Device-Id X-Locale X-Language
    X-Timezone X-Custom X-Custom-Header X-Debug X-Test X-Version X-Upload-Content-Type X-File-Name
    X-Filename X-File-Size Tus-Resumable Upload-Offset Upload-Length Upload-Metadata Upload-Checksum
    X-Chunk-Index X-Sentry-Token Sentry-Trace X-Pjax X-PJAX-Container X-Up-Version X-Up-Target X-Inertia
    X-Inertia-Version X-Inertia-Partial-Data X-Livewire X-Socket-Id Turbo-Frame X-Turbo-Request-Id
    HX-Request HX-Target HX-Trigger HX-Trigger-Name HX-Current-URL HX-Boosted HX-Prompt X-Alpine-Request
    X-WP-Nonce X-Hub-Signature X-Hub-Signature-256 X-GitHub-Event X-GitHub-Delivery X-GitLab-Event
    X-GitLab-Token Stripe-Signature X-Twilio-Signature X-Slack-Signature X-Slack-Request-Timestamp
    X-Shopify-Hmac-Sha256 X-Telegram-Bot-Api-Secret-Token Private-Token X-GitHub-Api-Version Svix-Id
    Kbn-Version Kbn-Xsrf X-Grafana-Org-Id X-Dashboard-Uid X-Panel-Id X-Query-Group-Id X-Amz-Date
    X-Amz-Content-Sha256 X-Amz-Security-Token X-Amz-Meta-Note X-Amz-Acl X-Amz-Copy-Source Next-Action
    Next-Router-State-Tree Next-Router-Prefetch Next-URL RSC X-Nextjs-Data X-Remix-Request
    X-SvelteKit-Action X-Astro-Action X-Deployment-Id Apollo-Require-Preflight X-Apollo-Operation-Name
    GraphQL-Preflight SOAPAction MIME-Version X-HTTP-Status Mcp-Session-Id Mcp-Protocol-Version
    X-Organization X-Workspace-Id X-Project-Id X-Total-Count X-Page X-Signature X-Nonce X-Timestamp X-Token
    X-Secret
  `),
  tracing: words(`
    traceparent tracestate baggage X-B3-TraceId X-B3-SpanId X-B3-Sampled b3 X-Cloud-Trace-Context
    X-Amzn-Trace-Id uber-trace-id X-Datadog-Trace-Id X-Ot-Span-Context newrelic
  `),
  'names of nobody': words(`
    X Accept- Remotely X-Authors X-Author X-Remotes X-Usage Viable Clientele
  `),
} satisfies Readonly<Record<string, readonly string[]>>

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

/** The spellings that a CGI, WSGI, PHP or ASGI origin may take for the same name. */
export function spellingsOf(name: string): readonly string[] {
  const snake = name.replaceAll('-', '_')
  const dotted = name.replaceAll('-', '.')
  return [
    name,
    name.toLowerCase(),
    name.toUpperCase(),
    snake,
    snake.toLowerCase(),
    snake.toUpperCase(),
    dotted,
    dotted.toLowerCase(),
    name.replaceAll('-', '--'),
    name.replaceAll('-', '__'),
    name.replace('-', '_'),
    name.replace('-', '.'),
    name.replaceAll('-', '-_'),
    `-${name}`,
    `--${name}`,
    `_${snake}`,
    `.${name}`,
    `${name}-`,
    `${name}--`,
    `${snake}_`,
    `${name}.`,
    `HTTP_${snake.toUpperCase()}`,
    `http-${name}`,
    `Http_${snake}`,
    `http.${dotted}`,
    `HTTP_HTTP_${snake}`,
    `_HTTP_${snake}`,
  ]
}

/** Any such spelling: each letter in either case, each dash one to three separators, with and without `HTTP_` and ends. */
export function spellingOf(name: string): fc.Arbitrary<string> {
  const separator = fc.stringMatching(/^[-_.]{1,3}$/)
  const end = fc.stringMatching(/^[-_.]{0,2}$/)
  const parts = [...name].map((char) =>
    char === '-' || char === '_' ? separator : fc.constantFrom(char.toLowerCase(), char.toUpperCase()),
  )
  const http = fc.constantFrom('', '', 'HTTP_', 'http-', 'Http.')
  return fc
    .tuple(end, http, fc.tuple(...parts), end)
    .map(([before, prefix, middle, after]) => before + prefix + middle.join('') + after)
}
