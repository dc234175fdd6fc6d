import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeNext } from '../../src/gate/next.ts'

const SITE = 'https://app.example'
const FALLBACK = '/start'

function next(value: string): string {
  return safeNext(value, SITE, { basePath: '/auth', allowed: [], fallback: FALLBACK })
}

/** Written with a space between values, which none of them holds. */
function values(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

describe('P1: a page of our own is none to go on to, however it is spelled', () => {
  it.each(
    values(`
      /%61uth/login /%61uth/logout /%61uth/reset?token=x /a%75th /aut%68/ /%61%75%74%68/verify /%2561uth/reset
      /auth%2freset?token=x /auth%2Flogout /auth%5clogout /auth;x/reset /auth;/logout /x/..%2fauth/reset /x/..;/auth/reset
      /x/%252e%252e/auth/reset /;/auth/logout /auth%20/logout /auth./logout /auth%3f/x /auth%23x
      /auth/account%2f..%2flogout /auth/account/..%2flogout /auth/admin/..;/reset /%ef%bd%81uth/logout
    `),
  )('%s', (value) => expect(next(value)).toBe(FALLBACK))

  it.each(
    values(
      '/auth/account /auth/account/x%2fy /auth/admin/users?q=%61 /authors /%61uthors /x%2fauth /caf%C3%A9/auth',
    ),
  )('but %s is', (value) => expect(next(value)).toBe(value))

  it('whichever letters are encoded', () => {
    const encoded = fc
      .tuple(
        fc.constantFrom('/auth/login', '/auth/logout', '/auth/reset', '/auth'),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      )
      .map(([text, which]) =>
        [...text]
          .map((letter, at) =>
            letter !== '/' && which[at] ? `%${letter.charCodeAt(0).toString(16)}` : letter,
          )
          .join(''),
      )
    fc.assert(
      fc.property(encoded, (value) => {
        expect(next(value)).toBe(FALLBACK)
      }),
    )
  })
})

describe('P1: a second slash in disguise is a slash', () => {
  it.each(
    values(`
      /%ef%b9%a8evil.example /\ufe68evil.example /%e2%88%96evil.example /\u2216evil.example /%e2%a7%b8evil.example
      /%e2%a7%b5evil.example /%25ef%25bc%258fevil.example /%EF%BC%852fevil.example /%e0%81%9cevil.example /%c0%2fevil.example
      /%c0%5cevil.example /%c1%9c%c1%9cevil.example /%f0%80%80%afevil.example /%f8%80%80%80%afevil.example /%25c0%25afevil.example
      /%u002fevil.example /%u2215evil.example /%c2%a0/evil.example /%e3%80%80/evil.example /%ef%bb%bf/evil.example
      /;/evil.example /;//evil.example /.;//evil.example /..;//evil.example /x/..;//evil.example /x/..%2f%2fevil.example
      /\uff0e/%2fevil.example /%3b/evil.example
    `),
  )('%s', (value) => expect(next(value)).toBe(FALLBACK))
})

describe('P1: what the gate would refuse is no place to go on to', () => {
  it.each(values('/x%250ay /x%250d%250aSet-Cookie:a /%2509/x /a%zz /100% /%c0%ae%c0%ae/x /%2525252525252fx'))(
    '%s',
    (value) => expect(next(value)).toBe(FALLBACK),
  )

  it.each(values('/x%c2%85y /x%C2%9Fy /x?y=%c2%80 /x%e2%80%a8y /x%E2%80%A9y'))(
    'nor is a control in UTF-8: %s',
    (value) => expect(next(value)).toBe(FALLBACK),
  )

  it.each(values('/%C2%A3 /%C2%B5x /caf%C3%A9 /x%E2%80%A6y /%E9t%E9 /a%25 /wiki/C%23 /wiki/What%3F /a%2fb'))(
    'but an honest letter is kept: %s',
    (value) => expect(next(value)).toBe(value),
  )
})
