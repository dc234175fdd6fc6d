import type { frame as texts } from '../en/frame.ts'

/** What every page may say, and the pages that only say something. */
export const frame = {
  lang: 'de',
  dir: 'ltr',
  pageTitle: '{page} · {site}',
  errorPageTitle: 'Fehler: {page} · {site}',
  forbiddenTitle: 'Kein Zugriff',
  forbiddenText:
    'Dieses Konto darf diese Seite nicht öffnen. Falls doch, wenden Sie sich an die Betreiber der Website.',
  notFoundTitle: 'Seite nicht gefunden',
  notFoundText: 'Unter dieser Adresse gibt es nichts. Prüfen Sie sie auf Tippfehler.',
  badRequestTitle: 'Das hat nicht geklappt',
  badRequestText: 'Die Anfrage war nicht verständlich. Gehen Sie zurück und versuchen Sie es erneut.',
  faultTitle: 'Etwas ist schiefgegangen',
  faultText: 'Das liegt an uns, nicht an Ihnen.',
  originUnreachableTitle: 'Die Website antwortet nicht',
  originUnreachableText:
    'Ihre Anmeldung ist in Ordnung, aber die Website dahinter ist gerade nicht erreichbar.',
  originTimeoutTitle: 'Die Website braucht zu lange',
  originTimeoutText:
    'Ihre Anmeldung ist in Ordnung, aber die Website dahinter hat nicht rechtzeitig geantwortet.',
  tooManyTitle: 'Zu viele Anfragen',
  tooManyText: 'Es gab zu viele Anfragen in kurzer Zeit.',
  misdirectedTitle: 'Falsche Adresse',
  misdirectedText: 'Diese Adresse wird hier nicht bedient. Prüfen Sie sie.',
  methodNotAllowedTitle: 'Hier nicht möglich',
  methodNotAllowedText:
    'So lässt sich diese Seite nicht verwenden. Gehen Sie zurück und versuchen Sie es erneut.',
  signedOutTitle: 'Sie sind abgemeldet',
  signedOutText: 'Sie können diese Seite schließen.',
  unsupportedTitle: 'Unbekanntes Format',
  unsupportedText: 'Das Format dieser Anfrage wird hier nicht angenommen.',
  tooLargeTitle: 'Zu groß',
  tooLargeText: 'Die Anfrage ist größer, als hier angenommen wird.',
  retryShortly: 'Versuchen Sie es in Kürze erneut.',
  retryIn: 'Versuchen Sie es in {wait} erneut.',
  goHome: 'Zur Startseite',
  signIn: 'Anmelden',
  signInOther: 'Mit anderem Konto anmelden',
  skipToMain: 'Zum Inhalt springen',
  requestId: 'Anfrage-ID: {id}',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
