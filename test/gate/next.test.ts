import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loginLocation, safeNext } from '../../src/gate/next.ts'

const SITE = 'https://app.example'
const ALLOWED = [
  'https://partner.example/welcome?from=app',
  'https://app.example.org/',
  'http://localhost:3000/back',
]
const FALLBACK = '/start'

function next(value: unknown, site = SITE): string {
  return safeNext(value, site, { basePath: '/auth', allowed: ALLOWED, fallback: FALLBACK })
}

describe('P1: a place outside the site is never gone to', () => {
  const HOSTILE: Record<string, readonly string[]> = {
    'another scheme': [
      ...[
        'https://evil.example',
        'HTTPS://EVIL.EXAMPLE',
        'http://evil.example/',
        'ftp://evil.example',
        'ws://evil.example',
        'file:///etc',
      ],
      ...[
        'javascript:alert(1)',
        'JaVaScRiPt:alert(1)',
        ' javascript:alert(1)',
        'java\tscript:alert(1)',
        '\x01javascript:alert(1)',
        'javascript://app.example/%0aalert(1)',
      ],
      ...[
        'data:text/html,x',
        'vbscript:x',
        'blob:https://app.example/x',
        'filesystem:https://app.example/x',
        'view-source:https://app.example',
        'mailto:a@b',
        'tel:+1',
        'about:blank',
        'intent://x#Intent;end',
        'x:y',
      ],
    ],
    'a host without a scheme': [
      ...[
        '//evil.example',
        '//evil.example/x',
        '///evil.example',
        '////evil.example',
        '//evil.example:443',
        '//evil%2eexample',
        '//evil。example',
        '//0x7f000001',
        '//[::1]/',
      ],
      ...[
        '\\\\evil.example',
        '/\\evil.example',
        '\\/evil.example',
        '/\\/evil.example',
        '/\\\\evil.example',
        '//\\evil.example',
        '\\\\\\evil.example',
        '/\\/\\evil.example',
      ],
      ...[
        'https:evil.example',
        'https:/evil.example',
        'http:/evil.example',
        'https:\\evil.example',
        'https:\\\\evil.example',
        'http:evil.example',
        'https:///evil.example',
      ],
    ],
    'white space and controls that parsers drop': [
      ...[
        '/\t/evil.example',
        '/\n/evil.example',
        '/\r/evil.example',
        '\t//evil.example',
        '/\t\\evil.example',
        '/\t/\t/evil.example',
        '\n//evil.example',
        ' //evil.example',
      ],
      ...[
        '\u001f//evil.example',
        '\0//evil.example',
        '/\0/evil.example',
        '/\u000b/evil.example',
        '/\u0085/evil.example',
        '/\u2028/evil.example',
        '/ /evil.example',
        '/\u00a0/evil.example',
        '/\u3000/evil.example',
      ],
      ...[
        '/%09/evil.example',
        '/%0a/evil.example',
        '/%0d%0aLocation:x',
        '/%20/evil.example',
        '/%00/evil.example',
        '/x%0d%0aSet-Cookie:a=b',
        '/x\r\nSet-Cookie: a=b',
        '/x%7f',
        '/\u007fx',
        '/x\u0090',
      ],
    ],
    'a separator in disguise': [
      ...[
        '/%2f/evil.example',
        '/%2fevil.example',
        '/%2F%2Fevil.example',
        '/%5cevil.example',
        '/%5C/evil.example',
        '/%252fevil.example',
        '/%25252fevil.example',
        '/%255cevil.example',
      ],
      ...[
        '/%c0%afevil.example',
        '/%c1%9cevil.example',
        '/%e0%80%afevil.example',
        '/%ef%bc%8fevil.example',
        '/%ef%bc%bcevil.example',
        '/／evil.example',
        '/＼evil.example',
        '/∕evil.example',
        '/⁄evil.example',
        '/⧸evil.example',
      ],
      ...[
        '／／evil.example',
        '%2f%2fevil.example',
        '%2f/evil.example',
        '%5c%5cevil.example',
        '%09//evil.example',
        '%68ttps://evil.example',
      ],
    ],
    'dots that climb onto a double slash': [
      ...[
        '/.//evil.example',
        '/..//evil.example',
        '/x/..//evil.example',
        '/./\\evil.example',
        '/%2e//evil.example',
        '/%2e%2e//evil.example',
        '/x/%2e%2e//evil.example',
        '/a/b/../..//evil.example',
        '/.\\/evil.example',
        '/x/..\\\\evil.example',
      ],
      ...[
        '/.//',
        '/x/../%2fevil.example',
        '/x/../%20/evil.example',
        '/x/..//',
        '/x/../%5cevil.example',
        '/a/..///evil.example',
        '/.%2f/evil.example',
        '/..%5cevil.example',
        '/%252e%252fevil.example',
      ],
    ],
    'our name in the wrong place': [
      ...[
        'https://app.example@evil.example',
        'https://app.example:443@evil.example/',
        'https://user@app.example/x',
        'https://user:pass@app.example/x',
        'https://:@evil.example',
        'https://app.example\\@evil.example',
      ],
      ...[
        'https://evil.example\\@app.example',
        'https://app.example.evil.example',
        'https://app.examplex/',
        'https://xapp.example/',
        'https://evil.example/app.example',
        'https://evil.example/?https://app.example',
        'https://evil.example#@app.example',
      ],
      ...[
        'https://app.example:8443/',
        'http://app.example/',
        'https://app.example%2fevil.example',
        'https://app.example%00.evil.example',
        'https://app.example%E3%80%82evil.example',
        'https://sub.app.example/',
        'https://app.example./x',
        '//app.example/x',
        'https://[app.example]/',
      ],
    ],
    'no rooted path': [
      ...[
        '',
        ' ',
        '.',
        '..',
        './x',
        '../x',
        'x',
        'evil.example',
        'evil.example/x',
        '?x=1',
        '#top',
        ';x',
        '@evil.example',
        ':80',
        '*',
        'null',
        'undefined',
        '[object Object]',
        '%',
        '%2',
        '0',
      ],
    ],
    'a backslash in the path': ['/a\\b', '/a\\..\\b', '/a/\\evil.example', '/x\\?y', '/a\\#b'],
    'our own pages, which change or consume things': [
      ...[
        '/auth',
        '/auth/',
        '/auth/login',
        '/auth/logout',
        '/auth/logout?next=/x',
        '/auth/reset?token=x',
        '/auth/verify',
        '/auth/oauth/x/callback',
        '/auth/api/session',
        '/x/../auth/logout',
        '/auth/account/../logout',
        '/./auth/logout',
        '/%2e/auth/logout',
        '/auth/adminx',
        '/auth/accounts',
        'https://app.example/auth/logout',
      ],
    ],
    'what no header should carry': [
      `/${'a'.repeat(2048)}`,
      `/?x=${'y'.repeat(5000)}`,
      `/${'é'.repeat(400)}`,
      `/${'/'.repeat(5000)}evil.example`,
      '/\ud800',
      '/\udc00x',
      '/x?y=\ud83d',
    ],
  }

  for (const [name, values] of Object.entries(HOSTILE)) {
    it.each(values)(`${name}: %j`, (value) => expect(next(value)).toBe(FALLBACK))
  }

  it.each([
    undefined,
    null,
    0,
    1,
    true,
    [],
    ['/x'],
    {},
    { toString: () => '/x' },
    new URL('https://app.example/x'),
    () => '/x',
    Symbol('/x'),
  ])('what is no text: %s', (value) => expect(next(value)).toBe(FALLBACK))

  it('a site on plain http of this machine is held to the same', () => {
    expect(next('/x', 'http://localhost:8787')).toBe('/x')
    expect(next('http://localhost:8787/x?y#z', 'http://localhost:8787')).toBe('/x?y#z')
    expect(next('http://localhost:8788/x', 'http://localhost:8787')).toBe(FALLBACK)
    expect(next('http:/x', 'http://localhost:8787')).toBe(FALLBACK)
    expect(next('http:x', 'http://localhost:8787')).toBe(FALLBACK)
  })
})

