import type { register as texts } from '../en/register.ts'

/** Making an account. */
export const register = {
  registerLink: 'Konto anlegen',
  registerTitle: 'Konto anlegen',
  registerEmail: 'Sie sind eingeladen als',
  registerUsername: 'Benutzername (wenn Sie mögen)',
  registerSubmit: 'Konto anlegen',
  noInvitationTitle: 'Diese Einladung gilt nicht',
  noInvitationText:
    'Vielleicht ist sie schon benutzt oder zu alt. Bitten Sie die Betreiber der Website um eine neue. Wenn Sie ein Konto haben, melden Sie sich an.',
  registerMadeTitle: 'Ihr Konto ist bereit',
  registerMadeText:
    'Es ist angelegt, nur die Anmeldung hat gerade nicht geklappt. Melden Sie sich mit dem gewählten Passwort an.',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
