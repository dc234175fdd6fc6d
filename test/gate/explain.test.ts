import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalUrl } from '../../src/gate/canonical-url.ts'
import { explain } from '../../src/gate/explain.ts'
import { DEFAULT_RULE, type Rule } from '../../src/gate/rule.ts'
import { compileRules } from '../../src/gate/rules.ts'
import { ADMIN, ANN, FRESH_SECONDS, judge, makeRule, makeVisitor, RULES } from './support.ts'

const said = (target: string, visitor: typeof ANN | null = null, set = RULES, method = 'GET') =>
  explain(set, { method, target, host: 'h', basePath: '/auth' }, visitor, FRESH_SECONDS)

describe('an explanation', () => {
  it('says which rule decides and why the others do not', () => {
    const { rules, outcome, path, readings } = said('/public/x?y=1')
    expect([path, readings, outcome]).toEqual([
      '/public/x?y=1',
      ['/public/x'],
      { kind: 'forwarded', identity: false },
    ])
    expect(rules.map(({ index, decides, miss }) => [index, decides, miss])).toEqual([
      [0, false, 'path'],
      [1, true, null],
      [2, false, 'path'],
      [3, false, 'path'],
    ])
  })

  it('names the rule for everything else', () => {
    expect(said('/x').rules.at(-1)).toEqual({
      index: -1,
      path: '/**',
      access: 'user',
      miss: null,
      decides: true,
    })
  })

  it('names the rule that decides in spite of the spelling', () => {
    expect(said('/ADMIN/').rules.find(({ decides }) => decides)).toMatchObject({ index: 0, miss: null })
  })

  it('P3: takes a target that begins with two slashes for a path', () => {
    expect(said('//admin/users').outcome.kind).toBe('refused_path')
    expect(said('//x').path).toBe('//x')
  })

  it('lists what an origin might read', () => {
    expect(said('/public/..%2fadmin')).toMatchObject({
      readings: expect.arrayContaining(['/public/..%2fadmin', '/admin']),
      outcome: { kind: 'refused_path', reason: expect.stringContaining('/admin') },
    })
    expect(said('/public/%00').readings).toEqual([])
  })

  it.each<[Partial<Rule>, typeof ANN | null, unknown]>([
    [{ access: 'public' }, ANN, { kind: 'forwarded', identity: false }],
    [{ access: 'optional' }, null, { kind: 'forwarded', identity: false }],
    [{ access: 'optional' }, ANN, { kind: 'forwarded', identity: true }],
    [{ access: 'guest' }, null, { kind: 'guest_made' }],
    [{}, null, { kind: 'refused', reason: 'not_authenticated', answer: 'the login page (scripts: 401)' }],
    [{ deny: 401 }, null, { kind: 'refused', reason: 'not_authenticated', answer: '401' }],
    [{ deny: 404 }, null, { kind: 'refused', reason: 'not_authenticated', answer: '404' }],
    [{ access: { roles: ['admin'] } }, ANN, { kind: 'refused', reason: 'forbidden', answer: '403' }],
    [
      { mfa: 'once' },
      ANN,
      { kind: 'refused', reason: 'second_factor', answer: 'show a second factor (scripts: 401)' },
    ],
    [
      { fresh: 60 },
      makeVisitor({}, 'session', 61),
      { kind: 'refused', reason: 'not_fresh', answer: 'confirm the password (scripts: 401)' },
    ],
    [
      { fresh: 60, deny: 404 },
      makeVisitor({}, 'session', 61),
      { kind: 'refused', reason: 'not_fresh', answer: '401' },
    ],
  ])('tells the answer: %j', (rule, visitor, outcome) => {
    const set = compileRules([makeRule({ path: '/x', ...rule })], DEFAULT_RULE)
    expect(said('/x', visitor, set).outcome).toEqual(outcome)
  })

  it('P14: agrees with the gate about every path and visitor', () => {
    const fragment = fc.constantFrom(
      ...[
        '/',
        '/',
        'public',
        'admin',
        'Admin',
        'health',
        'assets',
        'x.css',
        '..',
        '%2e%2e',
        '%2f',
        '%5c',
        ';a',
        '%61',
        '%20',
        '//',
        '%',
        '%00',
        '?x',
        '#y',
      ],
    )
    const target = fc.array(fragment, { maxLength: 8 }).map((parts) => `/${parts.join('')}`)
    fc.assert(
      fc.property(target, fc.constantFrom(null, ANN, ADMIN), (text, visitor) => {
        const kinds = { allow: 'forwarded', deny: 'refused', bad: 'refused_path' }
        const url = canonicalUrl(`http://h${text}`)
        expect(said(text, visitor).outcome.kind).toBe(kinds[judge(url?.pathname ?? '', visitor)])
      }),
      { numRuns: 1000 },
    )
  })
})
