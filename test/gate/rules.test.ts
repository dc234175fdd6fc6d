import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPattern } from '../../src/gate/pattern.ts'
import { DEFAULT_RULE, type Rule } from '../../src/gate/rule.ts'
import { compileRules } from '../../src/gate/rules.ts'
import { ANN, choose, judge, makeRule } from './support.ts'

/** One rule against one path, the slow and obvious way. */
function matchesPattern(pattern: readonly string[], segments: readonly string[]): boolean {
  const [head, ...rest] = pattern
  if (head === undefined) return segments.length === 0
  if (head === '**') {
    return (
      segments.some((_, skipped) => matchesPattern(rest, segments.slice(skipped))) || matchesPattern(rest, [])
    )
  }
  const [segment, ...others] = segments
  if (segment === undefined || !matchesSegment(head, segment)) return false
  return matchesPattern(rest, others)
}

function matchesSegment(glob: string, segment: string): boolean {
  if (glob === '*') return segment !== ''
  const source = glob
    .split('*')
    .map((text) => text.replaceAll(/[^a-z0-9]/gi, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${source}$`).test(segment)
}

function firstMatch(rules: readonly Rule[], path: string, method: string, host: string): number {
  return rules.findIndex(
    (rule) =>
      matchesPattern(rule.path.split('/').slice(1), path.split('/').slice(1)) &&
      (!rule.methods ||
        rule.methods.includes(method) ||
        (method === 'HEAD' && rule.methods.includes('GET'))) &&
      (!rule.hosts || rule.hosts.includes(host)),
  )
}

const piece = fc.constantFrom('a', 'b', 'ab', 'a.css', '*', 'a*', '*b', '*.css', 'a*b', '*a*', '**')
const pattern = fc
  .array(piece, { minLength: 0, maxLength: 4 })
  .map((pieces) => `/${pieces.join('/')}`)
  .filter((text) => checkPattern(text) === null)
const rule = fc
  .record({
    path: pattern,
    methods: fc.constantFrom(null, null, null, ['GET'], ['POST', 'PUT']),
    hosts: fc.constantFrom(null, null, null, ['h'], ['i']),
  })
  .map(makeRule)
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'aab', 'abab', 'a.css', 'b.css', 'c', ''), { maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`)
const request = fc.tuple(
  path,
  fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'),
  fc.constantFrom('h', 'i', 'j'),
)

describe('which rule matches', () => {
  it('the tree finds what looking at each rule in turn finds', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), request, (rules, [text, method, host]) => {
        const found = compileRules(rules, DEFAULT_RULE).match(text, method, host)
        expect(found.index).toBe(firstMatch(rules, text, method, host))
        expect(found.rule).toBe(rules[found.index] ?? DEFAULT_RULE)
      }),
      { numRuns: 3000 },
    )
  })

  it('the trace names the same rule as the first that misses nothing', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), request, (rules, [text, method, host]) => {
        const set = compileRules(rules, DEFAULT_RULE)
        const traced = set.trace(text, method, host)
        expect(traced.map(({ index }) => index)).toEqual(rules.map((_, index) => index))
        expect(traced.findIndex(({ miss }) => miss === null)).toBe(set.match(text, method, host).index)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['/admin/**', '/admin', true],
    ['/admin/**', '/admin/', true],
    ['/admin/**', '/admin/a/b', true],
    ['/admin/**', '/administrator', false],
    ['/admin/**', '/x/admin', false],
    ['/a/*', '/a', false],
    ['/a/*', '/a/', false],
    ['/a/*', '/a/b', true],
    ['/a/*', '/a/b/c', false],
    ['/a/*.css', '/a/x.css', true],
    ['/a/*.css', '/a/x.css.map', false],
    ['/a/x*', '/a/x', true],
    ['/a/x*y*z', '/a/xz', false],
    ['/a/x*y*z', '/a/xyyz', true],
    ['/**/x', '/x', true],
    ['/**/x', '/a/b/x', true],
    ['/**/x', '/a/b/xy', false],
    ['/a/**/x/**', '/a/x', true],
    ['/a/**/x/**', '/a/b/x/c', true],
    ['/', '/', true],
    ['/', '/a', false],
    ['/**', '/', true],
    ['/a', '/a/', false],
  ])('%s and %s: %s', (text, against, expected) => {
    expect(compileRules([makeRule({ path: text })], DEFAULT_RULE).match(against, 'GET', 'h').index).toBe(
      expected ? 0 : -1,
    )
  })

  it('a pattern of many stars is matched without going back', () => {
    const set = compileRules([makeRule({ path: `/${'a*'.repeat(50)}b` })], DEFAULT_RULE)
    expect(set.match(`/${'a'.repeat(100_000)}`, 'GET', 'h').index).toBe(-1)
  })
})

