import type { Visit } from '../http/visit.ts'
import type { Texts } from '../ui/text/text.ts'
import type { Fact } from './mail.ts'

/** When, where from and with what a request came, as its reader would say it. What the platform does not tell is left out. */
export function requestFacts(texts: Texts, visit: Visit, now: number): readonly Fact[] {
  const place = placeOf(visit, texts.lang)
  const { agent } = visit.client()
  return [
    { label: texts.mailWhen, value: momentOf(visit, texts.lang, now) },
    ...(place === null ? [] : [{ label: texts.mailWhere, value: place }]),
    ...(agent === 'unknown' ? [] : [{ label: texts.mailBrowser, value: agent }]),
  ]
}

interface Place {
  readonly city?: string
  readonly country?: string
  readonly timezone?: string
}

/** Where a request came from, as the platform tells it; `null` where it does not. */
export function placeOf({ request }: Visit, language: string): string | null {
  const { city, country } = (request.cf ?? {}) as Place
  // `T1` is Tor, `XX` is nowhere.
  const isCountry = country !== undefined && /^[A-Z]{2}$/.test(country) && country !== 'XX'
  const name = isCountry ? new Intl.DisplayNames([language], { type: 'region' }).of(country) : null
  return [city, name].filter(Boolean).join(', ') || null
}

/** In the time of the place the request came from, which its sender recognises. */
function momentOf({ request }: Visit, language: string, at: number): string {
  const format = (timeZone: string) =>
    new Intl.DateTimeFormat(language, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
      timeZone,
    }).format(at)
  const { timezone } = (request.cf ?? {}) as Place
  try {
    return format(timezone ?? 'UTC')
  } catch {
    return format('UTC')
  }
}
