import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
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
  const segment = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 12 }).map((number) => `s${number}`) },
    { weight: 2, arbitrary: fc.constantFrom('*', 's1*', '*2', 's*1', '*.css', '**') },
  )
  const pattern = fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.array(segment, { minLength: 1, maxLength: 4 }))
    .map(([first, rest]) => `/s${first}/${rest.join('/')}`)
    .filter((text) => checkPattern(text) === null)
  const path = fc
    .array(
      fc.oneof(
        fc.integer({ min: 0, max: 13 }).map((number) => `s${number}`),
        fc.constantFrom('', 'x.css'),
      ),
      {
        maxLength: 5,
      },
    )
    .map((segments) => `/${segments.join('/')}`)

  test('answer as looking at each in turn does', () => {
    const seen = new Set<number>()
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1000, maxLength: 1000, size: 'max' }),
        fc.array(path, { minLength: 200, maxLength: 200, size: 'max' }),
        (patterns, paths) => {
          const set = compileRules(
            patterns.map((text) => makeRule({ path: text })),
            DEFAULT_RULE,
          )
          const naive = patterns.map(toRegExp)
          for (const text of paths) {
            const { index } = set.match(text, 'GET', 'h')
            expect(index, text).toBe(firstMatch(naive, text))
            seen.add(index)
          }
        },
      ),
      { numRuns: 3, seed: 11 },
    )
    // Not all by the same few: the first, the last and what no rule names are among the answers.
    expect(seen.size).toBeGreaterThan(60)
    expect(seen.has(-1)).toBe(true)
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

  test('no reading of a path that is let through to a rule asks for more than that rule', () => {
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
})