describe('P3: letter case and a trailing slash', () => {
  it('a rule that asks the database on each request counts in any spelling', () => {
    const set = compileRules(
      [makeRule({ path: '/Vault/**', revocation: 'strict' }), makeRule({ path: '/**' })],
      DEFAULT_RULE,
    )
    expect(choose('/vault/x', set)).toMatchObject({ match: { rule: { revocation: 'strict' } } })
  })

  const admin = makeRule({ path: '/admin/**', access: { roles: ['admin'] } })

  it.each([
    ['upper case in the path', [admin], '/ADMIN/x'],
    ['upper case in the rule', [makeRule({ path: '/Admin/**', access: { roles: ['admin'] } })], '/admin/x'],
    ['in both, differently', [makeRule({ path: '/adMIN/**', access: { roles: ['admin'] } })], '/ADmin/x'],
    [
      'accents written apart',
      [makeRule({ path: '/e\u0301t\u00e9/**', access: { roles: ['admin'] } })],
      '/%C3%A9t%C3%A9/x',
    ],
    ['beyond ASCII', [makeRule({ path: '/ärzte/**', access: { roles: ['admin'] } })], '/%C3%84rzte/x'],
    ['a slash too many', [makeRule({ path: '/report', access: { roles: ['admin'] } })], '/report/'],
    ['a slash too few', [makeRule({ path: '/report/', access: { roles: ['admin'] } })], '/report'],
    ['both', [makeRule({ path: '/Report/', access: { roles: ['admin'] } })], '/rePORT'],
    [
      'behind a laxer rule that the spelling meets as well',
      [
        makeRule({ path: '/app/LOGIN', access: 'optional' }),
        makeRule({ path: '/app/**', access: { roles: ['admin'] } }),
      ],
      '/APP/login',
    ],
    [
      'before a laxer rule that the path meets exactly',
      [admin, makeRule({ path: '/**', access: 'public' })],
      '/Admin',
    ],
  ])('a rule that restricts counts in any spelling: %s', (_name, rules, target) => {
    const set = compileRules(rules, DEFAULT_RULE)
    expect(judge(target, ANN, set)).toBe('deny')
    expect(judge(target, null, set)).toBe('deny')
  })

  it.each([
    ['/open', '/open/'],
    ['/open/', '/open'],
    ['/open', '/OPEN'],
    ['/OPEN/x', '/open/x'],
    ['/open/**', '/Open/x'],
  ])('a rule that permits counts in its own only: %s does not open %s', (text, target) => {
    const set = compileRules([makeRule({ path: text, access: 'public' })], DEFAULT_RULE)
    expect(judge(target, null, set)).toBe('deny')
    expect(judge(text.replace('**', 'x'), null, set)).toBe('allow')
  })

  it('a rule later in the list does not take back what an earlier one gave', () => {
    const set = compileRules(
      [
        makeRule({ path: '/docs', access: 'public' }),
        makeRule({ path: '/docs/**', access: { roles: ['staff'] } }),
      ],
      DEFAULT_RULE,
    )
    expect(judge('/docs', null, set)).toBe('allow')
    expect(judge('/docs/', null, set)).toBe('deny')
  })

  it.each<[string, Partial<Rule>]>([
    ['fresh', { fresh: 60 }],
    ['fresh by default', { fresh: 'default' }],
    ['mfa', { mfa: 'once' }],
    ['via', { via: ['token'] }],
    ['fewer roles', { access: { roles: ['admin'] } }],
  ])('what a rule asks for besides a login counts too: %s', (_name, said) => {
    const strict = makeRule({ path: '/app/danger', access: { roles: ['admin', 'staff'] }, ...said })
    const lax = makeRule({ path: '/app/**', access: { roles: ['admin', 'staff'] } })
    const choice = choose('/app/DANGER', compileRules([strict, lax], DEFAULT_RULE))
    expect(choice).toMatchObject({ kind: 'rule', match: { index: 0 } })
  })

  it.each<[string, Partial<Rule>, Partial<Rule>]>([
    ['two roles', { access: { roles: ['a'] } }, { access: { roles: ['b'] } }],
    ['a role and a user', { access: { roles: ['a'] } }, { access: { users: ['b'] } }],
    ['two domains', { access: { emailDomains: ['a.example'] } }, { access: { emailDomains: ['b.example'] } }],
    ['a role and a recent sign-in', { access: { roles: ['a'] } }, { fresh: 60 }],
    ['a length of time and the default one', { fresh: 60 }, { fresh: 'default' }],
    ['a way and a role', { via: ['token'] }, { access: { roles: ['a'] } }],
  ])('when neither asks for all that the other asks the path is refused: %s', (_name, one, other) => {
    const rules = [makeRule({ path: '/app/danger', ...one }), makeRule({ path: '/app/**', ...other })]
    expect(choose('/app/DANGER', compileRules(rules, DEFAULT_RULE)).kind).toBe('ambiguous')
    expect(choose('/app/danger', compileRules(rules, DEFAULT_RULE)).kind).toBe('rule')
  })

  it('a preflight that one spelling lets pass does not pass by another', () => {
    const rules = [makeRule({ path: '/api/closed' }), makeRule({ path: '/api/**', preflight: 'pass' })]
    expect(choose('/api/CLOSED', compileRules(rules, DEFAULT_RULE), 'OPTIONS')).toMatchObject({
      kind: 'rule',
      match: { index: 0 },
    })
  })

  it('the spelling decides whenever a rule was written for it, whoever asks and however rules are mixed', () => {
    const access = fc.constantFrom<Rule['access']>('public', 'optional', 'guest', 'user', {
      roles: ['admin'],
    })
    const mixed = fc
      .record({
        path: fc.constantFrom('/a', '/A', '/a/', '/a/**', '/A/**', '/a/b', '/A/B', '/**', '/*/b', '/*'),
        access,
      })
      .map(makeRule)
    const target = fc.constantFrom('/a', '/A', '/a/', '/A/', '/a/b', '/A/b', '/a/B', '/a/b/', '/A/B/')
    fc.assert(
      fc.property(fc.array(mixed, { maxLength: 5 }), target, (rules, text) => {
        const index = firstMatch(rules, text, 'GET', 'h')
        const end = index < 0 ? rules.length : index
        // Rules before the first exact match that would have matched under some other spelling of the same path.
        const spellings = [text, text.replace(/\/$/, ''), `${text}/`].map((path) => path.toLowerCase())
        const asked = rules
          .slice(0, end)
          .filter((rule) =>
            spellings.some((path) =>
              matchesPattern(rule.path.toLowerCase().split('/').slice(1), path.split('/').slice(1)),
            ),
          )
        const closed = [...asked, rules[index] ?? DEFAULT_RULE].some(
          (rule) => typeof rule.access === 'object',
        )
        expect(judge(text, ANN, compileRules(rules, DEFAULT_RULE)) === 'allow').toBe(!closed)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('P3: readings that fall under different rules', () => {
  it('are refused for everybody, whichever way the rules point', () => {
    const set = compileRules(
      [
        makeRule({ path: '/a/*', access: 'public' }),
        makeRule({ path: '/b/**', access: { roles: ['admin'] } }),
      ],
      DEFAULT_RULE,
    )
    for (const target of ['/a/x%2fy', '/a/..%2fb', '/b;/../a/x%2fb', '/a//x', '/a/x%3f%2f'])
      expect(judge(target, null, set), target).toBe('bad')
  })

  it('a reading that only an unusual order of decoding and resolving gives counts as well', () => {
    // Decode, resolve, decode, resolve: once `/public/%2e%2e/admin/public`, then `/admin/public`.
    expect(judge('/public/%252e%252e%2fadmin%2f%252e%252e%2f..%2fpublic', null)).toBe('bad')
    // A fullwidth percent sign becomes one that can be decoded only by folding.
    expect(judge('/public/%EF%BC%852e%EF%BC%852e/admin', null)).toBe('bad')
  })
})

describe('methods and hosts of a rule', () => {
  const rules = [
    makeRule({ path: '/x', methods: ['GET'], access: 'public' }),
    makeRule({ path: '/y', hosts: ['h'], access: 'public' }),
  ]
  const set = compileRules(rules, DEFAULT_RULE)

  it.each([
    ['GET', 0],
    ['HEAD', 0],
    ['POST', -1],
    ['OPTIONS', -1],
    ['get', -1],
    ['PROPFIND', -1],
  ])('a rule for GET speaks of GET and HEAD alone: %s', (method, index) => {
    expect(set.match('/x', method, 'h').index).toBe(index)
  })

  it('HEAD alone does not include GET', () => {
    const heads = compileRules([makeRule({ path: '/x', methods: ['HEAD'], access: 'public' })], DEFAULT_RULE)
    expect(heads.match('/x', 'GET', 'h').index).toBe(-1)
  })

  it('a rule for a host speaks of it alone', () => {
    expect(set.match('/y', 'GET', 'h').index).toBe(1)
    expect(set.match('/y', 'GET', 'h:8080').index).toBe(-1)
    expect(set.match('/y', 'GET', 'x.h').index).toBe(-1)
  })

  it('a rule that speaks of another method does not restrict this one by its spelling', () => {
    const mixed = compileRules(
      [makeRule({ path: '/Z', methods: ['POST'], access: { roles: ['admin'] } })],
      DEFAULT_RULE,
    )
    expect(judge('/z', ANN, mixed)).toBe('allow')
    expect(choose('/z', mixed, 'POST')).toMatchObject({ match: { index: 0 } })
  })
})

describe('patterns', () => {
  it.each([
    '',
    'a',
    '/a?b',
    '/a#b',
    '/a;b',
    '/a%20b',
    '/a\\b',
    '/a b',
    '/a//b',
    '/./a',
    '/../a',
    '/a/..',
    '/a**',
    '/**/**/a',
    '/a\0',
  ])('%j is refused', (text) => expect(checkPattern(text)).not.toBeNull())

  it.each([
    '/',
    '/a',
    '/a/',
    '/**',
    '/a/**/b/**',
    '/a/*/c',
    '/*.css',
    '/café',
    '/a..b',
    '/.well-known/**',
    '/~me',
  ])('%s is accepted', (text) => expect(checkPattern(text)).toBeNull())
})
