import type { recover as texts } from '../en/recover.ts'

/** Forgotten passwords, and what all mailed links have in common. */
export const recover = {
  spentTitle: 'Dieser Link gilt nicht mehr',
  spentText:
    'Er wurde schon benutzt, ein neuerer ist an seine Stelle getreten, oder er ist zu alt. Es wurde nichts geändert.',
  checkMailTitle: 'Schauen Sie in Ihr Postfach',
  checkMailHint:
    'Es kann ein, zwei Minuten dauern, und vielleicht liegt die Mail im Spam-Ordner. Wenn Sie mehrmals gefragt haben, gilt nur die neueste.',
  mailIgnore: 'Wenn Sie das nicht waren, können Sie diese Mail ignorieren. Ohne den Link geschieht nichts.',
  backToLogin: 'Zurück zur Anmeldung',
  forgotLink: 'Passwort vergessen?',
  forgotTitle: 'Passwort vergessen?',
  forgotText:
    'Wir schicken einen Link an die E-Mail-Adresse Ihres Kontos. Damit wählen Sie ein neues Passwort.',
  forgotSubmit: 'Link schicken',
  forgotSent: 'Wenn es ein Konto mit diesem Namen gibt, ist ein Link an seine E-Mail-Adresse unterwegs.',
  forgotAgain: 'Neuen Link schicken',
  resetTitle: 'Neues Passwort wählen',
  resetEnds: 'Sie werden überall abgemeldet, auch dort, wo „Angemeldet bleiben“ gewählt war.',
  resetSubmit: 'Passwort setzen',
  resetMailTitle: 'Ein neues Passwort für {site}',
  resetMailText:
    'Jemand, hoffentlich Sie, hat das Passwort Ihres Kontos vergessen. Mit diesem Link wählen Sie ein neues. Er gilt einmal, {wait} lang.',
  resetMailReason: 'Sie bekommen diese Mail, weil auf der Anmeldeseite von {site} darum gebeten wurde.',
  noticePasswordReset: 'Ihr neues Passwort ist gesetzt. Melden Sie sich damit an.',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
