import type { address as texts } from '../en/address.ts'

/** The address of an account. */
export const address = {
  undoTitle: 'Adressänderung rückgängig machen',
  undoMailTitle: 'Die Adresse Ihres Kontos bei {site} wurde geändert',
  undoMailText:
    'Ihr Konto hat eine neue E-Mail-Adresse: {email}. E-Mails gehen von nun an dorthin und nicht mehr an diese Adresse.',
  undoMailAdvice:
    'Wenn Sie das nicht waren, machen Sie es mit diesem Link rückgängig. Das geht bis {date} (UTC); dabei werden alle abgemeldet, das Passwort gilt nicht mehr, und Sie wählen ein neues.',
  accountEmailSection: 'E-Mail-Adresse',
  addressCurrent: 'Adresse',
  addressProven: 'bestätigt',
  addressNone: 'Ihr Konto hat keine E-Mail-Adresse.',
  addressNoMail: 'Die Adresse lässt sich hier nicht ändern. Wenden Sie sich an den Betreiber der Website.',
  addressProve: 'Diese Adresse bestätigen',
  addressNew: 'Neue Adresse',
  addressHow:
    'Wir schicken einen Link dorthin. Erst wenn Sie ihn geöffnet haben, ändert sich die Adresse; die alte bekommt eine E-Mail, mit der sich die Änderung rückgängig machen lässt.',
  addressSubmit: 'Link schicken',
  addressSent: 'Eine E-Mail ist unterwegs. Öffnen Sie den Link darin, um weiterzumachen.',
  addressSame: 'Das ist die Adresse, die Sie haben.',
  addressMailTitle: 'Bestätigen Sie Ihre Adresse für {site}',
  addressMailText:
    'Diese Adresse wurde für ein Konto genannt. Wenn das Konto Ihres ist, bestätigen Sie sie mit diesem Link. Er gilt einmal, {wait} lang.',
  addressMailReason:
    'Sie bekommen diese E-Mail, weil diese Adresse auf der Kontoseite von {site} eingegeben wurde.',
  addressKnownTitle: 'Ihre Adresse wurde bei {site} eingegeben',
  addressKnownText:
    'Jemand wollte einem anderen Konto diese Adresse geben, die zu Ihrem gehört. Es wurde nichts geändert, und es ist nichts zu tun.',
  undoText: 'Das Konto bekommt seine alte Adresse zurück: {email}.',
  undoEnds:
    'Alle, die daran angemeldet sind, werden abgemeldet, und das Passwort gilt nicht mehr. Danach wählen Sie ein neues.',
  undoSubmit: 'Alte Adresse wiederherstellen',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
