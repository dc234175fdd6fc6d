import { expect, it } from 'vitest'
import { parseSize } from '../../src/lib/size.ts'

it.each([
  ['1KiB', 1024],
  ['256KiB', 262_144],
  ['1MiB', 1_048_576],
])('reads %s as %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

it.each([
  '',
  '0KiB',
  '1',
  'KiB',
  '1kb',
  '1KB',
  '1.5MiB',
  '-1KiB',
  ' 1KiB',
  '1KiB ',
  '1e3KiB',
  '01KiB',
  '9999999KiB',
])('does not take %j', (text) => expect(parseSize(text)).toBeNull())
