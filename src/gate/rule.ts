import type { Cors } from './cors.ts'

/** What a path asks of the visitor. Durations are seconds. Built by the configuration, never changed afterwards. */
export interface Rule {
  /** Pattern: `*` is one segment or a part of one, `**` any depth; `/a/**` covers `/a` too. */
  readonly path: string
  readonly access: Access
  /** Upper-case methods the rule speaks of; `null` is all. `GET` includes `HEAD`. */
  readonly methods: readonly string[] | null
  /** Lower-case hosts the rule speaks of; `null` is every host of the site. */
  readonly hosts: readonly string[] | null
  /** Oldest real credential that will do, in seconds; `default` is `session.fresh`, `null` does not ask. */
  readonly fresh: number | 'default' | null
  /** Oldest second factor that will do, in seconds; `once`: any of this session; `null` does not ask. */
  readonly mfa: number | 'once' | null
  /** By which means a visitor may come. */
  readonly via: readonly Via[]
  /** What a token must be good for; sessions are their owners and are not asked. */
  readonly scopes: readonly string[]
  /** Whether a navigation here keeps the session alive. */
  readonly slide: boolean
  readonly deny: Deny
  /** `answer` by `cors`. */
  readonly preflight: 'pass' | 'refuse' | 'answer'
  /** Which other sites' scripts may read the answers; `null` leaves it to the origin. */
  readonly cors: Cors | null
  /** `strict` asks the database on each request whether the session has been ended. */
  readonly revocation: 'bounded' | 'strict'
}

export type Via = 'session' | 'token'
/** How an anonymous visitor is refused: `login` redirects navigations, a number answers with that status. */
export type Deny = 'login' | 401 | 403 | 404

export type Access =
  | 'public'
  | 'optional'
  | 'guest'
  | 'user'
  | { readonly roles: readonly string[] }
  | { readonly users: readonly string[] }
  | { readonly emailDomains: readonly string[] }

/** How much an access asks for; a stricter one includes the laxer. */
export function strictness(access: Access): number {
  if (typeof access === 'object') return 4
  return { public: 0, optional: 1, guest: 2, user: 3 }[access]
}

/** What a path asks that no rule names: a login. */
export const DEFAULT_RULE: Rule = {
  path: '/**',
  access: 'user',
  methods: null,
  hosts: null,
  fresh: null,
  mfa: null,
  via: ['session', 'token'],
  scopes: [],
  slide: true,
  deny: 'login',
  preflight: 'refuse',
  cors: null,
  revocation: 'bounded',
}
