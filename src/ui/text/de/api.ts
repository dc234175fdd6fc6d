import type { api as texts } from '../en/api.ts'

/** The page that describes the API. */
export const api = {
  apiTitle: 'API',
  apiHint:
    'JSON hinein und heraus. Fehler haben einen festen Code. Was auf ein Fragezeichen endet, kann fehlen.',
  apiNeedsSession: 'angemeldet',
  apiNeedsFresh: 'angemeldet und kürzlich bestätigt',
  apiNeedsPending: 'angemeldet oder auf dem Weg dahin',
  apiNeedsAdmin: 'Verwaltung',
  apiNeedsService: 'Dienstkonto',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