describe('a place of the site is kept to the letter', () => {
  it.each([
    ...[
      '/',
      '/x',
      '/x/',
      '/dashboard?tab=1&x=2',
      '/search?url=https://other.example/x',
      '/x?next=//evil.example',
      '/x#//evil.example',
      '/x?y=\\z',
      '/x?y=a%2fb',
    ],
    ...[
      '/caf%C3%A9',
      '/a%25',
      '/a@b.example',
      '/..foo',
      '/...',
      '/.x',
      '/.well-known/x',
      '/~user/',
      '/a;b=c',
      '/x:y',
      '/:80',
      '/@x',
      '/a//b',
      '/a/b//',
      '/x?',
      '/x#',
      '/x?#',
      '/x=1,y',
      '/(1)',
      '/$x',
      '/%41',
    ],
    ...[
      '/x#a?b',
      '/x?a=1#b=2',
      '/a%2fb',
      '/a%5cb',
      '/authx',
      '/authors',
      '/AUTH/login',
      '/auth/account',
      '/auth/account/sessions?x=1',
      '/auth/admin',
      '/auth/admin/users',
      '/auth/signed-in',
      '/x/auth/logout',
      '/?x=1',
      '/#x',
      '/%F0%9F%98%80',
      '/%E9',
      `/${'a'.repeat(2047)}`,
    ],
    ...[
      '/search?q=a+b%20c',
      '/x?a[]=1&a[]=2',
      '/x?a={"b":1}'.replaceAll('"', '%22'),
      '/x?redirect=https%3A%2F%2Fapp.example%2F',
      '/a|b',
      "/it's",
    ],
  ])('%s', (value) => expect(next(value)).toBe(value))

  it.each([
    ['/café', '/caf%C3%A9'],
    ['/日本?q=本#語', '/%E6%97%A5%E6%9C%AC?q=%E6%9C%AC#%E8%AA%9E'],
    ['/a/../b', '/b'],
    ['/a/./b', '/a/b'],
    ['/a b', '/a%20b'],
    ['https://app.example/x?y=1#z', '/x?y=1#z'],
    ['https://app.example/', '/'],
  ])('but written as a parser writes it: %s', (value, written) => expect(next(value)).toBe(written))
})

