import type { signUp as texts } from '../en/sign-up.ts'

/** Signing up, and proving an address. */
export const signUp = {
  signUpDomains: 'Adressen, mit denen man ein Konto anlegen kann: {domains}',
  signUpEmail: 'E-Mail-Adresse',
  signUpEmailInvalid: 'Das ist keine E-Mail-Adresse, an die wir schreiben können.',
  signUpWrongDomain: 'Nehmen Sie eine Adresse, die auf {domains} endet.',
  signUpName: 'Name (wenn Sie möchten)',
  signUpHasAccount: 'Ich habe schon ein Konto',
  signUpSent:
    'Wir haben eine E-Mail an diese Adresse geschickt. Geben Sie hier den Code daraus ein oder öffnen Sie den Link, auf diesem oder einem anderen Gerät.',
  signUpAgain: 'Andere Adresse nehmen oder neu beginnen',
  signUpDoneElsewhere: 'Ich habe den Link auf einem anderen Gerät geöffnet',
  signUpDoneText: 'Sie haben sie auf einem anderen Gerät bestätigt. Machen Sie auch hier weiter.',
  signUpNotYet:
    'Die Adresse wurde noch nicht auf einem anderen Gerät bestätigt, oder nicht mit dem Passwort, das Sie hier gewählt haben.',
  signUpElsewhere:
    'Sie haben in einem anderen Browser oder auf einem anderen Gerät begonnen. Damit sicher ist, dass niemand sonst Ihre Adresse benutzt hat, geben Sie das Passwort noch einmal ein; oder wählen Sie jetzt ein anderes.',
  signUpMailTitle: 'Ihr Konto bei {site}',
  signUpMailText:
    'Jemand, hoffentlich Sie, möchte ein Konto mit dieser Adresse. Geben Sie diesen Code in dem Browser ein, in dem Sie es anlegen, oder öffnen Sie den Link. Beides gilt einmal, {wait} lang.',
  signUpMailButton: 'Konto anlegen',
  signUpMailReason:
    'Sie bekommen diese E-Mail, weil jemand auf {site} ein Konto mit Ihrer Adresse anlegen wollte.',
  knownMailTitle: 'Sie haben ein Konto bei {site}',
  knownMailText:
    'Jemand, hoffentlich Sie, wollte ein Konto mit dieser Adresse anlegen. Sie hat schon eines, deshalb wurde nichts geändert.',
  knownMailAdvice:
    'Melden Sie sich an wie immer. Wenn Sie Ihr Passwort vergessen haben, lassen Sie sich auf der Anmeldeseite ein neues geben.',
  waitingTitle: 'Fast fertig',
  waitingText:
    'Ihre Adresse ist bestätigt. Bevor Sie sich anmelden können, muss der Betreiber dieser Website Ihr Konto freigeben.',
  takenTitle: 'Diese Adresse hat ein Konto',
  takenText: 'Das Konto wurde inzwischen auf anderem Weg angelegt. Melden Sie sich damit an.',
  confirmTitle: 'Adresse bestätigen',
  confirmText: 'Ist das die Adresse Ihres Kontos bei {site}?',
  confirmChangeText:
    'Soll das die neue Adresse Ihres Kontos bei {site} sein? Sie melden sich von da an damit an.',
  confirmPassword:
    'Sie sind hier nicht angemeldet. Geben Sie das Passwort Ihres Kontos ein, damit wir wissen, dass es Ihres ist.',
  confirmSubmit: 'Adresse bestätigen',
  confirmedTitle: 'Adresse bestätigt',
  confirmedText: 'Sie gehört von nun an zu Ihrem Konto.',
  unusableTitle: 'Diese Adresse geht nicht',
  unusableText: 'Sie gehört zu einem anderen Konto. Es wurde nichts geändert.',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
