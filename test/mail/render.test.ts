import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderMail } from '../../src/mail/render.tsx'
import { MAIL, SITE_SETTINGS } from './support.ts'

const HOSTILE = '<img src=x onerror=alert(1)> "\'& ' + '\u202e' + 'gpj.exe'

const mailSaying = (text: string) => ({
  ...MAIL,
  content: {
    subject: text,
    heading: text,
    paragraphs: [text, text],
    button: { label: text, path: '/auth/verify?token=abc&next=%2F' },
    code: text,
    facts: [{ label: 'When', value: text }],
    reason: text,
  },
})

describe('a mail', () => {
  it('says the same in text and in HTML', () => {
    const { subject, text, html } = renderMail(mailSaying('Hello there'))
    expect(subject).toBe('Hello there')
    expect(text.match(/Hello there/g)).toHaveLength(7)
    expect(html.match(/Hello there/g)).toHaveLength(8)
    expect(text).toContain('\nhttps://app.example/auth/verify?token=abc&next=%2F\n')
    expect(html).toContain('href="https://app.example/auth/verify?token=abc&amp;next=%2F"')
  })

  it('P20: shows hostile text as text', () => {
    const { subject, text, html } = renderMail(mailSaying(HOSTILE))
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    for (const part of [subject, text, html]) expect(part).not.toContain('\u202e')
    // The name of the site comes from the operator and is escaped as well.
    expect(html).toContain('Harbour &lt;News&gt;')
  })

  it('P7: whatever a text holds, the subject is one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const { subject } = renderMail(mailSaying(text))
        expect(subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
        expect([...subject].length).toBeLessThanOrEqual(150)
      }),
    )
  })

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example',
    'javascript:alert(1)',
    'auth/verify',
    '',
  ])('P7: links to the site only, not to %j', (path) => {
    const content = { ...MAIL.content, button: { label: 'Go', path } }
    expect(() => renderMail({ ...MAIL, content })).toThrow(TypeError)
  })

  it('loads nothing and runs nothing', () => {
    const { html } = renderMail(MAIL)
    expect(html).not.toMatch(/<(img|script|link|iframe|object|svg)|url\(|@import|src=/i)
  })

  it('has a dark scheme, a language, and the colour of the site', () => {
    const site = {
      ...SITE_SETTINGS,
      theme: { ...SITE_SETTINGS.theme, colors: { accent: '#0a7', accentDark: null } },
    }
    const { html } = renderMail({ ...MAIL, site, language: 'de' })
    expect(html).toContain('<html lang="de"')
    expect(html).toContain('prefers-color-scheme:dark')
    expect(html).toContain('#00aa77')
  })

  it('stays small', () => {
    expect(renderMail(mailSaying('x'.repeat(300))).html.length).toBeLessThan(12_000)
  })
})
