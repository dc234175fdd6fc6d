import type { Texts } from './text.ts'

/** German. A key that is missing or does not exist in English is a compile error. */
export const de: Texts = {
  lang: 'de',
  dir: 'ltr',
  pageTitle: '{page} · {site}',
  errorPageTitle: 'Fehler: {page} · {site}',

  identifierLabel: 'E-Mail-Adresse oder Benutzername',
  passwordLabel: 'Passwort',
  identifierMissing: 'Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.',
  identifierTooLong: 'Das ist zu lang für eine E-Mail-Adresse oder einen Benutzernamen.',
  passwordMissing: 'Geben Sie Ihr Passwort ein.',
  passwordTooLong: 'Dieses Passwort ist zu lang.',

  loginTitle: 'Anmelden',
  loginSubmit: 'Anmelden',
  rememberLabel: 'Angemeldet bleiben',
  rememberHint: 'Nur auf einem Gerät, das Ihnen gehört.',
  loginLinks: 'Weitere Möglichkeiten',

  problemWrongCredentials:
    'Name und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es erneut.',
  problemThrottled: 'Zu viele Versuche. Versuchen Sie es in {wait} erneut.',
  problemThrottledLater: 'Zu viele Versuche. Versuchen Sie es etwas später erneut.',
  problemCrossSite:
    'Dieses Formular kam von einer anderen Website, deshalb ist nichts geschehen. Von hier aus können Sie es gefahrlos erneut versuchen.',
  problemFault:
    'Das ist im Moment nicht möglich. Mit Ihrem Konto ist alles in Ordnung. Versuchen Sie es in Kürze erneut.',
  problemFields: 'Prüfen Sie die markierten Felder.',
  problemForm: 'Das Formular war nicht lesbar. Füllen Sie es aus und senden Sie es noch einmal.',
  noticeSessionEnded: 'Ihre Sitzung ist beendet. Melden Sie sich an, um dort weiterzumachen, wo Sie waren.',
  noticeRememberStolen:
    'Zu Ihrem Schutz haben wir Sie abgemeldet: Möglicherweise hat jemand eine Anmeldung aus diesem Browser kopiert. Melden Sie sich neu an, und wenn Sie das überrascht, ändern Sie Ihr Passwort.',
  noticeSignedOut: 'Sie sind abgemeldet.',

  signedInAs: 'Angemeldet als',
  logoutTitle: 'Abmelden',
  logoutWhere: 'Wo möchten Sie sich abmelden?',
  logoutHere: 'Auf diesem Gerät',
  logoutHereHint: 'Auf anderen Geräten bleiben Sie angemeldet.',
  logoutEverywhere: 'Überall',
  logoutEverywhereHint: 'Beendet Ihre Sitzungen auf allen Geräten, auch auf diesem.',
  logoutSubmit: 'Abmelden',
  logoutCancel: 'Angemeldet bleiben',

  reauthTitle: 'Bestätigen Sie, dass Sie es sind',
  reauthStale: 'Ihre Anmeldung liegt eine Weile zurück. Geben Sie Ihr Passwort ein, um fortzufahren.',
  reauthRemembered:
    'Sie sind von einem früheren Besuch angemeldet. Geben Sie Ihr Passwort ein, um fortzufahren.',
  reauthMoved:
    'Ihr Netzwerk oder Browser hat sich seit der Anmeldung geändert. Geben Sie Ihr Passwort ein, um fortzufahren.',
  reauthWrongPassword: 'Das Passwort stimmt nicht. Versuchen Sie es erneut.',
  reauthSubmit: 'Weiter',
  reauthSignOut: 'Sind Sie das nicht? Abmelden',

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
  requestId: 'Anfrage-ID: {id}',
}
