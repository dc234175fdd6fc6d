import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asksAsMuch } from '../../src/gate/asks-as-much.ts'
import { checkPattern } from '../../src/gate/pattern.ts'
import { DEFAULT_RULE, type Rule } from '../../src/gate/rule.ts'
import { compileRules } from '../../src/gate/rules.ts'
import { naiveReadings } from './naive-reader.ts'
import { choose, makeRule, pathnameOf } from './support.ts'

/** A pattern as a regular expression: nothing of the tree, nothing of its matching of globs. */
function toRegExp(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .slice(1)
    .map((segment) => {
      if (segment === '**') return '(?:/[^/]*)*'
      if (segment === '*') return '/[^/]+'
      return `/${segment
        .split('*')
        .map((text) => text.replaceAll(/[^a-z0-9]/gi, String.raw`\$&`))
        .join('[^/]*')}`
    })
  return new RegExp(`^${source.join('')}$`)
}

function firstMatch(rules: readonly RegExp[], path: string): number {
  return rules.findIndex((rule) => rule.test(path))
}

describe('a thousand rules', () => {
  const name = fc.integer({ min: 0, max: 6 }).map((number) => `s${number}`)
  const literal = fc.array(name, { minLength: 1, maxLength: 3 })
  const wild = fc.array(fc.oneof(name, fc.constantFrom('*', 's1*', '*2', 's*1', '*.css', '**')), {
    minLength: 2,
    maxLength: 4,
  })
  const many = (segments: typeof wild) =>
    fc.array(
      segments.map((texts) => `/${texts.join('/')}`).filter((text) => checkPattern(text) === null),
      { minLength: 500, maxLength: 500, size: 'max' },
    )
  // Those of many paths last, so that they do not answer for all.
  const patterns = fc.tuple(many(literal), many(wild)).map((halves) => halves.flat())
  const path = fc
    .array(fc.oneof({ weight: 6, arbitrary: name }, fc.constantFrom('', 'x', 'x.css')), { maxLength: 4 })
    .map((segments) => `/${segments.join('/')}`)

  it('answer as looking at each in turn does', () => {
    const seen = new Set<number>()
    fc.assert(
      fc.property(
        patterns,
        fc.array(path, { minLength: 200, maxLength: 200, size: 'max' }),
        (texts, paths) => {
          const set = compileRules(
            texts.map((text) => makeRule({ path: text })),
            DEFAULT_RULE,
          )
          const naive = texts.map(toRegExp)
          for (const text of paths) {
            const { index } = set.match(text, 'GET', 'h')
            expect(index, text).toBe(firstMatch(naive, text))
            seen.add(index)
          }
        },
      ),
      { numRuns: 3, seed: 11 },
    )
    // Answered by many rules of both halves.
    expect([...seen].filter((index) => index < 500).length).toBeGreaterThan(60)
    expect([...seen].filter((index) => index >= 500).length).toBeGreaterThan(5)
  })
})

describe('P3: whatever the rules', () => {
  const access = fc.constantFrom<Rule['access']>(
    'public',
    'optional',
    'user',
    { roles: ['a'] },
    { roles: ['a', 'b'] },
    {
      roles: ['c'],
    },
  )
  const rule = fc
    .record({
      path: fc.constantFrom(
        ...[
          '/a/**',
          '/a',
          '/a/',
          '/b/**',
          '/b/*',
          '/A/b',
          '/*.c',
          '/a/*.c',
          '/**/b',
          '/**/b/**',
          '/a/b/**',
          '/a/**/b',
        ],
        ...['/*', '/**', '/', '/B/**', '/a/b'],
      ),
      access,
      fresh: fc.constantFrom(null, 60),
    })
    .map(makeRule)
  const target = fc
    .array(
      fc.constantFrom(
        ...[
          '/',
          '/',
          '/',
          'a',
          'b',
          'A',
          'B',
          '..',
          '.',
          '%2e',
          '%2e%2e',
          '%2f',
          '%5c',
          '%252f',
          '%252e',
          '%255c',
          '\\',
        ],
        ...[';', '%3b', ';x', '//', '.c', '%20', '%61', '%62', '%41', '%25', '%2561', '~'],
      ),
      { maxLength: 10 },
    )
    .map((fragments) => `/${fragments.join('')}`)

  it('no reading of a path that is let through to a rule asks for more than that rule', () => {
    let decided = 0
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), target, (rules, text) => {
        const choice = choose(text, compileRules(rules, DEFAULT_RULE))
        if (choice.kind === 'ambiguous') return
        decided++
        const naive = rules.map(({ path }) => toRegExp(path.toLowerCase()))
        for (const reading of naiveReadings(pathnameOf(text))) {
          const asked = rules[firstMatch(naive, reading)] ?? DEFAULT_RULE
          expect(asksAsMuch(choice.match.rule, asked, 'GET'), `${text} as ${reading}`).toBe(true)
        }
      }),
      { numRuns: 3000 },
    )
    expect(decided).toBeGreaterThan(1000)
  })

  it.each(['/b;x/%2e%2e;', '/B;x/%2e%2e;', '/b;/%2e%2e;/..%3b'])(
    'a path compared as it is written counts in any letter case too: %s',
    (text) => {
      const closed = compileRules([makeRule({ path: '/B/**', access: { roles: ['a'] } })], DEFAULT_RULE)
      const choice = choose(text, closed)
      expect(choice.kind === 'ambiguous' || choice.match.index === 0).toBe(true)
    },
  )
})
