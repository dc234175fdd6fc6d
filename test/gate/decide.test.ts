import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decision, decide, type Visitor } from '../../src/gate/decide.ts'
import type { Access, Rule, Via } from '../../src/gate/rule.ts'
import type { Identity } from '../../src/identity.ts'
import { FRESH_SECONDS, makeRule, makeVisitor } from './support.ts'

const ROLES = { roles: ['admin', 'owner'] }
const USERS = { users: ['Boss@Acme.example', 'bob', 'user_7'] }
const DOMAINS = { emailDomains: ['Acme.example'] }
const ACCESSES = [
  'public',
  'optional',
  'guest',
  'user',
  ROLES,
  USERS,
  DOMAINS,
] as const satisfies readonly Access[]

const VISITORS = {
  nobody: null,
  'a guest': makeVisitor({ kind: 'guest', id: 'guest_1', email: null, emailVerified: false, username: null }),
  'a guest with the role': makeVisitor({ kind: 'guest', roles: ['admin'] }),
  'a user of elsewhere': makeVisitor({ email: 'ann@elsewhere.example' }),
  'a user of the domain': makeVisitor(),
  'an admin of elsewhere': makeVisitor({ email: 'ann@elsewhere.example', roles: ['staff', 'admin'] }),
  'a named user of elsewhere': makeVisitor({ email: 'bob@elsewhere.example', username: 'bob' }),
  'a service': makeVisitor({
    kind: 'service',
    id: 'service_1',
    email: null,
    emailVerified: false,
    username: null,
  }),
  'a service with the role': makeVisitor({ kind: 'service', id: 'service_2', email: null, roles: ['owner'] }),
} as const

/** `+` allowed, `g` after becoming a guest, `?` must sign in, `r` `u` `d` lacks the role, is not the user, not of the domain. */
const EXPECTED: Record<keyof typeof VISITORS, string> = {
  //                            public optional guest user roles users domains
  nobody: '+ + g ? ? ? ?',
  'a guest': '+ + + ? ? ? ?',
  'a guest with the role': '+ + + ? ? ? ?',
  'a user of elsewhere': '+ + + + r u d',
  'a user of the domain': '+ + + + r u +',
  'an admin of elsewhere': '+ + + + + u d',
  'a named user of elsewhere': '+ + + + r + d',
  'a service': '+ + + + r u d',
  'a service with the role': '+ + + + + u d',
}

const DECISIONS: Record<string, Decision> = {
  '+': { kind: 'allow' },
  g: { kind: 'make_guest' },
  '?': { kind: 'refuse', reason: 'not_authenticated' },
  r: { kind: 'refuse', reason: 'forbidden', because: 'role' },
  u: { kind: 'refuse', reason: 'forbidden', because: 'user' },
  d: { kind: 'refuse', reason: 'forbidden', because: 'email_domain' },
}

const TABLE = Object.entries(VISITORS).flatMap(([name, visitor]) =>
  EXPECTED[name as keyof typeof VISITORS]
    .split(' ')
    .map(
      (letter, at) => [JSON.stringify(ACCESSES[at]), name, ACCESSES[at] ?? 'user', visitor, letter] as const,
    ),
)

describe('P14: what a rule says to whom', () => {
  it.each(TABLE)('%s to %s', (_access, _name, access, visitor, letter) => {
    expect(decide(makeRule({ access }), visitor, FRESH_SECONDS)).toEqual(DECISIONS[letter])
  })

  it('the table is whole', () => expect(TABLE).toHaveLength(9 * 7))
})

describe('P14: by which means', () => {
  const token = (said: Partial<Identity> = {}) => makeVisitor(said, 'token')

  it.each<[Via[], Visitor, boolean]>([
    [['session', 'token'], makeVisitor(), true],
    [['session', 'token'], token(), true],
    [['session'], makeVisitor(), true],
    [['session'], token(), false],
    [['token'], makeVisitor(), false],
    [['token'], token(), true],
  ])('%j', (via, visitor, allowed) => {
    for (const access of ['guest', 'user'] as const) {
      expect(decide(makeRule({ access, via }), visitor, FRESH_SECONDS)).toEqual(
        allowed ? { kind: 'allow' } : { kind: 'refuse', reason: 'forbidden', because: 'via' },
      )
    }
  })

  it('the role does not make up for the wrong way', () => {
    expect(
      decide(makeRule({ access: ROLES, via: ['token'] }), makeVisitor({ roles: ['admin'] }), 1),
    ).toMatchObject({
      because: 'via',
    })
  })

  it('nobody becomes a guest where sessions are not taken', () => {
    expect(decide(makeRule({ access: 'guest', via: ['token'] }), null, 1)).toEqual({
      kind: 'refuse',
      reason: 'not_authenticated',
    })
  })

  it('a public or optional path asks for no way', () => {
    for (const access of ['public', 'optional'] as const)
      expect(decide(makeRule({ access, via: ['token'] }), makeVisitor(), 1)).toEqual({ kind: 'allow' })
  })
})

