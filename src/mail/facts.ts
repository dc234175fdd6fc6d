import type { Visit } from '../http/visit.ts'
import { describeMoment } from '../ui/text/moment.ts'
import { describePlace } from '../ui/text/place.ts'
import type { Texts } from '../ui/text/text.ts'
import type { Fact } from './mail.ts'

/** When, where from and with what a request came, as its reader would say it. What the platform does not tell is left out. */
export function requestFacts(texts: Texts, visit: Visit, now: number): readonly Fact[] {
  const { agent, place } = visit.client()
  return [
    { label: texts.mailWhen, value: describeMoment(now, texts.lang, visit.timeZone()) },
    ...(place === null ? [] : [{ label: texts.mailWhere, value: describePlace(place, texts.lang) }]),
    ...(agent === 'unknown' ? [] : [{ label: texts.mailBrowser, value: agent }]),
  ]
}

/** Where a request came from, as the platform tells it; `null` where it does not. */
export function placeOf(visit: Visit, language: string): string | null {
  const { place } = visit.client()
  return place === null ? null : describePlace(place, language)
}
