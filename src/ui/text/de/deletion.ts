import type { deletion as texts } from '../en/deletion.ts'

/** Deleting an account, and what its history says of mailed links. */
export const deletion = {
  deleteTitle: 'Konto löschen',
  deleteText:
    'Ihr Konto und alles, was dazugehört, wird am {date} (UTC) gelöscht. Bis dahin behalten Sie es, wenn Sie sich wieder anmelden. Danach kann es niemand zurückholen.',
  deleteNow: 'Sie werden sofort überall abgemeldet.',
  deleteTake: 'Wenn Sie etwas behalten möchten, laden Sie vorher Ihre Daten herunter.',
  deleteConfirm: 'Ich möchte, dass mein Konto gelöscht wird',
  deleteMissing: 'Setzen Sie das Häkchen, wenn Sie das wollen.',
  deleteSubmit: 'Mein Konto löschen',
  deleteOff: 'Konten lassen sich hier nicht löschen. Wenden Sie sich an den Betreiber der Website.',
  deletedTitle: 'Ihr Konto wird gelöscht',
  deletedText: 'Am {date} (UTC) ist es weg. Wenn Sie es sich anders überlegen, melden Sie sich vorher an.',
  deleteMailTitle: 'Ihr Konto bei {site} wird gelöscht',
  deleteMailText:
    'Sie haben darum gebeten, Ihr Konto zu löschen. Am {date} (UTC) ist es weg, mit allem, was dazugehört. Wenn Sie es sich anders überlegen oder das nicht waren, melden Sie sich vorher an: Dann bleibt das Konto. Wenn Sie es nicht waren, ändern Sie auch Ihr Passwort.',
  noticeKeptTitle: 'Ihr Konto bei {site} bleibt',
  noticeKeptText: 'Ihr Konto sollte gelöscht werden. Jemand hat sich daran angemeldet, deshalb bleibt es.',
  eventDeletionAsked: 'Löschung beantragt',
  eventDeletionCancelled: 'Löschung zurückgenommen',
  eventEmailAsked: 'Adressänderung beantragt',
  eventEmailChanged: 'Adresse geändert',
  eventEmailVerified: 'Adresse bestätigt',
  eventLinkAsked: 'Anmeldung per E-Mail angefordert',
  eventLinkApproved: 'Anderen Browser hereingelassen',
  eventLinkRefused: 'Anmeldung per E-Mail abgebrochen',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
