import type { mail as texts } from '../en/mail.ts'

/** What mails have in common, notices, and the mailbox of development. */
export const mail = {
  mailAccount: 'Konto',
  mailWhen: 'Wann',
  mailWhere: 'Wo',
  mailBrowser: 'Browser',
  mailReasonSafety:
    'Sie erhalten diese Nachricht, weil es um die Sicherheit Ihres Kontos bei {site} geht. Solche Nachrichten lassen sich nicht abbestellen.',
  noticeCheck: 'Konto ansehen',
  noticeIfNotYou:
    'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, kommt jemand anderes in Ihr Konto: Ändern Sie Ihr Passwort und beenden Sie die Sitzungen, die Sie nicht kennen.',
  noticeDeviceTitle: 'Neue Anmeldung bei {site}',
  noticeDeviceText:
    'Jemand hat sich mit einem Browser an Ihrem Konto angemeldet, der dort bisher nicht benutzt wurde.',
  noticePasswordTitle: 'Ihr Passwort für {site} wurde geändert',
  noticePasswordText: 'Ihr Passwort wurde geändert. Alle anderen Sitzungen Ihres Kontos sind beendet.',
  noticeFactorAddedTitle: 'Neue Anmeldemethode für {site}',
  noticeFactorAddedText: 'Zu Ihrem Konto ist eine weitere Möglichkeit hinzugekommen, sich anzumelden.',
  noticeFactorRemovedTitle: 'Anmeldemethode für {site} entfernt',
  noticeFactorRemovedText: 'Eine Möglichkeit, sich an Ihrem Konto anzumelden, wurde entfernt.',
  noticeRecoveryTitle: 'Ein Wiederherstellungscode für {site} wurde verwendet',
  noticeRecoveryText:
    'Jemand hat sich mit einem Ihrer Wiederherstellungscodes an Ihrem Konto angemeldet. Er gilt nicht noch einmal; die anderen gelten weiter.',
  noticeTheftTitle: 'Eine kopierte Anmeldung wurde bei {site} benutzt',
  noticeTheftText:
    'Einer Ihrer Browser sollte angemeldet bleiben, und was er sich dafür merkt, wurde anderswo ein zweites Mal benutzt. Meist heißt das, dass es kopiert wurde. Wir haben diese Anmeldung überall beendet; Sie müssen sich neu anmelden.',
  noticeTheftAdvice:
    'Suchen Sie auf Ihren Geräten nach Schadsoftware, ändern Sie Ihr Passwort und beenden Sie die Sitzungen, die Sie nicht kennen.',
  mailboxTitle: 'Postfach',
  mailboxText: 'Nachrichten, die verschickt worden wären. Diese Seite gibt es nur in der Entwicklung.',
  mailboxEmpty:
    'Noch keine Nachricht. Was verschickt würde, landet hier. Diese Seite gibt es nur in der Entwicklung.',
  mailboxReload: 'Noch einmal nachsehen',
  mailboxFrom: 'Von',
  mailboxTo: 'An',
  mailboxHtml: 'Die Nachricht als HTML',
  mailboxPlain: 'Als reiner Text',
  mailboxAlone: 'Nur das HTML öffnen',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
