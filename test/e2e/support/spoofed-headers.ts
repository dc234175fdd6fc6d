/** What origins behind some gateway or other believe, and therefore no visitor may send. */
export const IDENTITY_NAMES: readonly string[] = [
  ...['Remote-User', 'Remote-Email', 'Remote-Name', 'Remote-Groups', 'Remote-Sub', 'X-Auth-Assertion'],
  ...['X-Auth-User', 'X-Auth-Email', 'X-Auth-Roles', 'X-Auth-Is-Admin', 'Remote-User-', 'Remote-Anything'],
  ...[
    'X-Remote-User',
    'X-Forwarded-User',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Preferred-Username',
  ],
  ...['X-Forwarded-Access-Token', 'X-Auth-Request-User', 'X-Auth-Request-Email', 'X-Auth-Request-Groups'],
  ...[
    'X-Auth-Request-Access-Token',
    'X-WEBAUTH-USER',
    'X-WEBAUTH-EMAIL',
    'X-WEBAUTH-ROLE',
    'X-JWT-Assertion',
  ],
  ...[
    'X-Forwarded-Mail',
    'X-Forwarded-DisplayName',
    'X-authentik-username',
    'X-authentik-jwt',
    'X-Pomerium-Jwt-Assertion',
  ],
  ...[
    'X-Pomerium-Claim-Email',
    'X-Vouch-User',
    'X-Vouch-IdP-Claims-Email',
    'Tailscale-User-Login',
    'Tailscale-User-Name',
  ],
  ...[
    'Cf-Access-Jwt-Assertion',
    'Cf-Access-Authenticated-User-Email',
    'Cf-Access-Client-Id',
    'Cf-Access-Client-Secret',
  ],
  ...[
    'X-Goog-Authenticated-User-Email',
    'X-Goog-Iap-Jwt-Assertion',
    'X-Amzn-Oidc-Data',
    'X-Amzn-Oidc-Identity',
  ],
  ...[
    'X-Amzn-Oidc-Accesstoken',
    'X-MS-CLIENT-PRINCIPAL',
    'X-MS-CLIENT-PRINCIPAL-NAME',
    'X-MS-TOKEN-AAD-ID-TOKEN',
  ],
  ...[
    'Impersonate-User',
    'Impersonate-Group',
    'X-Consumer-Username',
    'X-Credential-Identifier',
    'X-SSL-Client-S-DN',
  ],
  ...[
    'SSL-Client-Verify',
    'X-Client-Cert',
    'X-Forwarded-Client-Cert',
    'X-User',
    'X-Email',
    'X-Roles',
    'X-Groups',
    'X-Username',
  ],
  ...[
    'GAP-Auth',
    'GAP-Signature',
    'X-Authenticated-User',
    'X-Plex-Username',
    'X-Original-User',
    'X-Internal',
  ],
]

/** What says where a request came from, to whom and for which path: only the platform knows. */
export const FORWARDING_NAMES: readonly string[] = [
  ...[
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Port',
    'X-Forwarded-Server',
    'X-Forwarded-Prefix',
  ],
  ...[
    'X-Forwarded-Uri',
    'X-Forwarded-Method',
    'X-Forwarded-Scheme',
    'X-Forwarded-Ssl',
    'X-Forwarded',
    'Forwarded',
    'Forwarded-For',
  ],
  ...[
    'X-Real-IP',
    'X-Client-IP',
    'Client-IP',
    'True-Client-IP',
    'X-Cluster-Client-IP',
    'Fastly-Client-IP',
    'X-Originating-IP',
  ],
  ...[
    'X-Remote-IP',
    'X-Remote-Addr',
    'X-ProxyUser-Ip',
    'CF-Connecting-IP',
    'CF-Connecting-IPv6',
    'X-Host',
    'X-HTTP-Host-Override',
  ],
  ...[
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Original-Host',
    'X-Url-Scheme',
    'X-Accel-Redirect',
    'X-Sendfile',
    'Front-End-Https',
  ],
  ...[
    'X-HTTP-Method-Override',
    'X-Method-Override',
    'x-middleware-subrequest',
    'x-middleware-rewrite',
    'X-Request-Id',
    'Proxy',
  ],
]

/** Spellings that some origin folds to the same variable: CGI and WSGI fold dashes, and letters have no case. */
export function spellings(name: string): readonly string[] {
  return [
    ...new Set([
      name,
      name.toLowerCase(),
      name.toUpperCase(),
      name.replaceAll('-', '_'),
      name.toUpperCase().replaceAll('-', '_'),
      name.replaceAll('-', '.'),
      name.replace('-', '_'),
      name.replace(/-(?=[^-]*$)/, '.'),
    ]),
  ]
}

/** Header lines as raw bytes, each trying to smuggle an identity past a parser. */
export const RAW_LINES: readonly string[] = [
  'Remote-User : root',
  'Remote-User\t: root',
  ' Remote-User: root',
  '\tRemote-User: root',
  'Remote-User:root',
  'Remote-User:\troot\t',
  'Remote-User: ro\0ot',
  'Remote-User: root\r',
  'Remote-User: root\nRemote-Email: root@evil.example',
  'Remote-User\0: root',
  'Remote\x0bUser: root',
  'Remote User: root',
  'Remote-User\xa0: root',
  'X-Junk: a\r\n Remote-User: root',
  'X-Junk: a\rRemote-User: root',
  'X-Junk: a\nRemote-User: root',
  ': root',
  'Remote-User',
  'Remote-User: a\r\nRemote-User: root',
  'Remote-User: \r\nREMOTE_USER: root',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked\r\nContent-Length: 4',
  'Content-Length: 4\r\nContent-Length: 5',
  'Content-Length: +0',
  'Content-Length: -1',
  'Trailer: Remote-User',
]

/** `Connection` values that ask a careless proxy to drop what it has just set. */
export const CONNECTION_VALUES: readonly string[] = [
  'Remote-User',
  'close, Remote-User',
  'keep-alive, remote-user, x-auth-assertion',
  'REMOTE-USER,X-AUTH-ASSERTION',
  'Remote-User\t',
  ' , ,remote-user, ',
  'close, X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto',
  'close, Cookie',
  'close, Host',
]
