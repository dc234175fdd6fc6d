import type { resume as texts } from '../en/resume.ts'

/** Ein Formular, das auf eine beendete Sitzung traf. */
export const resume = {
  postKept:
    'Was Sie abgeschickt haben, ist aufbewahrt. Machen Sie hier weiter, dann können Sie es durchsehen und senden.',
  postLost:
    'Was Sie abgeschickt haben, konnte nicht aufbewahrt werden. Wenn Sie es brauchen, gehen Sie im Browser zurück und kopieren Sie es, bevor Sie fortfahren.',
  resumeTitle: 'Ihr Formular ist noch da',
  resumeText:
    'Es wurde noch nicht gesendet, weil Sie sich erst anmelden mussten. Sehen Sie es durch und senden Sie es dann.',
  resumeTo: 'Geht an',
  resumeFields: 'Was gesendet wird',
  resumeNothing: 'Das Formular hat keine Felder.',
  resumeUnreadable: 'Der Inhalt lässt sich hier nicht anzeigen. Er wird gesendet, wie er war ({size}).',
  resumeMore: 'und {count} weitere',
  resumeEmpty: 'leer',
  resumeHidden: 'nicht angezeigt',
  resumeSend: 'Jetzt senden',
  resumeDiscard: 'Verwerfen',
  resumeUntil: 'Noch {wait} aufbewahrt.',
  resumeGoneTitle: 'Dieses Formular ist nicht mehr da',
  resumeGoneText:
    'Es wurde schon gesendet oder verworfen, oder seine zehn Minuten sind um. Nichts wird zweimal gesendet. Fehlt es, füllen Sie es noch einmal aus.',
  resumeOtherTitle: 'Dieses Formular gehört jemand anderem',
  resumeOtherText:
    'Es wurde unter einem anderen Konto ausgefüllt und wird deshalb nicht gesendet. Melden Sie sich mit jenem Konto an, um es zu senden, oder verwerfen Sie es.',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
