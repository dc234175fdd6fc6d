import { decide, type Visitor } from '../../src/gate/decide.ts'
import { readPath } from '../../src/gate/path.ts'
import { DEFAULT_RULE, type Rule, type Via } from '../../src/gate/rule.ts'
import { type Choice, chooseRule, compileRules, type RuleSet } from '../../src/gate/rules.ts'
import type { Identity } from '../../src/identity.ts'

export const FRESH_SECONDS = 900

export function makeRule(said: Partial<Rule>): Rule {
  return { ...DEFAULT_RULE, ...said }
}

export const ADMIN_RULE = makeRule({ path: '/admin/**', access: { roles: ['admin'] } })

/** An administration for one role, three kinds of public places, a login for everything else. */
export const RULES: RuleSet = compileRules(
  [
    ADMIN_RULE,
    makeRule({ path: '/public/**', access: 'public' }),
    makeRule({ path: '/health', access: 'public' }),
    makeRule({ path: '/assets/*.css', access: 'public' }),
  ],
  DEFAULT_RULE,
)

export function makeIdentity(said: Partial<Identity> = {}): Identity {
  return {
    kind: 'user',
    id: 'user_1',
    email: 'ann@acme.example',
    emailVerified: true,
    username: 'ann',
    name: null,
    roles: [],
    ...said,
  }
}

export function makeVisitor(
  said: Partial<Identity> = {},
  via: Via = 'session',
  ageSeconds = 0,
  mfa: { readonly ageSeconds?: number; readonly owes?: boolean } = {},
): Visitor {
  const { ageSeconds: mfaAge = null, owes = false } = mfa
  return {
    identity: makeIdentity(said),
    via,
    scopes: null,
    isOutOfBounds: false,
    isFresh: (seconds) => ageSeconds < seconds,
    hasMfa: (seconds) => mfaAge !== null && (seconds === null || mfaAge < seconds),
    owesMfa: () => owes,
  }
}

export const ANN = makeVisitor()
export const ADMIN = makeVisitor({ roles: ['admin'] })

/** As the gateway sees a request target: the pathname that the WHATWG parser makes of it. */
export function pathnameOf(target: string): string {
  return new URL(`http://h${target}`).pathname
}

export function choose(target: string, set = RULES, method = 'GET', host = 'h'): Choice {
  return chooseRule(set, readPath(pathnameOf(target)), method, host)
}

export type Verdict = 'allow' | 'deny' | 'bad'

/** What becomes of a request: `bad` is a path that is refused whoever asks. */
export function judge(target: string, visitor: Visitor | null, set = RULES): Verdict {
  const choice = choose(target, set)
  if (choice.kind === 'ambiguous') return 'bad'
  return decide(choice.match.rule, visitor, FRESH_SECONDS).kind === 'refuse' ? 'deny' : 'allow'
}
