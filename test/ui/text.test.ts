import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { de } from '../../src/ui/text/de.ts'
import { en } from '../../src/ui/text/en.ts'
import { chooseLanguage, fill, textsFor } from '../../src/ui/text/text.ts'
import { describeWait } from '../../src/ui/text/wait.ts'

declare global {
  interface ImportMeta {
    glob(
      patterns: readonly string[],
      options: { query: string; import: string; eager: true },
    ): Record<string, string>
    glob(pattern: string, options: { eager: true }): Record<string, Record<string, object>>
  }
}

const SOURCES = Object.values(
  import.meta.glob(['../../src/**/*.ts', '../../src/**/*.tsx', '!../../src/ui/text/??/*.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).join('\n')

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

describe('texts', () => {
  it('say the same things in both languages, with the same placeholders', () => {
    expect(Object.keys(de)).toEqual(Object.keys(en))
    for (const [key, text] of Object.entries(en)) {
      const translated = de[key as keyof typeof en]
      expect(translated.trim(), key).not.toBe('')
      expect(placeholders(translated), key).toEqual(placeholders(text))
    }
  })

  it('have each key in one topic only', () => {
    const tables = Object.values(import.meta.glob('../../src/ui/text/en/*.ts', { eager: true })).flatMap(
      (topic) => Object.values(topic),
    )
    expect(tables.flatMap((table) => Object.keys(table)).sort()).toEqual(Object.keys(en).sort())
  })

  it('are all in use', () => {
    expect(Object.keys(en).filter((key) => !new RegExp(`\\b${key}\\b`).test(SOURCES))).toEqual([])
  })

  it('are spoken in the language they say they are', () => {
    expect(textsFor('de').lang).toBe('de')
    expect(textsFor('en').lang).toBe('en')
  })
})

describe('fill', () => {
  it('puts values in once and to the letter', () => {
    expect(fill('{a} and {b}', { a: '{b}', b: '$&' })).toBe('{b} and $&')
  })

  it('leaves a placeholder alone that has no value, inherited names included', () => {
    expect(fill('{toString} {x}', {})).toBe('{toString} {x}')
  })
})

describe('chooseLanguage', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-at;q=0.9, en;q=0.5', 'de'],
    ['en-GB,en;q=0.9,de;q=0.8', 'en'],
    ['fr, de;q=0.3, en;q=0.2', 'de'],
    ['de;q=0.5, en;q=0.5', 'de'],
    ['de;q=0, en;q=0.1', 'en'],
    ['en;q=0', 'de'],
    ['fr', 'en'],
    ['*', 'en'],
    ['en;q=0, *', 'de'],
    ['de;q=0.2, *;q=0.9', 'en'],
    ['de;q=1.5, en;q=0.1', 'en'],
    ['de;q=abc', 'en'],
    ['de ; Q = 0.8 , en;q=0.7', 'de'],
    [',,;;q=,=;', 'en'],
    ['den', 'en'],
    ['__proto__, de;q=0.1', 'de'],
  ] as const)('%j gets %s', (header, language) => {
    expect(chooseLanguage(header)).toBe(language)
  })

  it('answers with a supported language for any bytes', () => {
    const noise = fc.array(
      fc.constantFrom('de', 'en', '*', ',', ';', 'q=', '0.', '1', '-', ' ', '\u0000', 'é', '__proto__'),
    )
    const header = fc.oneof(
      fc.string(),
      noise.map((parts) => parts.join('')),
    )
    fc.assert(fc.property(header, (text) => ['en', 'de'].includes(chooseLanguage(text))))
    fc.assert(fc.property(header, (text) => chooseLanguage(text, ['de']) === 'de'))
  })

  it('gives whoever weighs one language higher that language, in any order', () => {
    const weight = fc.integer({ min: 0, max: 1000 })
    fc.assert(
      fc.property(weight, weight, fc.boolean(), (english, german, flip) => {
        fc.pre(english !== german)
        const ranges = [`en;q=${(english / 1000).toFixed(3)}`, `de-CH;q=${(german / 1000).toFixed(3)}`]
        expect(chooseLanguage((flip ? ranges.reverse() : ranges).join(','))).toBe(
          english > german ? 'en' : 'de',
        )
      }),
    )
  })
})

describe('describeWait', () => {
  it.each([
    [1, 'en', '1 second'],
    [59.2, 'en', '60 seconds'],
    [60, 'en', '1 minute'],
    [61, 'de', '2 Minuten'],
    [5400, 'en', '90 minutes'],
    [5401, 'de', '2 Stunden'],
  ] as const)('%d seconds in %s are %s', (seconds, language, text) => {
    expect(describeWait(seconds, language)).toBe(text)
  })

  it('has no words for what is no waiting time', () => {
    for (const seconds of [null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(describeWait(seconds, 'en')).toBeNull()
  })
})
