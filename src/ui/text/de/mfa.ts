import type { mfa as texts } from '../en/mfa.ts'

/** The second factor at sign-in, and step-up. */
export const mfa = {
  mfaTitle: 'Noch ein Schritt',
  mfaStepUpTitle: 'Bestätigen Sie, dass Sie es sind',
  mfaTotpText:
    'Öffnen Sie Ihre Authenticator-App und geben Sie die sechs Ziffern ein, die sie für {site} zeigt.',
  mfaTotpLabel: 'Code aus der App',
  mfaRecoveryText:
    'Geben Sie einen der Wiederherstellungscodes ein, die Sie aufbewahrt haben. Jeder gilt einmal.',
  mfaRecoveryLabel: 'Wiederherstellungscode',
  mfaTrust: 'Auf diesem Gerät nicht mehr fragen',
  mfaTrustHint: '{days} Tage lang. Nur auf einem Gerät, das Ihnen gehört.',
  mfaSubmit: 'Weiter',
  mfaWrong: 'Dieser Code stimmt nicht oder wurde schon verwendet. Versuchen Sie es mit dem nächsten.',
  mfaWrongRecovery:
    'Das ist keiner Ihrer unbenutzten Wiederherstellungscodes. Prüfen Sie ihn und versuchen Sie es erneut.',
  mfaPasskeyText: 'Verwenden Sie Fingerabdruck, Gesicht, Bildschirmsperre oder Sicherheitsschlüssel.',
  mfaPasskeySubmit: 'Passkey verwenden',
  mfaWrongPasskey:
    'Dieser Passkey wurde nicht angenommen. Versuchen Sie es erneut oder auf einem anderen Weg.',
  mfaUsePasskey: 'Passkey verwenden',
  passkeySignIn: 'Passkey verwenden',
  passkeyFailed: 'Das hat nicht geklappt. Versuchen Sie es erneut oder auf einem anderen Weg.',
  passkeyExists: 'Auf diesem Gerät gibt es schon einen Passkey für Ihr Konto.',
  passkeyNoScript: 'Passkeys brauchen JavaScript, das in diesem Browser ausgeschaltet ist.',
  passkeyNotHere:
    'Dieser Browser kann keine Passkeys verwenden. Aktualisieren Sie ihn oder nehmen Sie einen anderen Weg.',
  noticePasskeyRefused:
    'Mit diesem Passkey konnten Sie nicht angemeldet werden. Versuchen Sie es erneut oder nehmen Sie Ihr Passwort.',
  noticePasskeyBusy: 'Im Moment sind es zu viele Versuche. Versuchen Sie es in einer Minute erneut.',
  mfaEmailText: 'Wir schicken einen sechsstelligen Code an die E-Mail-Adresse Ihres Kontos.',
  mfaEmailSend: 'Code schicken',
  mfaEmailSent: 'Der Code ist unterwegs an die E-Mail-Adresse Ihres Kontos. Er gilt zehn Minuten.',
  mfaEmailLabel: 'Code aus der Mail',
  mfaEmailAgain: 'Keine Mail? Noch einmal anfordern',
  mfaWrongEmail: 'Dieser Code stimmt nicht oder ist zu alt. Sehen Sie in die neueste Mail.',
  mfaMailTitle: 'Ihr Code für {site}',
  mfaMailText:
    'Geben Sie diesen Code dort ein, wo Sie sich gerade anmelden. Er gilt einmal und zehn Minuten lang.',
  mfaMailWarning:
    'Wenn Sie sich nicht gerade anmelden, kennt jemand Ihr Passwort: Ändern Sie es. Nennen Sie diesen Code niemandem, wer auch fragt.',
  mfaMailReason: 'Sie erhalten diese Mail, weil sich jemand bei {site} an Ihrem Konto anmeldet.',
  mfaCodeMissing: 'Geben Sie den Code ein.',
  mfaSigningInAs: 'Anmeldung als',
  mfaOtherWays: 'Geht das gerade nicht?',
  mfaUseTotp: 'Authenticator-App verwenden',
  mfaUseRecovery: 'Wiederherstellungscode verwenden',
  mfaCancel: 'Sind Sie das nicht? Neu beginnen',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
