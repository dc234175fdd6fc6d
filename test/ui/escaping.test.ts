import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeHref } from '../../src/ui/safe-href.ts'
import { visibleText } from '../../src/ui/visible-text.ts'
import { everyPage, type Filling, HARMLESS, parseTags, themeOf } from './sample-pages.ts'

const HOSTILE = [
  '"><svg onload=1>',
  "'><img src=x onerror=alert(1)>",
  '</style><script>1</script>',
  '</title><script>1</script>',
  '<!--',
  '" autofocus onfocus=1 x="',
  '\u202eadmin\u2066',
  'a\r\nSet-Cookie: x=1\r\n\r\n<script>',
  '&lt;script&gt;',
  '{site}{page}$&$1',
  '\ud800\u0000',
]

const BAD_ADDRESSES = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>1</script>',
  'vbscript:x',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  'https:///\\evil',
  'blob:https://x',
  '',
]

async function shapes(filling: Filling) {
  const pages = everyPage(await themeOf(filling), 'en', filling)
  return Promise.all(
    pages.map(async (html) =>
      (await parseTags(html)).map(({ name, attributes }) => [name, ...Object.keys(attributes)].join(' ')),
    ),
  )
}

describe('hostile values', () => {
  it('P20: no text from outside changes the elements or attributes of any page', {
    timeout: 60_000,
  }, async () => {
    const harmless = await shapes(HARMLESS)
    for (const text of HOSTILE) expect(await shapes({ ...HARMLESS, text })).toEqual(harmless)
  })

  it('P20: no text at all does', async () => {
    const harmless = await shapes(HARMLESS)
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '/',
      '=',
      ' ',
      'script',
      'on',
      '\n',
      '--',
      'x',
      ';',
      '`',
    )
    const anything = fc.oneof(
      fc.array(piece, { minLength: 1 }).map((parts) => parts.join('')),
      fc.string({ minLength: 1 }),
    )
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        expect(await shapes({ ...HARMLESS, text: `x${text}` })).toEqual(harmless)
      }),
      { numRuns: 25 },
    )
    // Dozens of pages each time.
  }, 60_000)

  it('P20: an address that runs or leaves by stealth stands in no page', async () => {
    for (const href of BAD_ADDRESSES) {
      for (const html of everyPage(await themeOf({ ...HARMLESS, href }), 'en', { ...HARMLESS, href })) {
        for (const { attributes, name } of await parseTags(html)) {
          const isIcon = name === 'link' && attributes.href?.startsWith('data:image/svg+xml,')
          for (const key of ['href', 'src', 'action', 'formaction']) {
            if (!isIcon && attributes[key] !== undefined) expect(attributes[key], html).not.toBe(href)
          }
        }
      }
    }
  })

  it('P20: no page has a script but a file of ours, an event handler, a style attribute or a frame', async () => {
    for (const html of everyPage(await themeOf(HARMLESS), 'de', HARMLESS)) {
      expect(html).not.toMatch(/<script[^>]*>[^<]/)
      for (const { name, attributes } of await parseTags(html)) {
        expect(['iframe', 'object', 'embed', 'base']).not.toContain(name)
        if (name === 'script') expect(attributes.src).toMatch(/^\/auth\/assets\/[a-z-]+\.js$/)
        for (const key of Object.keys(attributes)) expect(key).not.toMatch(/^(on|style$)/)
      }
    }
  })

  it('P20: what was typed comes back to the letter', async () => {
    const typed = `"><svg onload=1> & 'x'`
    const [page = ''] = everyPage(await themeOf(HARMLESS), 'en', { ...HARMLESS, text: typed })
    const field = (await parseTags(page)).find(({ attributes }) => attributes.name === 'identifier')
    const decoded = field?.attributes.value
      ?.replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
    expect(decoded).toBe(typed)
  })

  it('shows an override in a name instead of obeying it', async () => {
    expect(visibleText('Ada\u202enimda')).toBe('Ada\ufffdnimda')
    const pages = everyPage(await themeOf({ ...HARMLESS, text: '\u202e' }), 'en', HARMLESS)
    for (const html of pages) expect(html).not.toContain('\u202e')
  })
})

describe('safeHref', () => {
  it('keeps paths, web addresses and mail addresses', () => {
    for (const address of [
      '/',
      '/a?b=c#d',
      'https://acme.example/x',
      'http://localhost:8787/',
      'mailto:help@acme.example',
    ])
      expect(safeHref(address)).toBe(address)
  })

  it('only ever lets through what a browser reads as a path of ours, http, https or mailto', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      ':',
      'javascript',
      'https',
      'mailto',
      '\t',
      '\n',
      ' ',
      'evil',
      '@',
      '.',
      '?',
      '#',
    )
    fc.assert(
      fc.property(
        fc.array(piece).map((parts) => parts.join('')),
        (address) => {
          const href = safeHref(address)
          if (href === null) return
          const url = new URL(href, 'https://own.example/auth/login')
          if (href.startsWith('/')) expect(url.origin).toBe('https://own.example')
          else expect(['http:', 'https:', 'mailto:']).toContain(url.protocol)
        },
      ),
    )
  })
})