describe('P1: an address outside counts only if the operator listed it, exactly', () => {
  it.each(ALLOWED)('%s', (value) => expect(next(value)).toBe(value))

  it('as a parser writes it', () => {
    expect(next('https://app.example.org')).toBe('https://app.example.org/')
    expect(next('HTTPS://Partner.Example:443/welcome?from=app')).toBe(
      'https://partner.example/welcome?from=app',
    )
  })

  it.each([
    ...[
      'https://partner.example/welcome',
      'https://partner.example/welcome?from=app&x',
      'https://partner.example/welcome?from=appx',
      'https://partner.example/welcome?from=app#x',
      'https://partner.example/',
    ],
    ...[
      'https://partner.example/x/welcome?from=app',
      'https://partner.example/Welcome?from=app',
      'http://partner.example/welcome?from=app',
      'https://u@partner.example/welcome?from=app',
      'https://partner.example:8443/welcome?from=app',
    ],
    ...[
      'https://sub.app.example.org/',
      'https://app.example.org/x',
      'https://app.example.org.evil.example/',
      'https://app.example.org?x',
      '//app.example.org/',
      '\\\\app.example.org/',
      '//partner.example/welcome?from=app',
    ],
    ...[
      'http://localhost:3000/',
      'http://localhost:3001/back',
      'http://localhost:3000/back/',
      'https://app.example.org/\n',
      '\thttps://app.example.org/',
    ],
  ])('not %j', (value) => expect(next(value)).toBe(FALLBACK))
})

describe('whatever the value', () => {
  const FRAGMENTS = [
    ...[
      '/',
      '/',
      '//',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      '%252f',
      ' ',
      '\t',
      '\n',
      '\r',
      '\0',
      '\u0085',
      '\u2028',
      '%0a',
      '%09',
      '%00',
      '%20',
    ],
    ...[
      'https:',
      'http:',
      'javascript:',
      '//evil.example',
      'evil.example',
      'app.example',
      'https://app.example',
      '@',
      ':',
      ':443',
      '?',
      '#',
      ';',
      '/auth',
      '/auth/account',
      '/logout',
      '／',
      '＼',
      '。',
      '\ud800',
      'x',
      'é',
      '[',
      ']',
    ],
  ]
  const hostile = fc.oneof(
    fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map((parts) => parts.join('')),
    fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map((parts) => `/${parts.join('')}`),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
  )
  const options = { basePath: '/auth', allowed: [], fallback: '/' }
  const RUNS = { numRuns: 4000 }

  it('P1: it resolves onto our own origin, on a path that no parser takes for a host', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const said = safeNext(value, SITE, options)
        const url = new URL(said, SITE)
        expect(url.origin).toBe(SITE)
        expect([url.username, url.password]).toEqual(['', ''])
        expect(said).toMatch(/^\/(?![/\\])/)
        expect(url.pathname.startsWith('//')).toBe(false)
        expect(url.pathname).not.toMatch(/^\/auth(\/(?!(account|admin)(\/|$))|$)/)
      }),
      RUNS,
    )
  })

  it('P1: it is plain ASCII without controls, so no header can be split', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(safeNext(value, SITE, options)).toMatch(/^[\x21-\x7e]+$/)
      }),
      RUNS,
    )
  })

  it('P1: deciding again changes nothing', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const once = safeNext(value, SITE, options)
        expect(safeNext(once, SITE, { ...options, fallback: '/other' })).toBe(once)
      }),
      RUNS,
    )
  })

  it('an address outside is met only on the list', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const said = next(value)
        if (!said.startsWith('/')) expect(ALLOWED).toContain(said)
      }),
      RUNS,
    )
  })
})

describe('the way to the login page', () => {
  it('carries the way back', () => {
    expect(loginLocation('/auth', '/x?a=1&b=2')).toBe('/auth/login?next=%2Fx%3Fa%3D1%26b%3D2')
  })

  it('needs none for the front page and drops one that is too long', () => {
    expect(loginLocation('/auth', '/')).toBe('/auth/login')
    expect(loginLocation('/auth', `/${'a'.repeat(5000)}`)).toBe('/auth/login')
  })

  it('P1: whatever the path and query, they are one parameter of our own page', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const { pathname, search } = new URL(`https://app.example/${text.replaceAll(/[?#]/g, '?')}`)
        const url = new URL(loginLocation('/auth', pathname + search), SITE)
        expect([url.origin, url.pathname]).toEqual([SITE, '/auth/login'])
        expect([...url.searchParams.keys()].every((name) => name === 'next')).toBe(true)
        if (pathname + search !== '/') expect(url.searchParams.get('next')).toBe(pathname + search)
      }),
    )
  })
})
