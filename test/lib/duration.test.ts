import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../src/lib/duration.ts'

describe('durations', () => {
  it.each([
    ['1s', 1],
    ['90s', 90],
    ['15m', 900],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['999999999s', 999_999_999],
  ])('%s is %d seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds))

  it.each([
    ...[
      '',
      '0',
      '0s',
      '00s',
      '01s',
      '-1s',
      '+1s',
      '1',
      '15',
      's',
      'm15',
      '1.5h',
      '1e3s',
      '1 m',
      ' 1m',
      '1m ',
      '1m\n',
      '1M',
      '1min',
      '1w',
      '1y',
      '1ms',
    ],
    ...['1h30m', '１m', '١m', '1000000000s', '99999999999999999999s', 'NaNs', 'Infinitys', '0x1s', '1_000s'],
  ])('%j is none', (text) => expect(parseDuration(text)).toBeNull())

  it('reading never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const seconds = parseDuration(text)
        if (seconds !== null) expect(seconds).toBeGreaterThan(0)
      }),
    )
  })
})
