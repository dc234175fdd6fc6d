import type { relogin as texts } from '../en/relogin.ts'

/** Das Ende einer Anmeldung in einem eigenen Fenster. */
export const relogin = {
  signedInTitle: 'Sie sind angemeldet',
  signedInText:
    'Sie können dieses Fenster schließen. Die Seite, die es geöffnet hat, macht von selbst weiter.',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
