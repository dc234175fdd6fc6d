import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/gate/path.ts'
import { DEFAULT_RULE } from '../../src/gate/rule.ts'
import { compileRules } from '../../src/gate/rules.ts'
import { naiveReadings } from './naive-reader.ts'
import { ADMIN, ANN, judge, makeRule, pathnameOf } from './support.ts'

const FRAGMENTS = [
  ...[
    'public',
    'admin',
    'assets',
    'health',
    'x.css',
    'x',
    'a b',
    'Admin',
    'PUBLIC',
    '%61dmin',
    '%70ublic',
    '%41DMIN',
    'adm%69n',
  ],
  ...[
    '/',
    '/',
    '/',
    '/',
    '//',
    '\\',
    '%2f',
    '%2F',
    '%5c',
    '%252f',
    '%255c',
    '%25252f',
    '/./',
    '/;/',
    '%2f%2f',
    '∕',
    '＼',
  ],
  ...[
    '..',
    '..',
    '.',
    '%2e',
    '%2e%2e',
    '.%2E',
    '%252e%252e',
    '%25%32%65',
    '%%32%65',
    '．',
    '‥',
    '...',
    '..%20',
    '..%c2%a0',
  ],
  ...[
    ';',
    ';a=b',
    '%3b',
    '%253b',
    '?',
    '#',
    '%3f',
    '%23',
    '%253f',
    '::$DATA',
    ':$i30:$INDEX_ALLOCATION',
    ':80',
    '~1',
  ],
  ...[
    '%',
    '%25',
    '%00',
    '%0a',
    '%7f',
    '%e9',
    '%c0%af',
    '%c0%ae',
    '%e0%80%ae',
    '%u002e',
    '%ff',
    '%20',
    '+',
    '.css',
    '%2ecss',
    '\t',
  ],
]

const target = fc
  .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 12 })
  .map((fragments) => `/${fragments.join('')}`)
  .filter((text) => URL.canParse(`http://h${text}`))

/** Fewer ways to go wrong and so more to go right: most of these are let through. */
const mildTarget = fc
  .tuple(
    fc.constantFrom('/public', '/assets', '/health', '/app', '/', '/admin'),
    fc.array(
      fc.constantFrom(
        '/',
        'x',
        '..',
        '/../',
        '%2e',
        ';a',
        '%20',
        '.css',
        'admin',
        '%61',
        '//',
        '%2f',
        '%252f',
        '%5c',
        '%3b',
      ),
      {
        maxLength: 7,
      },
    ),
  )
  .map(([start, rest]) => start + rest.join(''))

const anyTarget = fc.oneof(target, mildTarget)
const RUNS = { numRuns: 3000 }

function isPublic(reading: string): boolean {
  return /^\/public(\/|$)|^\/health\/?$|^\/assets\/[^/]*\.css$/.test(reading)
}

function isClosed(reading: string): boolean {
  return /^\/admin(\/|$)/.test(reading)
}

describe('whatever is in a path', () => {
  it('P3: what nobody needs to sign in for lies in a public place in every reading', () => {
    fc.assert(
      fc.property(anyTarget, (text) => {
        if (judge(text, null) !== 'allow') return
        expect(naiveReadings(pathnameOf(text)).filter((reading) => !isPublic(reading))).toEqual([])
      }),
      RUNS,
    )
  })

  it('P3: what a user without the role may see lies outside the closed place in every reading', () => {
    fc.assert(
      fc.property(anyTarget, (text) => {
        if (judge(text, ANN) !== 'allow') return
        expect(naiveReadings(pathnameOf(text)).filter(isClosed)).toEqual([])
      }),
      RUNS,
    )
  })

  it('P3: these properties are not empty: all three verdicts occur for each visitor', () => {
    const verdicts = (visitor: typeof ANN | null) =>
      new Set(fc.sample(anyTarget, { numRuns: 2000, seed: 1 }).map((text) => judge(text, visitor)))
    for (const visitor of [null, ANN, ADMIN]) expect(verdicts(visitor).has('allow')).toBe(true)
    for (const visitor of [null, ANN, ADMIN]) expect(verdicts(visitor).has('bad')).toBe(true)
    for (const visitor of [null, ANN]) expect(verdicts(visitor).has('deny')).toBe(true)
  })

  it('who has more is let through wherever who has less is', () => {
    fc.assert(
      fc.property(anyTarget, (text) => {
        if (judge(text, null) === 'allow') expect(judge(text, ANN)).toBe('allow')
        if (judge(text, ANN) === 'allow') expect(judge(text, ADMIN)).toBe('allow')
      }),
      RUNS,
    )
  })

  it('P3: where one rule covers everything an origin may read what it likes', () => {
    const one = compileRules([makeRule({ path: '/**', access: { roles: ['admin'] } })], DEFAULT_RULE)
    fc.assert(
      fc.property(anyTarget, (text) => {
        expect(judge(text, null, one)).not.toBe('allow')
        expect(judge(text, ANN, one)).not.toBe('allow')
      }),
      RUNS,
    )
  })

  it('reading never throws, whatever the parser makes of a target', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        if (!URL.canParse(`http://h/${text}`)) return
        const reading = readPath(pathnameOf(`/${text}`))
        if (reading.kind !== 'refused') expect(reading.path.startsWith('/')).toBe(true)
      }),
      RUNS,
    )
  })

  it('a path is read the same way every time', () => {
    fc.assert(
      fc.property(anyTarget, (text) => {
        expect(readPath(pathnameOf(text))).toEqual(readPath(pathnameOf(text)))
      }),
      { numRuns: 300 },
    )
  })
})
