/** Browsers send about this much with a navigation; every candidate gets the same. */
export const HEADERS: Readonly<Record<string, string>> = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.7,de;q=0.3',
  'Accept-Encoding': 'gzip, deflate, br',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'same-origin',
  'Sec-Fetch-User': '?1',
}

/** The site's own cookies go along, so that cutting out the gateway's is work. */
export function cookieOf(token: string | null): string {
  return ['theme=dark', ...(token === null ? [] : [`edgegate=${token}`]), 'consent=a.b.c'].join('; ')
}

/** What sites have today; each takes part where it is installed. */
export const PEERS = ['better-auth', 'better-auth-cached', 'flask-login'] as const
export type Peer = (typeof PEERS)[number]

/** Which of its sessions a row's requests carry, or which token instead. */
export type Sessions = 'none' | 'one' | 'many' | 'new' | Bearer
/** Bearer tokens of one user, as the gateway has given them. */
export const BEARERS = ['access-token', 'api-key'] as const
export type Bearer = (typeof BEARERS)[number]
export type Bearers = Readonly<Record<Bearer, string>>

export function isBearer(sessions: Sessions): sessions is Bearer {
  return (BEARERS as readonly string[]).includes(sessions)
}

export interface Row {
  readonly key: string
  readonly label: string
  /** A file of `bench/workers`. Rows of one Worker share a process. */
  readonly worker:
    | 'pass-through'
    | 'floor'
    | 'naive'
    | 'gateway'
    | 'gateway-many-rules'
    | 'gateway-many-sites'
    | Peer
  readonly path: string
  readonly sessions: Sessions
}

export const PASS_THROUGH: Row = {
  key: 'pass-through',
  label: 'bare pass-through',
  worker: 'pass-through',
  path: '/page',
  sessions: 'one',
}

export const FLOOR: Row = {
  key: 'floor',
  label: 'the floor: cut a cookie, four headers, a ready-made assertion',
  worker: 'floor',
  path: '/page',
  sessions: 'one',
}

/** `{many}` in a label stands for the number of sessions that the run has started. */
export const ROWS: readonly Row[] = [
  { key: 'public', label: 'public rule', worker: 'gateway', path: '/public/page', sessions: 'one' },
  {
    key: 'optional',
    label: 'optional rule, anonymous',
    worker: 'gateway',
    path: '/open/page',
    sessions: 'none',
  },
  { key: 'signed-in', label: 'signed-in page, warm', worker: 'gateway', path: '/page', sessions: 'one' },
  {
    key: 'plain',
    label: 'signed-in page, the origin states no `Cache-Control`',
    worker: 'gateway',
    path: '/plain/page',
    sessions: 'one',
  },
  {
    key: 'access-token',
    label: 'access token (JWT), warm',
    worker: 'gateway',
    path: '/page',
    sessions: 'access-token',
  },
  { key: 'api-key', label: 'API key, warm', worker: 'gateway', path: '/page', sessions: 'api-key' },
  {
    key: 'first-sight',
    label: 'signed-in page, first sight of the session',
    worker: 'gateway',
    path: '/page',
    sessions: 'new',
  },
  {
    key: 'many-sessions',
    label: 'signed-in page, {many} sessions in turn',
    worker: 'gateway',
    path: '/page',
    sessions: 'many',
  },
  {
    key: 'public-many-rules',
    label: 'public rule, 1,000 rules',
    worker: 'gateway-many-rules',
    path: '/public/page',
    sessions: 'one',
  },
  {
    key: 'signed-in-many-rules',
    label: 'signed-in page, warm, 1,000 rules',
    worker: 'gateway-many-rules',
    path: '/page',
    sessions: 'one',
  },
  {
    key: 'many-sites',
    label: 'signed-in page, warm, one of 50 sites',
    worker: 'gateway-many-sites',
    path: '/page',
    sessions: 'one',
  },
  {
    key: 'naive',
    label: 'the naive form: KV, SHA-256 and a signature each time',
    worker: 'naive',
    path: '/page',
    sessions: 'one',
  },
  {
    key: 'better-auth',
    label: 'better-auth in workerd, session in D1, then forwards',
    worker: 'better-auth',
    path: '/page',
    sessions: 'one',
  },
  {
    key: 'better-auth-cached',
    label: 'better-auth in workerd with its cookie cache, then forwards',
    worker: 'better-auth-cached',
    path: '/page',
    sessions: 'one',
  },
  {
    key: 'flask-login',
    label: 'Flask-Login under gunicorn, answers by itself',
    worker: 'flask-login',
    path: '/page',
    sessions: 'one',
  },
]