describe('P14: how recently', () => {
  it.each<[Rule['fresh'], number, number | null]>([
    [null, 1e9, null],
    [60, 59, null],
    [60, 60, 60],
    [60, 61, 60],
    ['default', FRESH_SECONDS - 1, null],
    ['default', FRESH_SECONDS, FRESH_SECONDS],
    [FRESH_SECONDS * 2, FRESH_SECONDS, null],
  ])('fresh %s, signed in %d seconds ago', (fresh, age, maxAgeSeconds) => {
    for (const access of ['user', ROLES, USERS, DOMAINS] as const) {
      const visitor = makeVisitor({ roles: ['admin'], username: 'bob' }, 'session', age)
      expect(decide(makeRule({ access, fresh }), visitor, FRESH_SECONDS)).toEqual(
        maxAgeSeconds === null ? { kind: 'allow' } : { kind: 'refuse', reason: 'not_fresh', maxAgeSeconds },
      )
    }
  })

  it('who may not come at all is not asked for the password first', () => {
    const decision = decide(makeRule({ access: ROLES, fresh: 60 }), makeVisitor({}, 'session', 1e9), 1)
    expect(decision).toMatchObject({ reason: 'forbidden' })
  })
})

describe('P14: with a second factor', () => {
  const refused = (maxAgeSeconds: number | null) => ({
    kind: 'refuse',
    reason: 'second_factor',
    maxAgeSeconds,
  })

  it.each<[Rule['mfa'], number | null, unknown]>([
    ['once', null, refused(null)],
    ['once', 1e9, { kind: 'allow' }],
    [60, null, refused(60)],
    [60, 60, refused(60)],
    [60, 59, { kind: 'allow' }],
  ])('a rule that asks for %j answers who showed one %j seconds ago', (mfa, ageSeconds, expected) => {
    for (const access of ['user', ROLES, USERS] as const) {
      const shown = ageSeconds === null ? {} : { ageSeconds }
      const visitor = makeVisitor({ roles: ['admin'], username: 'bob' }, 'session', 0, shown)
      expect(decide(makeRule({ access, mfa }), visitor, 1)).toEqual(expected)
    }
  })

  it('an account that must have one by now passes no rule that asks for a login', () => {
    const visitor = makeVisitor({}, 'session', 0, { owes: true })
    expect(decide(makeRule({}), visitor, 1)).toEqual(refused(null))
    expect(decide(makeRule({ access: 'optional' }), visitor, 1)).toEqual({ kind: 'allow' })
  })

  it('who is not known, or not wanted, hears that', () => {
    expect(decide(makeRule({ mfa: 'once' }), null, 1)).toMatchObject({ reason: 'not_authenticated' })
    expect(decide(makeRule({ access: ROLES, mfa: 'once' }), makeVisitor(), 1)).toMatchObject({
      because: 'role',
    })
  })
})

