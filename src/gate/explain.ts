import { canonicalUrl } from './canonical-url.ts'
import { decide, type Visitor } from './decide.ts'
import { chooseForeignRule } from './own-path.ts'
import { readPath } from './path.ts'
import type { Access, Rule } from './rule.ts'
import type { RuleSet } from './rules.ts'

/** How one request would be judged, and why. For the operator; uses the very functions that judge. */
export interface Explanation {
  /** What the origin would receive. */
  readonly path: string
  /** Every way an origin might read the path; one entry for a plain path. */
  readonly readings: readonly string[]
  readonly rules: readonly ExplainedRule[]
  readonly outcome: Outcome
}

export interface ExplainedRule {
  /** Position in the configuration; -1 is the built-in rule for everything else. */
  readonly index: number
  readonly path: string
  readonly access: string
  /** Why it does not speak of this request, or `null` when it does. */
  readonly miss: 'path' | 'method' | 'host' | null
  readonly decides: boolean
}

export type Outcome =
  | { readonly kind: 'refused_path'; readonly reason: string }
  | { readonly kind: 'forwarded'; readonly identity: boolean }
  | { readonly kind: 'guest_made' }
  | { readonly kind: 'refused'; readonly reason: string; readonly answer: string }

export function explain(
  rules: RuleSet,
  request: {
    readonly method: string
    readonly target: string
    readonly host: string
    readonly basePath: string
  },
  visitor: Visitor | null,
  freshSeconds: number,
): Explanation {
  // Put behind a host as text: resolved against it, `//admin` would be another host.
  const url = canonicalUrl(
    `http://gateway.invalid${request.target.startsWith('/') ? '' : '/'}${request.target}`,
  )
  if (!url) return unreadable(request.target)
  const { pathname, search } = url
  const reading = readPath(pathname)
  const readings =
    reading.kind === 'readings'
      ? [reading.path, ...reading.others]
      : reading.kind === 'plain'
        ? [reading.path]
        : []
  const choice = chooseForeignRule(rules, reading, request)
  const chosen = choice.kind === 'rule' ? choice.match : null
  const traced = rules.trace(readings[0] ?? pathname, request.method, request.host)
  return {
    path: pathname + search,
    readings,
    rules: [
      // A rule that decides in spite of the spelling does speak of the request.
      ...traced.map(({ rule, index, miss }) =>
        chosen?.index === index ? describe(rule, index, null, true) : describe(rule, index, miss, false),
      ),
      ...(chosen?.index === -1 ? [describe(chosen.rule, -1, null, true)] : []),
    ],
    outcome:
      choice.kind === 'ambiguous'
        ? { kind: 'refused_path', reason: choice.reason }
        : outcomeOf(choice.match.rule, visitor, freshSeconds),
  }
}

function unreadable(target: string): Explanation {
  return { path: target, readings: [], rules: [], outcome: { kind: 'refused_path', reason: 'it is no URL' } }
}

function describe(rule: Rule, index: number, miss: ExplainedRule['miss'], decides: boolean): ExplainedRule {
  return { index, path: rule.path, access: accessText(rule.access), miss, decides }
}

function outcomeOf(rule: Rule, visitor: Visitor | null, freshSeconds: number): Outcome {
  const decision = decide(rule, visitor, freshSeconds)
  switch (decision.kind) {
    case 'allow':
      return { kind: 'forwarded', identity: visitor !== null && rule.access !== 'public' }
    case 'make_guest':
      return { kind: 'guest_made' }
    case 'refuse':
      return { kind: 'refused', reason: decision.reason, answer: answerText(rule, decision.reason) }
  }
}

function answerText(rule: Rule, reason: string): string {
  if (reason === 'forbidden' || reason === 'insufficient_scope') return '403'
  const isStepUp = reason === 'not_fresh' || reason === 'second_factor'
  if (rule.deny !== 'login') return isStepUp ? '401' : String(rule.deny)
  if (reason === 'second_factor') return 'show a second factor (scripts: 401)'
  return isStepUp ? 'confirm the password (scripts: 401)' : 'the login page (scripts: 401)'
}

export function accessText(access: Access): string {
  if (typeof access === 'string') return access
  const [[kind, names] = ['', []]] = Object.entries(access) as [string, string[]][]
  return `${kind}: ${names.join(', ')}`
}
