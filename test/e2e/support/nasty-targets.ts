/** How `..` is written by who hopes that only one of two programs understands it. */
const UPS = [
  '..',
  '%2e%2e',
  '.%2e',
  '%2E.',
  '%252e%252e',
  '%25252e%25252e',
  '..;',
  '..;x=y',
  '%2e%2e;',
  '..%00',
  '..%20',
  '..%09',
  '%c0%ae%c0%ae',
  '%e0%80%ae%e0%80%ae',
  '%u002e%u002e',
  '%ef%bc%8e%ef%bc%8e',
  '...',
] as const

/** The same for `/`. */
const SEPARATORS = [
  '/',
  '//',
  '%2f',
  '%2F',
  '%252f',
  '\\',
  '%5c',
  '%255C',
  '/./',
  '/%2e/',
  '/;/',
  '%c0%af',
  '%u2215',
  '%ef%bc%8f',
] as const

const STARTS = [
  '/public',
  '/assets',
  '/health',
  '/optional/a',
  '/auth',
  '/auth/login',
  '/.well-known',
] as const

/** From an open place to a closed one. */
export const TRAVERSALS: readonly string[] = [
  ...STARTS.flatMap((start) =>
    UPS.flatMap((up) =>
      SEPARATORS.map((separator) => `${start}${separator}${up}${separator}admin${separator}users`),
    ),
  ),
  ...UPS.flatMap((up) => [
    `/public/${up}/${up}/admin`,
    `/public/x/${up}/${up}/admin/users`,
    `/assets/${up}/admin/x.css`,
  ]),
  ...UPS.flatMap((up) => [`/${up}/admin`, `/public/${up}`, `/admin/${up}/app`, `//public/${up}/admin`]),
]

/** A closed place by another spelling. */
export const ALIASES = words(String.raw`
  /Admin/users /ADMIN /aDMIN/users /%61dmin/users /%41dmin/users /%2561dmin/users /adm%69n /%2541dmin
  //admin/users ///admin /./admin /.//admin /%2e/admin /%2fadmin /%5cadmin/users /\admin \admin /\/admin
  /admin;x=1/users /admin;/users /;/admin/users /;x=1/admin /admin%3bx/users /;a=b;c/admin;d/users;e
  /admin/ /admin// /admin/users// /admin/. /admin/./users /admin/%2e /admin/users/.. /admin%2fusers /admin%5cusers
  /admin. /admin.. /admin%20 /admin%09 /admin%00 /admin%0a /admin%0d%0ax:y /admin%7f /admin+ /admin%2e
  /admin%00.css /admin/users%00.css /admin/users;.css /admin/users/.css /admin::$DATA /admin:80 /admin~1
  /adm%C4%B1n /%EF%BC%A1dmin /admin%e2%80%8b /%e2%80%8eadmin /admi%6e%cc%81 /%c1%a1dmin /%u0061dmin
  /admin?x=/public/ /admin?/../public/x /admin#/public /admin?# /admin%3f/public /admin%23/public /admin%253f
`)

/** An open place with something odd in it. */
export const ODDITIES = words(String.raw`
  /public/% /public/%zz /public/%2 /public/%c3%28 /public/%ff /public/%00 /public/x%0b /public/%1f
  /public;x /public;/x /public%2f /public%2fx /public%5cx /public\x /public%20 /public. /public%00/x /public%3fx
  /%70ublic/x /publi%63 /publi%63/x /%70%75%62%6c%69%63 /he%61lth /%2e/public/x /%2fpublic/x /%2570ublic/x
  /Public/x /PUBLIC /HEALTH /health/ /health// /health;x /health%20 /health%00 /health. /health/. /health%2f
  /assets/site.css/x /assets/site.css;x /assets/site.css%00 /assets/site.css%2fx /assets/a%2fb.css /assets/a/b.css
  /assets/.css /assets//site.css /assets/site.CSS /assets/site%2ecss /assets%2fsite.css /assets/site.css%20
  /assets/..%2fadmin%2fx.css /assets/..%5cadmin%5cx.css /assets/%3f/../../admin/x.css /assets/admin;.css
  /assets/x%3f.css /assets/x%23.css /x/assets/site.css /publicx /public.html /public-private/x /xpublic/x
  /app /app/public/x / // /// /. /.. /%2e%2e /%2f /%5c /;
`)

/** Request targets that are no plain path (RFC 9112 section 3.2). `{host}` is the gateway's own. */
export const FORMS: readonly string[] = [
  '',
  ...words(`
    http://{host}/admin/users http://{host}/public/../admin/users http://{host}//admin HTTP://{host}/admin
    http://evil.example/admin http://evil.example/public/../admin https://{host}/admin http://u:p@{host}/admin
    http://{host}@evil.example/admin http://evil.example#@{host}/admin http://{host}:80/admin http:///admin
    file:///admin javascript:alert(1) admin ../admin public/../admin ?x #x * ** {host}:443 {host} @{host}/admin :80/admin
  `),
]

/** Bytes that have no place in a request line, as latin1. */
export const BYTES: readonly string[] = [
  ...[
    '\0',
    '\t',
    '\x0b',
    '\x0c',
    '\x1f',
    '\x7f',
    '\x80',
    '\xa0',
    '\xc0\xae',
    '\xff',
    ' ',
    '\r',
    '\n',
    '"',
    '<',
    '>',
    '`',
    '|',
    '{',
    '^',
  ],
].flatMap((byte) => [
  `/admin${byte}/users`,
  `/admin/users${byte}`,
  `/${byte}admin`,
  `/public/..${byte}/admin`,
  `/public${byte}/../admin`,
])

/** Header lines with which some origins and frameworks are told another path, method or host than the request line's. */
export const OVERRIDES: readonly (readonly [name: string, value: string])[] = [
  ...[
    'X-Original-URL',
    'X-Original-URI',
    'X-Rewrite-URL',
    'X-Forwarded-Uri',
    'X-Forwarded-Path',
    'X-Forwarded-Prefix',
  ].map((name) => [name, '/public/x'] as const),
  ...[
    'X-Replaced-Path',
    'X-Envoy-Original-Path',
    'X-Accel-Redirect',
    'X-Script-Name',
    'Script-Name',
    'Path-Info',
  ].map((name) => [name, '/public'] as const),
  ...[
    'X-HTTP-Method-Override',
    'X-HTTP-Method',
    'X-Method-Override',
    'X-Forwarded-Method',
    'X-Original-Method',
  ].map((name) => [name, 'OPTIONS'] as const),
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Real-IP', '127.0.0.1'],
  ['X-Forwarded-Host', 'localhost'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Host', 'localhost'],
  ['Forwarded', 'for=127.0.0.1;host=localhost;proto=https'],
  ['CF-Connecting-IP', '127.0.0.1'],
  ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'],
  ['User-Agent', 'GoogleHC/1.0'],
  ['User-Agent', 'kube-probe/1.30'],
  ['Origin', 'null'],
  ['Access-Control-Request-Method', 'GET'],
]

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
