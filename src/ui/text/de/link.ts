import type { link as texts } from '../en/link.ts'

/** Signing in with a mailed link or code. */
export const link = {
  linkTitle: 'Ohne Passwort anmelden',
  linkLogin: 'Mit einem Link per E-Mail anmelden',
  linkText: 'Wir schicken einen Link und einen Code an die E-Mail-Adresse Ihres Kontos.',
  linkSubmit: 'E-Mail schicken',
  linkPassword: 'Mit Ihrem Passwort anmelden',
  linkAgain: 'Neue E-Mail schicken',
  linkSent:
    'Wenn es ein Konto mit diesem Namen gibt, ist eine E-Mail an seine Adresse unterwegs. Geben Sie hier den Code daraus ein oder öffnen Sie den Link.',
  linkCode: 'Code aus der E-Mail',
  linkCodeWrong: 'Das ist nicht der Code. Nur die neueste E-Mail gilt.',
  linkElsewhere: 'Lesen Sie Ihre E-Mails auf einem anderen Gerät?',
  linkElsewhereText: 'Öffnen Sie dort den Link, geben Sie diese Zahl ein und kommen Sie dann zurück.',
  linkElsewhereDone: 'Das habe ich getan',
  linkNotYet: 'Noch hat niemand diese Anmeldung freigegeben.',
  linkApprovedTitle: 'Freigegeben',
  linkApprovedText: 'Die Anmeldung in diesem Browser wurde auf Ihrem anderen Gerät freigegeben.',
  linkContinue: 'Weiter',
  linkAs: 'Ihr Konto',
  linkWhere: 'Wo möchten Sie sich anmelden?',
  linkHere: 'Hier anmelden',
  linkThere: 'In dem Browser, der gefragt hat',
  linkThereText: 'Er zeigt eine Zahl. Geben Sie sie nur ein, wenn Sie sie selbst vor sich sehen.',
  linkThereNoMore:
    'Die Zahl war zu oft falsch. Lassen Sie eine neue E-Mail schicken, um diesen Browser hereinzulassen.',
  linkNumber: 'Zahl auf dem anderen Bildschirm',
  linkNumberWrong: 'Das ist nicht die Zahl, die der andere Browser zeigt.',
  linkApprove: 'Diesen Browser hereinlassen',
  linkNotMe: 'Haben Sie nicht darum gebeten?',
  linkRefuse: 'Diese Anmeldung abbrechen',
  linkUnknownBrowser: 'Unbekannter Browser',
  linkDoneTitle: 'Freigegeben',
  linkDoneText:
    'Gehen Sie zurück zum anderen Browser und drücken Sie „Das habe ich getan“. Diese Seite können Sie schließen.',
  linkRefusedTitle: 'Abgebrochen',
  linkRefusedText:
    'Der Link und sein Code sind nichts mehr wert. Wer darum gebeten hat, kommt nicht hinein, und brauchte dafür nicht mehr als Ihre Adresse: Ihr Konto ist so sicher wie zuvor.',
  linkMailTitle: 'Anmeldung bei {site}',
  linkMailText:
    'Geben Sie diesen Code in dem Browser ein, in dem Sie darum gebeten haben, oder öffnen Sie den Link. Beides gilt einmal, {wait} lang.',
  linkMailWarning:
    'Sagen Sie den Code niemandem: Wer ehrlich ist, fragt nicht danach. Wenn Sie sich nicht anmelden wollten, können Sie diese E-Mail ignorieren.',
  linkMailButton: 'Anmelden',
  linkMailReason: 'Sie bekommen diese E-Mail, weil auf der Anmeldeseite von {site} darum gebeten wurde.',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
