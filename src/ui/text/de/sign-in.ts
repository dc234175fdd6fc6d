import type { signIn as texts } from '../en/sign-in.ts'

/** Signing in, confirming it, signing out. */
export const signIn = {
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
  humanNeedsScript:
    'Dieses Formular prüft, dass Sie kein Roboter sind, und braucht dafür JavaScript. Schalten Sie JavaScript für diese Website ein und laden Sie die Seite neu.',
  problemNotHuman:
    'Die Prüfung, dass Sie kein Roboter sind, ist nicht bestanden oder zu alt. Machen Sie sie unten noch einmal.',
  problemHumanUnavailable:
    'Die Prüfung, dass Sie kein Roboter sind, ist gerade nicht möglich. Mit Ihrem Konto ist alles in Ordnung. Versuchen Sie es in Kürze erneut.',
  noticeSessionEnded: 'Ihre Sitzung ist beendet. Melden Sie sich an, um dort weiterzumachen, wo Sie waren.',
  noticeRememberStolen:
    'Zu Ihrem Schutz haben wir Sie abgemeldet: Möglicherweise hat jemand eine Anmeldung aus diesem Browser kopiert. Melden Sie sich neu an, und wenn Sie das überrascht, ändern Sie Ihr Passwort.',
  noticeSignedOut: 'Sie sind abgemeldet.',
  noticeSignInOver:
    'Diese Anmeldung hat zu lange gedauert oder es waren zu viele falsche Codes. Beginnen Sie noch einmal.',
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
  reauthElsewhere: 'Ein anderes Gerät hat Sie hier angemeldet. Geben Sie Ihr Passwort ein, um fortzufahren.',
  reauthMoved:
    'Ihr Netzwerk oder Browser hat sich seit der Anmeldung geändert. Geben Sie Ihr Passwort ein, um fortzufahren.',
  reauthWrongPassword: 'Das Passwort stimmt nicht. Versuchen Sie es erneut.',
  reauthSubmit: 'Weiter',
  reauthSignOut: 'Sind Sie das nicht? Abmelden',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
