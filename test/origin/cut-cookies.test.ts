import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutCookies } from '../../src/origin/cut-cookies.ts'
import { OWN_COOKIE_NAMES } from '../../src/session/cookie.ts'

const SECRET = 'A'.repeat(43)
const cut = (header: string) => cutCookies(header, OWN_COOKIE_NAMES)

describe("the visitor's cookies on their way to the origin", () => {
  it.each([
    ['theme=dark; lang=en', 'theme=dark; lang=en'],
    [`__Host-edgegate=${SECRET}`, ''],
    [`__Host-edgegate=${SECRET}; theme=dark`, 'theme=dark'],
    [`theme=dark; __Host-edgegate=${SECRET}`, 'theme=dark'],
    [`a=1; __Host-edgegate=${SECRET}; b=2`, 'a=1; b=2'],
    [`a=1;__Host-edgegate=${SECRET};b=2`, 'a=1;b=2'],
    [`__Host-edgegate=${SECRET}; __Host-edgegate-remember=${SECRET}; a=1; __Host-edgegate-device=x`, 'a=1'],
    [`edgegate=${SECRET}; edgegate-remember=${SECRET}; edgegate-device=x; edgegate-kept=x`, ''],
    [`a=1; __Host-edgegate=${SECRET}; __Host-edgegate=${SECRET}x; b=2`, 'a=1; b=2'],
    [
      'edgegate-theme=dark; my-edgegate=1; __Host-edgegates=2',
      'edgegate-theme=dark; my-edgegate=1; __Host-edgegates=2',
    ],
    [
      'json={"edgegate":1}; q="a; b"; empty=; =nameless; bare',
      'json={"edgegate":1}; q="a; b"; empty=; =nameless; bare',
    ],
    ['note=edgegate=1', 'note=edgegate=1'],
    ['a=1;; b=2;', 'a=1;; b=2;'],
  ])('P19: %s becomes %s', (header, rest) => {
    expect(cut(header)).toBe(rest)
  })

  it.each([
    ` __Host-edgegate = ${SECRET}`,
    `\t__Host-edgegate\t=${SECRET}`,
    `"__Host-edgegate"=${SECRET}`,
    `'__Host-edgegate'=${SECRET}`,
    `__host-EDGEGATE=${SECRET}`,
    `__HOST-EDGEGATE=${SECRET}`,
    `=__Host-edgegate=${SECRET}`,
    ` = __Host-edgegate = ${SECRET}`,
    `__Host-edgegate%20=${SECRET}`,
    `%5F%5FHost-edgegate=${SECRET}`,
    `__Host%2Dedgegate=${SECRET}`,
    `$Version=1; __Host-edgegate=${SECRET}; $Path=/`,
    `__Host-edgegate\u00a0=${SECRET}`,
    `a=1, __Host-edgegate=${SECRET}`,
    `a=1,__Host-edgegate=${SECRET}`,
    `__Host-edgegate`,
    `_.Host-edgegate=${SECRET}`,
    `_[Host-edgegate=${SECRET}`,
  ])('P19: a lenient origin does not find ours in `%s`', (header) => {
    for (const whole of [header, `a=1; ${header}`, `${header}; b=2`, `a=1;${header};b=2`]) {
      expect(cut(whole), whole).not.toContain(SECRET)
      expect(cut(whole), whole).not.toMatch(/edgegate/i)
    }
  })

  it('P19: whatever stands around them, ours go and the others keep every byte', () => {
    const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
    const value = fc.stringMatching(/^[!#-+\--:<-[\]-~ =]{0,16}$/)
    const other = fc
      .tuple(name, value)
      .map(([key, text]) => `${key}=${text}`)
      .filter((pair) => !/edgegate/i.test(pair))
    const own = fc
      .tuple(
        fc.constantFrom('', ' ', '\t'),
        fc.constantFrom(...OWN_COOKIE_NAMES),
        fc.constantFrom('=', ' = '),
      )
      .map(([before, key, equals]) => `${before}${key}${equals}${SECRET}`)
    fc.assert(
      fc.property(
        fc.array(fc.oneof(other, own), { maxLength: 8 }),
        fc.constantFrom('; ', ';'),
        (pairs, separator) => {
          const rest = cut(pairs.join(separator))
          expect(rest).not.toContain(SECRET)
          const others = pairs.filter((pair) => !pair.includes(SECRET))
          expect(rest.replace(/^ /, '')).toBe(others.join(separator).replace(/^ /, ''))
        },
      ),
    )
  })
})
