import { de } from './de.ts'
import { en } from './en.ts'

export type TextKey = keyof typeof en
export type Texts = Readonly<Record<TextKey, string>>
export type Language = 'en' | 'de'

const TABLES: Readonly<Record<Language, Texts>> = { en, de }
export const LANGUAGES: readonly Language[] = ['en', 'de']
/** RFC 9110 section 12.4.2: three decimals at most. What is not a weight makes its range count for nothing. */
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value)
}

export function textsFor(language: Language): Texts {
  return TABLES[language]
}

/**
 * The supported language the visitor's `Accept-Language` likes best (RFC 9110 section 12.5.4, with the lookup of RFC 4647
 * section 3.4: `de-AT` gets `de`). Ties go to what the visitor names first, then to the order of `supported`, whose
 * first is also the answer when nothing fits. Never throws, whatever bytes come.
 */
export function chooseLanguage(
  acceptLanguage: string | null,
  supported: readonly Language[] = LANGUAGES,
): Language {
  const weights = new Map<string, number>()
  for (const part of (acceptLanguage ?? '').slice(0, 1000).split(',')) {
    const [range = '', ...parameters] = part.split(';')
    const language = range.trim().toLowerCase().split('-', 1)[0] ?? ''
    const weight = readWeight(parameters)
    if (language === '' || weight === null) continue
    const known = weights.get(language)
    if (known === undefined || known < weight) {
      // Deleting first keeps the map in the order in which each weight was named.
      weights.delete(language)
      weights.set(language, weight)
    }
  }

  const named = [...weights.keys()]
  const others = weights.get('*') ?? null
  const ranked = supported
    .map((language) => ({
      language,
      weight: weights.get(language) ?? others,
      position: named.indexOf(weights.has(language) ? language : '*'),
    }))
    .sort((a, b) => (b.weight ?? -1) - (a.weight ?? -1) || a.position - b.position)
  const wanted = ranked.find(({ weight }) => weight !== null && weight > 0)
  // Nobody is turned away for their language, but `en;q=0` is still a wish worth keeping.
  const bearable = supported.find((language) => weights.get(language) !== 0)
  return wanted?.language ?? bearable ?? supported[0] ?? 'en'
}

/** Puts values into the `{placeholders}` of a text; a placeholder without a value stays. Values are not expanded again. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? placeholder) : placeholder,
  )
}

function readWeight(parameters: readonly string[]): number | null {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=', 2)
    if (name.trim().toLowerCase() === 'q') return WEIGHT.test(value.trim()) ? Number(value.trim()) : null
  }
  return 1
}
