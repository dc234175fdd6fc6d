import type { handoff as texts } from '../en/handoff.ts'

/** Anmeldung auf einem Gerät von einem anderen aus. */
export const handoff = {
  handoffLink: 'Anderes Gerät verwenden',
  handoffTitle: 'Mit einem anderen Gerät anmelden',
  handoffIntro:
    'Gibt es ein Telefon oder einen Computer, auf dem Sie schon angemeldet sind? Bestätigen Sie diese Anmeldung dort.',
  handoffBegin: 'Code anzeigen',
  handoffHaveCode: 'Code eines anderen Geräts eingeben',
  handoffBack: 'Anders anmelden',
  handoffWaitingTitle: 'Auf Ihrem anderen Gerät bestätigen',
  handoffScan: 'Scannen Sie dies, oder öffnen Sie dort {address} und geben Sie den Code ein.',
  handoffQr: 'QR-Code, der {address} öffnet',
  handoffCode: 'Code',
  handoffNumber: 'Zahl zum Vergleichen',
  handoffNumberHint: 'Sie werden dort nach der Zahl gefragt.',
  handoffWaiting: 'Wartet auf Ihr anderes Gerät. Diese Seite geht von selbst weiter.',
  handoffCancel: 'Abbrechen',
  handoffReadyTitle: 'Bestätigt',
  handoffReadyText: 'Ihr anderes Gerät hat diese Anmeldung bestätigt.',
  handoffContinue: 'Weiter',
  handoffDeniedTitle: 'Nicht bestätigt',
  handoffDeniedText: 'Es wurde auf dem anderen Gerät abgelehnt, oder dort wurde die falsche Zahl gewählt.',
  handoffAgain: 'Neu beginnen',
  handoffOver: 'Der Code ist zu alt, oder er wurde schon verwendet. Beginnen Sie neu.',
  handoffWithdrawn:
    'Die Bestätigung gilt nicht mehr: Das Gerät, das sie gegeben hat, wurde abgemeldet. Beginnen Sie neu.',
  handoffEnterTitle: 'Anderes Gerät bestätigen',
  handoffEnterText: 'Geben Sie den Code ein, den das andere Gerät zeigt.',
  handoffEnterSubmit: 'Weiter',
  handoffUnknown: 'Diesen Code gibt es nicht. Prüfen Sie ihn auf Tippfehler; vielleicht ist er auch zu alt.',
  handoffAskTitle: 'Melden Sie sich gerade auf einem anderen Gerät an?',
  handoffWarning:
    'Vielleicht will jemand Sie täuschen. Machen Sie nur weiter, wenn Sie dies eben selbst begonnen haben, auf einem Gerät vor Ihnen. Niemand von {site} wird Sie je darum bitten.',
  handoffDevice: 'Gerät',
  handoffPlace: 'Wo',
  handoffPlaceUnknown: 'unbekannt',
  handoffSameNetwork: 'das Netz dieses Geräts',
  handoffOtherNetwork: 'nicht das Netz dieses Geräts',
  handoffStarted: 'Begonnen',
  handoffWhich: 'Welche Zahl zeigt es?',
  handoffChoose: 'Es zeigt {number}: bestätigen',
  handoffChooseHint: 'Die richtige bestätigt sofort.',
  handoffRefuse: 'Keine davon, oder das bin nicht ich',
  handoffApprovedTitle: 'Bestätigt',
  handoffApprovedText:
    'Das andere Gerät ist gleich angemeldet. Seine Sitzung ist eine eigene; Sie können sie in Ihrem Konto beenden.',
  handoffRefusedTitle: 'Abgelehnt',
  handoffRefusedText:
    'Nichts wurde angemeldet. Wenn Sie dies nicht begonnen haben, wollte jemand in Ihr Konto.',
  handoffWrongTitle: 'Das ist nicht die Zahl',
  handoffWrongText:
    'Deshalb wurde nichts bestätigt. Ist das Gerät Ihres, beginnen Sie dort neu. Ist es das nicht, wollte jemand in Ihr Konto.',
  handoffSpentTitle: 'Schon entschieden',
  handoffSpentText: 'Diese Anmeldung wurde schon bestätigt oder abgelehnt, oder sie ist zu alt.',
  handoffSessions: 'Ihre Sitzungen ansehen',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
