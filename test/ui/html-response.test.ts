import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlResponse, policyOrigin } from '../../src/ui/html-response.ts'
import { ownHeaders } from '../../src/ui/security-headers.ts'
import { compileTheme } from '../../src/ui/theme.ts'
import { everyPage, HARMLESS, SITE } from './sample-pages.ts'

const theme = await compileTheme(SITE)

function directives(response: Response): Record<string, string> {
  const policy = response.headers.get('Content-Security-Policy') ?? ''
  return Object.fromEntries(policy.split('; ').map((part) => part.split(/ (.*)/s).slice(0, 2)))
}

describe('htmlResponse', () => {
  it('P20: allows the one style by its hash and nothing else to run or load', async () => {
    const policy = directives(htmlResponse('', { theme, https: true }))
    expect(policy).toEqual({
      'default-src': "'none'",
      'style-src': `'${theme.styleHash}'`,
      'img-src': "'self' data:",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
      'object-src': "'none'",
    })
    expect(Object.values(policy).join()).not.toMatch(/unsafe|\*|script/)
  })

  it('P20: the hash is that of the style each page really carries', async () => {
    for (const html of everyPage(theme, 'en', HARMLESS)) {
      const styles = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(([, css]) => css ?? '')
      expect(styles).toHaveLength(1)
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(styles[0]))
      expect(theme.styleHash).toBe(`sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`)
    }
  })

  it('P28: is kept by no cache and varies by cookie and language', () => {
    const { headers } = htmlResponse('', {
      theme,
      https: true,
      headers: { Vary: 'Sec-Fetch-Mode', 'Cache-Control': 'public' },
    })
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Vary')).toBe('Cookie, Accept-Language, Sec-Fetch-Mode')
  })

  it('carries every security header, which no caller can replace', () => {
    const loose = {
      'X-Frame-Options': 'ALLOWALL',
      'Content-Security-Policy': '',
      'Referrer-Policy': 'unsafe-url',
    }
    const { headers, status } = htmlResponse('x', { theme, https: true, status: 403, headers: loose })
    expect(status).toBe(403)
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(headers.get('X-Frame-Options')).toBe('DENY')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Referrer-Policy')).toBe('same-origin')
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
    expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('Strict-Transport-Security')).toBe('max-age=31536000; includeSubDomains')
  })

  it('promises encryption only where there is some', () => {
    expect(htmlResponse('', { theme, https: false }).headers.has('Strict-Transport-Security')).toBe(false)
  })

  it('keeps several cookies apart', () => {
    const headers = new Headers()
    headers.append('Set-Cookie', 'a=1')
    headers.append('Set-Cookie', 'b=2')
    expect(htmlResponse('', { theme, https: true, headers }).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('names the logo’s host and the allowed targets of a form, each once', async () => {
    const branded = await compileTheme({ ...SITE, logoUrl: 'https://cdn.acme.example/logo.svg' })
    const formAction = ['https://app.acme.example/a', 'https://app.acme.example/b', 'http://localhost:3000']
    const policy = directives(htmlResponse('', { theme: branded, https: true, formAction }))
    expect(policy['img-src']).toBe("'self' data: https://cdn.acme.example")
    expect(policy['form-action']).toBe("'self' https://app.acme.example http://localhost:3000")
  })
})

describe('policyOrigin', () => {
  it('P20: an address can never add to the policy', () => {
    expect(policyOrigin("https://a;script-src'unsafe-inline'")).toBeNull()
    expect(policyOrigin('https://*')).toBeNull()
    const piece = fc.constantFrom(
      ';',
      ',',
      "'",
      ' ',
      '*',
      'a',
      '.',
      ':',
      '/',
      '\n',
      '"',
      '@',
      '1',
      '[',
      ']',
      '%',
      'ü',
    )
    fc.assert(
      fc.property(fc.array(piece), (parts) => {
        expect(policyOrigin(`https://${parts.join('')}`) ?? '').not.toMatch(/[;,'"\s*]/)
      }),
    )
  })
})

describe('ownHeaders', () => {
  it('lets nothing run in what is no page, and no cache keep it', () => {
    const headers = new Headers(ownHeaders(true).map(([name, value]) => [name, value]))
    expect(headers.get('Content-Security-Policy')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox")
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Vary')).toBe('Cookie')
    expect(headers.has('Strict-Transport-Security')).toBe(true)
  })
})
