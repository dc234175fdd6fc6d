import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/gate/path.ts'
import { ADMIN, ANN, judge, pathnameOf } from './support.ts'

/** Written with a space between targets, which none of them holds. */
function targets(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

describe('P3: a path that climbs out of a public place is never public', () => {
  const UPS = targets(`
    .. %2e%2e %2E%2E .%2e %2e. .%2E %252e%252e %252E%252e .%252e %25252e%25252e %2525252e%2525252e
    ..; ..;a ..;a=b %2e%2e; %2e%2e%3b ..%3b ..%253b ..;%2f ..%20 ..%20%20 ..%e3%80%80 ..%c2%a0 ..%00 ..%09 ..%0a
    %c0%ae%c0%ae %C0%AE. %e0%80%ae%e0%80%ae %f0%80%80%ae%f0%80%80%ae %f8%80%80%80%ae%f8%80%80%80%ae
    %fc%80%80%80%80%ae%fc%80%80%80%80%ae %c0%2e%c0%2e %u002e%u002e %25u002e%25u002e
    %ef%bc%8e%ef%bc%8e %EF%BC%8E. ．． %e2%80%a5 ‥ %25ef%25bc%258e%25ef%25bc%258e
  `)
  // No empty segment among them: the parser lets one take the climb upon itself, and then the path stays public for everybody.
  const SEPARATORS = targets(String.raw`
    / \ %2f %2F %252f %252F %25252f %5c %5C %255c %25255c /./ /%2e/ %2f%2f %5c%2f %2f%5c
    %c0%af %c1%9c %c0%5c %c1%1c %e0%80%af %f0%80%80%af %ef%bc%8f %ef%bc%bc ／ ＼ %e2%88%95 %e2%81%84 %e2%88%96 %u2215 %u005c
  `)

  it.each(UPS)('by the dots %s and any separator', (up) => {
    for (const separator of SEPARATORS) {
      for (const start of ['/public', '/public/a/..', '/assets', '/health']) {
        const target = `${start}${separator}${up}${separator}admin${separator}users`
        expect.soft(judge(target, null), target).not.toBe('allow')
      }
    }
  })

  it.each(UPS)('nor is it for a user without the role: %s', (up) => {
    for (const separator of SEPARATORS) {
      const target = `/public${separator}${up}/admin/users`
      expect.soft(judge(target, ANN), target).not.toBe('allow')
    }
  })
})

describe('P3: a control character, encoded or not, is refused', () => {
  const bytes = [...Array(32).keys(), 127].map((byte) => `%${byte.toString(16).padStart(2, '0')}`)

  it.each([...bytes, '%0D%0Ax:y', '%2500', '%250a', '%25250d', '%257F'])('%s', (byte) => {
    for (const target of [
      `/public/x${byte}`,
      `/public${byte}/x`,
      `/${byte}public/x`,
      `/admin${byte}/users`,
      `/app/x${byte}.css`,
    ]) {
      expect(judge(target, null), target).toBe('bad')
      expect(judge(target, ADMIN), target).toBe('bad')
    }
  })
})

describe('P3: another spelling of a closed place does not open it', () => {
  it.each(
    targets(String.raw`
      /Admin /ADMIN/users /aDmIn/x /%41dmin /%61dmin /%61%64%6d%69%6e/x /%2561dmin /%252561dmin /adm%69n/users
      //admin ///admin/users /./admin /.//admin /%2e/admin /a/../admin /a/..//admin //a/../admin /\admin \admin /\/admin
      /%2fadmin /%2Fadmin /%252fadmin /%5cadmin /%5Cadmin/x /%255cadmin %2fadmin
      /admin; /admin;a=b /admin;a=b/users /;/admin /;a=b/admin /;a/;b/admin;c /admin%3b /admin%3ba=b/users /admin%253b
      /admin/ /admin// /admin/. /admin/./ /admin/%2e /admin/x/.. /admin/x/%2e%2e/y /admin%2f /admin%2fusers /admin%5cusers
      /admin. /admin.. /admin... /admin%2e /admin%20 /admin%20. /admin.%20/users /admin%c2%a0 /admin%e3%80%80
      /admin::$DATA /admin::$INDEX_ALLOCATION/x /admin:$i30:$INDEX_ALLOCATION/users /admin%3a%3a$DATA /admin%3A:$DATA/users
      /admin? /admin?/public /admin?../public/x /admin?x=/../public/ /admin# /admin#/../public/x /admin?#/public
      /admin%3f /admin%3fx /admin%23 /admin%23/public /admin%253f /admin%2523x
      /%ef%bc%a1dmin /ａｄｍｉｎ /%ef%bd%81dmin/x /%25ef%25bd%2581dmin /ⓐdmin /𝐚dmin /%e2%93%90dmin/users
      /public/../admin /assets/../admin/x.css /health/../admin /.well-known/../admin /auth/../admin /admin/users.css
      /public/../Admin /PUBLIC/../ADMIN /public/..//admin /x/%2e%2e/%2e%2e/admin /admin/../admin/users
    `),
  )('%s', (target) => {
    const full = target.startsWith('/') || target.startsWith('\\') ? target : `/${target}`
    expect(judge(full, null)).not.toBe('allow')
    expect(judge(full, ANN)).not.toBe('allow')
  })
})

describe('P3: a public rule opens no more than it says', () => {
  it.each(
    targets(`
      / /x /publi /publicx /public.html /public-private/x /xpublic/x /x/public/y /PUBLIC/x /Public /pUBLIC/x
      /health/x /health/ /healthz /Health /xhealth /health;x /health;/x /health%2f /health%2fx /health%20 /health. /health%3fx /health%23
      /assets /assets/ /assets/site.css/ /assets/site.css/x /assets/a/b.css /assets/site.css.map /assets/site.CSS /assets/sitecss
      /Assets/site.css /x/assets/site.css /assets/site.css;x /assets/a%2fb.css /assets/a%5cb.css /assets/x%3f.css /assets/x%23.css
      /assets/%2e%2e%2fadmin%2fx.css /assets/..%5cadmin.css /assets/admin;.css /assets/x;.css /assets//site.css /assets%2fsite.css
      /assets/%252e%252e%252fx.css /assets/..%00.css /assets/x.css%20 /assets/x.css. /assets/x.css::$DATA
      /public/%e9%ef%bc%8f%ef%bc%8e%ef%bc%8e%ef%bc%8f%ef%bc%8e%ef%bc%8e%ef%bc%8fapp
      /public/.. /public/%2e%2e /public/x/../.. /public%2f..%2fapp /public%5c..%5capp /public;/../app
    `),
  )('%s', (target) => {
    expect(judge(target, null)).not.toBe('allow')
  })
})

describe('P3: malformed escapes and overlong UTF-8 are refused', () => {
  it.each(
    targets(`
      /public/% /public/%2 /public/%zz /public/%g0 /public/%0 /public/a%%20b /public/%u0041 /public/%25u0041 /public/%-1
      /public/%c0%80 /public/%c0%ae /public/%c1%81 /public/%C0%AF /public/%e0%80%80 /public/%e0%9f%bf /public/%f0%80%80%80
      /public/%f0%8f%bf%bf /public/%f8%88%80%80%80 /public/%fc%84%80%80%80%80 /public/%fe /public/%ff /public/%25c0%25ae
      /public/%252525252541
    `),
  )('%s', (target) => {
    expect(judge(target, null)).toBe('bad')
    expect(judge(target, ADMIN)).toBe('bad')
  })
})

describe('an honest path passes, and unchanged', () => {
  const HONEST = targets(`
    /x /x/ /a/b/c /caf%C3%A9 /wiki/100%25 /wiki/100%25/edit /a@b:c /~user/ /~user/x.html /x=1,y /file(1).pdf /.well-known/x
    /.well-known/acme-challenge/a-b_c /a..b /a...b/c /..a /...a/b /a/.hidden /%E9 /caf%E9 /M%FCnchen /%D6l /%F6l/%FCber
    /%F0%9F%98%80 /%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB/x /search/a%2Fb /search/a%2fb%2Fc /files/a%5Cb /v1.0/x.y /v1.0/x
    /a+b /a%20b /a%20b/c%20d.txt /it's /x!y /$metadata /odata/Users('a') /a&b /a*b /x;v=1 /map;lat=1;lon=2/x /matrix;a/b;c
    /wiki/Talk:Page /wiki/C%2B%2B /wiki/C%23 /wiki/What%3F /wiki/AC%2FDC /a|b /a^b /%7Euser /[x] /{id} /a%22b /%3Cx%3E
    /%E6%97%A5%E6%9C%AC /100%EF%BC%85 /100%EF%BC%85/%EF%BC%91 /%D0%BF%D1%80 /a//b //x /x// /Foo/Bar /FOO /INDEX.HTML /a. /a./b
    /npm/@scope%2fname /%40x /e%CC%81 /%EF%AC%81 /a%3Bb /a%3Db /a:b::c /index.php/x /cgi-bin/x.cgi /a-b_c.d~e /-/x /_/x
    /%C2%A0 /a%E3%80%80b /%E2%80%8B /%E2%82%AC /%252B /a%2525 /%2541
  `)

  it.each(HONEST)('%s under the rule for everything else', (target) => {
    expect(judge(target, ANN)).toBe('allow')
    expect(judge(target, null)).toBe('deny')
    expect(pathnameOf(target)).toBe(
      target.replace('{id}', '%7Bid%7D').replace('a^b', pathnameOf('/a^b').slice(1)),
    )
  })

  it('a public path of one segment passes as it is written', () => {
    for (const target of targets('/health /health?x=1 /public /assets/site.css /assets/a.b.css?v=3'))
      expect(judge(target, null), target).toBe('allow')
  })

  it.each(HONEST)('/public%s under a public rule', (path) => {
    expect(judge(`/public${path}`, null)).toBe('allow')
  })

  it.each(HONEST)('/admin%s for who has the role', (path) => {
    expect(judge(`/admin${path}`, ADMIN)).toBe('allow')
    expect(judge(`/admin${path}`, ANN)).toBe('deny')
  })

  it('P3: the query takes no part', () => {
    expect(judge('/public/x?a=%2e%2e%2fadmin&b=%00%zz;#/admin', null)).toBe('allow')
    expect(judge('/admin?next=/public/x', null)).toBe('deny')
    expect(judge('/assets/x?.css', null)).toBe('deny')
    expect(judge('/assets/x.css?v=3', null)).toBe('allow')
    expect(judge('/app?/public/', null)).toBe('deny')
  })

  it('an encoded letter is that letter', () => {
    for (const target of targets('/public/%61bc /public/%7Ex /assets/%73ite.css /assets/s%2Dte.css'))
      expect(judge(target, null), target).toBe('allow')
    for (const target of targets('/%61dmin /adm%69n/x')) expect(judge(target, ADMIN), target).toBe('allow')
  })

  it('P3: where only a needless escape makes a path public, a login is needed: not every origin decodes it', () => {
    for (const target of targets('/%70ublic/x /publi%63 /he%61lth /assets/site%2ecss /%61ssets/x.css')) {
      expect(judge(target, null), target).toBe('deny')
      expect(judge(target, ANN), target).toBe('allow')
    }
  })
})

describe('what a path may cost', () => {
  const MANY = 100_000

  it.each([
    ['a plain path of any length is read one way', `/public/${'a'.repeat(MANY)}`],
    ['as one of many segments is', `/public${'/a'.repeat(MANY)}`],
    ['and one of many dots between letters', `/public/${'a.'.repeat(MANY)}a`],
  ])('%s', (_name, pathname) => {
    expect(readPath(pathname)).toEqual({ kind: 'plain', path: pathname })
  })

  it.each([
    ['slashes', '/', ''],
    ['dots', '.', 'x'],
    ['spaces', '%20', 'x'],
    ['escapes', '%41', ''],
    ['nested escapes', '%2525', ''],
    ['parameters', ';a', ''],
    ['backslashes', '%5c', ''],
    ['ligatures that fold to many letters', '%EF%B7%BA', ''],
    ['plain letters with one escape', 'a', '%41'],
  ])('a path of many %s is refused before it is looked into', (_name, piece, end) => {
    const pathname = `/public/${piece.repeat(MANY)}${end}`
    expect(readPath(pathname).kind).toBe('refused')
  })

  it('a path of 4,000 slashes is answered', () => {
    expect(judge(`/public${'/'.repeat(4000)}admin`, null)).toBe('allow')
    expect(judge(`${'/'.repeat(4000)}admin`, ANN)).not.toBe('allow')
  })
})