describe('named users and domains', () => {
  const passes = (access: Access, said: Partial<Identity>) =>
    decide(makeRule({ access }), makeVisitor(said), 1).kind === 'allow'

  it.each<[Partial<Identity>, boolean]>([
    [{ email: 'boss@acme.example' }, true],
    [{ email: 'BOSS@acme.example' }, true],
    [{ email: 'boss@acme.example', emailVerified: false }, false],
    [{ id: 'user_7' }, true],
    [{ id: 'user_77' }, false],
    [{ username: 'bob' }, true],
    [{ username: 'bobby' }, false],
    [{ name: 'bob' }, false],
    [{ roles: ['bob'] }, false],
    [{ email: null, username: null }, false],
  ])('users: %j', (said, expected) => expect(passes(USERS, said)).toBe(expected))

  it.each<[Partial<Identity>, boolean]>([
    [{ email: 'a@acme.example' }, true],
    [{ email: 'a@ACME.example' }, true],
    [{ email: 'a@acme.example', emailVerified: false }, false],
    [{ email: 'a@x.acme.example' }, false],
    [{ email: 'a@xacme.example' }, false],
    [{ email: 'a@acme.example.evil.example' }, false],
    [{ email: 'a@acme.example@evil.example' }, false],
    [{ email: 'a@evil.example@acme.example' }, false],
    [{ email: '@acme.example' }, false],
    [{ email: 'acme.example' }, false],
    [{ email: '' }, false],
    [{ email: null }, false],
  ])('P18: domains: %j', (said, expected) => expect(passes(DOMAINS, said)).toBe(expected))

  it('a role is compared exactly', () => {
    for (const roles of [['Admin'], ['adm'], ['administrator'], ['admin '], ['admin,owner'], []])
      expect(passes(ROLES, { roles }), JSON.stringify(roles)).toBe(false)
  })
})

const anyRule = fc
  .record({
    access: fc.constantFrom<Access>(...ACCESSES),
    fresh: fc.constantFrom(null, 'default' as const, 1, 900),
    mfa: fc.constantFrom(null, 'once' as const, 60, 3600),
    via: fc.constantFrom<Via[]>(['session'], ['token'], ['session', 'token']),
    slide: fc.boolean(),
    deny: fc.constantFrom('login' as const, 401 as const, 403 as const, 404 as const),
    preflight: fc.constantFrom('pass' as const, 'refuse' as const),
  })
  .map(makeRule)

const anyVisitor = fc
  .record({
    kind: fc.constantFrom('guest' as const, 'user' as const, 'service' as const),
    roles: fc.subarray(['admin', 'owner', 'staff']),
    username: fc.constantFrom(null, 'bob', 'ann'),
    email: fc.constantFrom(null, 'a@acme.example', 'a@evil.example'),
    emailVerified: fc.boolean(),
  })
  .chain((said) =>
    fc
      .tuple(fc.constantFrom('session' as const, 'token' as const), fc.constantFrom(0, 10, 1e6))
      .map(([via, age]) => makeVisitor(said, via, age)),
  )

describe('whatever the rule', () => {
  it('P14: nobody is let through by no rule but a public or optional one, nor made a guest but by one for guests', () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        const { kind } = decide(rule, null, FRESH_SECONDS)
        if (kind === 'allow') expect(['public', 'optional']).toContain(rule.access)
        if (kind === 'make_guest')
          expect([rule.access, rule.via.includes('session')]).toEqual(['guest', true])
      }),
      { numRuns: 1000 },
    )
  })

  it('P14: a guest passes no rule that asks for an account', () => {
    fc.assert(
      fc.property(anyRule, anyVisitor, (rule, visitor) => {
        if (visitor.identity.kind !== 'guest') return
        if (decide(rule, visitor, FRESH_SECONDS).kind === 'allow')
          expect(['public', 'optional', 'guest']).toContain(rule.access)
      }),
      { numRuns: 1000 },
    )
  })

  it('P14: whoever passes has all that the rule asks for', () => {
    fc.assert(
      fc.property(anyRule, anyVisitor, (rule, visitor) => {
        if (decide(rule, visitor, FRESH_SECONDS).kind !== 'allow') return
        const { access, fresh } = rule
        if (access === 'public' || access === 'optional') return
        expect(rule.via).toContain(visitor.via)
        if (access === 'guest') return
        expect(rule.mfa === null || visitor?.hasMfa(rule.mfa === 'once' ? null : rule.mfa)).toBe(true)
        if (fresh !== null) expect(visitor.isFresh(fresh === 'default' ? FRESH_SECONDS : fresh)).toBe(true)
        if (access === ROLES)
          expect(visitor.identity.roles).toEqual(
            expect.arrayContaining([expect.stringMatching(/^(admin|owner)$/)]),
          )
        if (access === USERS) expect(visitor.identity.username).toBe('bob')
        if (access === DOMAINS)
          expect(visitor.identity).toMatchObject({ email: 'a@acme.example', emailVerified: true })
      }),
      { numRuns: 3000 },
    )
  })
})
