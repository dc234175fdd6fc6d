import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import type { Site } from '../services.ts'
import type { Rule } from './rule.ts'

/** Which other sites' scripts may read what lies under a rule (Fetch, "CORS protocol"). Built once from the configuration. */
export interface Cors {
  /** As browsers write them; compared whole and never by pattern (P29). */
  readonly origins: readonly string[]
  readonly credentials: boolean
  /** `null`: the method that is asked for, as the rule speaks of it. */
  readonly methods: string | null
  readonly headers: string
  readonly maxAgeSeconds: number
}

/**
 * The gateway's own answer to a preflight. It carries no credentials, so nobody is recognised: the rule is that of the method which is
 * asked for. `null`: this is no preflight, or the rule leaves it to others.
 */
export function answerPreflight(site: Site, visit: Visit): Response | null {
  if (visit.kind !== 'preflight') return null
  const { headers } = visit.request
  const method = headers.get('access-control-request-method') ?? ''
  const choice = site.choose(method, visit.url.pathname)
  if (choice.kind === 'ambiguous') return null
  const { cors, preflight } = choice.match.rule
  if (!cors || preflight !== 'answer') return null
  if (!isAllowed(cors, headers.get('origin')))
    return problemResponse('origin_not_allowed', { requestId: visit.requestId, secure: site.secure })
  const answer = new Response(null, { status: 204 })
  answer.headers.set('Access-Control-Allow-Methods', cors.methods ?? method)
  answer.headers.set('Access-Control-Allow-Headers', cors.headers)
  answer.headers.set('Access-Control-Max-Age', String(cors.maxAgeSeconds))
  // Browsers keep preflights in a cache of their own; no other one may.
  answer.headers.set('Cache-Control', 'no-store')
  for (const name of ['Access-Control-Request-Method', 'Access-Control-Request-Headers'])
    answer.headers.append('Vary', name)
  return shareAnswer(answer, cors, headers)
}

/**
 * Says with an answer, whoever it is from, which script may read it. The rule decides alone: what the origin says of it is replaced, so
 * that there are no two opinions, and one that lets every site read with credentials lets none (CVE-2026-54290). What else it says of
 * CORS (methods, headers to expose) stays.
 */
export function shareAnswer(response: Response, cors: Cors, request: Headers): Response {
  // A WebSocket is no answer that CORS speaks of, and cannot be copied.
  if (response.webSocket) return response
  const copy = new Response(response.body, response)
  const { headers } = copy
  headers.delete('Access-Control-Allow-Origin')
  headers.delete('Access-Control-Allow-Credentials')
  // Also where nothing is allowed: a cache must not give this answer to another site's script.
  if (!namesOrigin(headers.get('vary'))) headers.append('Vary', 'Origin')
  const origin = request.get('origin')
  if (!isAllowed(cors, origin)) return copy
  headers.set('Access-Control-Allow-Origin', origin)
  if (cors.credentials) headers.set('Access-Control-Allow-Credentials', 'true')
  if (headers.has('www-authenticate')) headers.append('Access-Control-Expose-Headers', 'WWW-Authenticate')
  return copy
}

function isAllowed(cors: Pick<Cors, 'origins'>, origin: string | null): origin is string {
  return origin !== null && cors.origins.includes(origin)
}

function namesOrigin(vary: string | null): boolean {
  return (vary ?? '').split(',').some((name) => /^\s*(?:origin|\*)\s*$/i.test(name))
}

/** What a site as a whole shares with scripts that may send the visitor's cookies: how the login page's window ended. */
export function signInSharing(rules: readonly Rule[]): Cors {
  const origins = rules.flatMap(({ cors }) => (cors?.credentials ? cors.origins : []))
  return { origins: [...new Set(origins)], credentials: true, methods: null, headers: '', maxAgeSeconds: 0 }
}
