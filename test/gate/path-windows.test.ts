import { describe, expect, it } from 'vitest'
import { DEFAULT_RULE } from '../../src/gate/rule.ts'
import { compileRules } from '../../src/gate/rules.ts'
import { ADMIN, ANN, judge, makeRule } from './support.ts'

describe('P3: a name of dots and spaces, which Windows cuts short', () => {
  it.each([
    '/public/..%20.%20/admin',
    '/public/..%20./admin/users',
    '/public/..%20%20.%20./admin',
    '/public%5c..%20.%5cadmin',
    '/public/..%2520.%2520/admin',
    '/public/..%e3%80%80.%c2%a0/admin',
  ])('does not climb out of a public place: %s', (target) => {
    expect(judge(target, null)).not.toBe('allow')
    expect(judge(target, ANN)).not.toBe('allow')
  })

  it.each([
    '/%20/admin/users',
    '/%20%20/admin',
    '/%c2%a0/admin',
    '/%20./admin/users',
    '/x/../%20/admin',
    '/.%20/%20/admin',
  ])('does not hide a closed place behind nothing: %s', (target) => {
    expect(judge(target, null)).not.toBe('allow')
    expect(judge(target, ANN)).not.toBe('allow')
  })

  it('is nothing at all, where that falls under another rule', () => {
    const set = compileRules(
      [makeRule({ path: '/', access: { roles: ['admin'] } }), makeRule({ path: '/*', access: 'public' })],
      DEFAULT_RULE,
    )
    for (const target of ['/%20', '/%20%20', '/%20;x', '/;/%20'])
      expect(judge(target, null, set), target).toBe('bad')
    expect(judge('/x', null, set)).toBe('allow')
  })

  it.each([
    '/public/a%20b',
    '/public/%20',
    '/public/%20/x',
    '/public/a.%20/b',
    '/public/x%20.',
    '/public/%20x',
    '/public/...',
  ])('is no harm where all readings are public: %s', (target) => expect(judge(target, null)).toBe('allow'))

  it('nor to who has the role', () => {
    for (const target of ['/admin/%20', '/admin/%20/x', '/admin/a%20.', '/admin/x%20'])
      expect(judge(target, ADMIN), target).toBe('allow')
  })
})

describe('P3: an NTFS stream, with or without what Windows cuts beside it', () => {
  const set = compileRules(
    [
      makeRule({ path: '/reports/*.csv', access: { roles: ['admin'] } }),
      makeRule({ path: '/**', access: 'public' }),
    ],
    DEFAULT_RULE,
  )

  it.each([
    '/reports/x.csv::$DATA',
    '/reports/x::$DATA.csv.',
    '/reports/x::$DATA.csv%20',
    '/reports/x.csv.::$DATA',
  ])('%s is not public', (target) => expect(judge(target, null, set)).not.toBe('allow'))
})
