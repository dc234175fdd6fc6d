import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalUrl } from '../../src/gate/canonical-url.ts'

const part = fc.constantFrom(
  ...'/ // . .. ... %2e %2E %41 %zz ; : @ ~ \\\\ \' " < > ` { } ^ | [ ] é %C3%A9 a b. .b A 1 = & + , ! $ ( ) * -'.split(
    ' ',
  ),
  ' ',
  '\t',
)
const path = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('')}`)
const query = fc.option(
  fc.array(part, { maxLength: 4 }).map((parts) => `?${parts.join('')}`),
  { nil: '' },
)
const host = fc.constantFrom(
  'app.example',
  'app.example:8443',
  'app.example:443',
  'app.example:80',
  'localhost:8787',
  'xn--bcher-kva.example',
)
const scheme = fc.constantFrom('http', 'https')

/** What the parser says, with the unreserved characters of the path decoded. */
function parsed(text: string) {
  const url = URL.parse(text)
  if (!url) return null
  url.pathname = url.pathname.replaceAll(/%[0-9a-f]{2}/gi, (code) => {
    const char = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(char) ? char : code
  })
  const { href, protocol, host, pathname, search } = url
  return { href, protocol, host, pathname, search }
}

it('P3: the short way says what the parser says, of any path and query', () => {
  fc.assert(
    fc.property(scheme, host, path, query, (scheme, host, path, query) => {
      const text = `${scheme}://${host}${path}${query}`
      const said = canonicalUrl(text)
      expect(
        said && {
          href: said.href,
          protocol: said.protocol,
          host: said.host,
          pathname: said.pathname,
          search: said.search,
        },
      ).toEqual(parsed(text))
    }),
    { numRuns: 5000 },
  )
})

it.each([
  'http://h',
  'http://h?x',
  'http://user@h/x',
  'http://h:08/x',
  'http://h:80/x',
  'https://h:443/x',
  'http://H/x',
  'http://h/x#y',
  'http://h/x?',
  'http://h./x',
  'http://[::1]/x',
  'http://h/a/../b',
  'http://h/.well-known/x',
])('%s takes the long way', (text) => {
  const said = canonicalUrl(text)
  expect(said?.href).toBe(new URL(text).href)
})

it.each(['*', 'http://', 'http://h:99999999/', 'javascript:1', ''])(
  '%j names nothing that a site could be',
  (text) => {
    expect(canonicalUrl(text)?.host ?? '').toBe('')
  },
)
