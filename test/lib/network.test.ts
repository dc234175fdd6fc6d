import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { networkOf } from '../../src/lib/network.ts'

describe('P16: the network a visitor is counted under', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:0000::6', '2001:db8:1:2::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['::', '0:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['fe80::1', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:0:0', '0.0.0.0'],
    ['::ffff:ffff:ffff', '255.255.255.255'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ])('%s is in %s', (address, network) => expect(networkOf(address)).toBe(network))

  it.each([
    ...[
      '',
      ' ',
      'localhost',
      'x',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '1.2.3.04',
      '01.2.3.4',
      '1.2.3.4 ',
      ' 1.2.3.4',
      '1.2.3.-4',
      '0x7f.0.0.1',
      '127.1',
      '2130706433',
      '1.2.3.4:80',
    ],
    ...[
      '1.2.3.4, 5.6.7.8',
      '１.2.3.4',
      '1.2.3.4\n',
      ':',
      ':::',
      '1:2',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      'g::',
      '12345::',
      '[::1]',
      '::1]',
      '[::1',
      '::1]/x',
      '::1]@evil.example',
      '::1%eth0',
      '::1%25eth0',
    ],
    ...[
      '::1]:80',
      '::1 ',
      ' ::1',
      '::1\n',
      '::1/64',
      '::ffff:1.2.3',
      '::ffff:1.2.3.256',
      '::ffff:01.2.3.4',
      'unknown',
      '_hidden',
      'a:b',
      'http://[::1]/',
      '::1]#',
      '::1]?',
    ],
  ])('%j is no address', (address) => expect(networkOf(address)).toBeNull())

  const group = fc.integer({ min: 0, max: 0xffff })
  const byte = fc.integer({ min: 0, max: 255 })

  it('is one, however an IPv6 address is written and whatever its last half', () => {
    const half = fc.tuple(group, group, group, group)
    fc.assert(
      fc.property(half, half, half, (front, back, other) => {
        fc.pre(front.some((value) => value !== 0))
        const write = (rest: readonly number[], spell: (value: number) => string) =>
          [...front, ...rest].map(spell).join(':')
        const short = networkOf(write(back, (value) => value.toString(16)))
        expect(short).toBe(`${front.map((value) => value.toString(16)).join(':')}::/64`)
        expect(networkOf(write(back, (value) => value.toString(16).toUpperCase().padStart(4, '0')))).toBe(
          short,
        )
        expect(networkOf(write(other, (value) => value.toString(16)))).toBe(short)
      }),
    )
  })

  it('is the address itself for IPv4, mapped or not', () => {
    fc.assert(
      fc.property(byte, byte, byte, byte, (...bytes) => {
        const address = bytes.join('.')
        expect(networkOf(address)).toBe(address)
        expect(networkOf(`::ffff:${address}`)).toBe(address)
      }),
    )
  })

  it('P2: hostile text never throws, and what is no address is none', () => {
    const piece = fc.constantFrom(
      ':',
      '::',
      '.',
      '1',
      'ffff',
      '[',
      ']',
      '%',
      '/',
      '@',
      '#',
      '?',
      ' ',
      '\0',
      'x',
      '256',
      '0',
      '-',
      '\\',
    )
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(hostile, (text) => {
        const network = networkOf(text)
        if (network !== null) {
          expect(text).toMatch(/^[0-9a-f:.]+$/i)
          expect(network).toMatch(/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){3}::\/64)$/)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
