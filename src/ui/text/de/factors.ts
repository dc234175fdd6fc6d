import type { factors as texts } from '../en/factors.ts'

/** Setting up and looking after second factors. */
export const factors = {
  factorsTitle: 'Sichere Anmeldung',
  factorsIntro:
    'Ein Passwort allein öffnet Ihr Konto jedem, der es erfährt. Ein zweiter Schritt verschließt diese Tür: etwas, das nur Sie haben.',
  factorsPasskeys: 'Passkeys',
  factorsPasskeysHint:
    'Mit einem Passkey melden Sie sich per Fingerabdruck, Gesicht oder Bildschirmsperre an. Es gibt nichts zu tippen und nichts, was Ihnen eine gefälschte Website stehlen könnte.',
  factorsAddPasskey: 'Passkey hinzufügen',
  factorsApps: 'Authenticator-Apps',
  factorsAppsHint:
    'Eine App, die jede halbe Minute einen neuen sechsstelligen Code zeigt. Sie geben ihn nach dem Passwort ein.',
  factorsNone: 'Noch keine.',
  factorsAddApp: 'Authenticator-App hinzufügen',
  factorsAdded: 'Hinzugefügt {added}, zuletzt verwendet {used}.',
  factorsNeverUsed: 'Hinzugefügt {added}, noch nicht verwendet.',
  factorsSynced: 'Von Ihrem Konto auf mehreren Geräten aufbewahrt.',
  factorsRename: 'Umbenennen',
  factorsRemove: 'Entfernen',
  factorsCodes: 'Wiederherstellungscodes',
  factorsCodesHint: 'Für den Tag, an dem das Telefon verloren geht. Jeder Code gilt einmal.',
  factorsCodesLeft: '{count} von 10 sind übrig.',
  factorsCodesNone: 'Es sind keine mehr übrig. Erstellen Sie jetzt neue.',
  factorsCodesNew: 'Neue Codes erstellen',
  factorsCodesReplace: 'Die alten gelten dann nicht mehr.',
  factorsTrusted: 'Vertraute Geräte',
  factorsTrustedHint: 'Diese Browser werden bis zum angegebenen Tag nicht nach dem zweiten Schritt gefragt.',
  factorsTrustedUntil: 'Zuletzt verwendet {used}, vertraut bis {until}.',
  factorsDistrust: 'Nicht mehr vertrauen',
  factorsDoneAdded: 'Ihr Konto ist jetzt sicherer: Die neue Anmeldemethode ist eingerichtet.',
  factorsDoneRemoved: 'Die Anmeldemethode wurde entfernt.',
  factorsDoneRenamed: 'Der neue Name ist gespeichert.',
  factorsDoneDistrusted: 'Dieses Gerät wird wieder nach dem zweiten Schritt gefragt.',
  factorsLastOne:
    'Das ist Ihr letzter zweiter Schritt, und {site} verlangt für Ihr Konto einen. Fügen Sie erst einen anderen hinzu.',
  factorsGone: 'Diese Anmeldemethode gibt es nicht mehr.',
  factorsNameInvalid: 'Wählen Sie einen kurzen Namen ohne Zeilenumbruch.',
  factorsName: 'Name',
  factorsNameHint: 'Damit Sie es wiedererkennen.',
  factorsSave: 'Speichern',
  removeTitle: '{name} entfernen?',
  removeText:
    'Damit können Sie sich dann nicht mehr anmelden. Alles andere, was Sie eingerichtet haben, bleibt.',
  removeLastText:
    'Das ist Ihr letzter zweiter Schritt. Ohne ihn öffnet Ihr Passwort allein das Konto, und Ihre Wiederherstellungscodes gelten nicht mehr.',
  removeSubmit: 'Entfernen',
  removeKeep: 'Behalten',
  setupTitle: 'Zweiten Schritt einrichten',
  setupIntro:
    'Ein Passwort allein genügt nicht, wenn jemand es erfährt. Ein zweiter Schritt bei der Anmeldung hält andere fern. Er ist in einer Minute eingerichtet.',
  setupRequired:
    '{site} verlangt bei der Anmeldung einen zweiten Schritt. Richten Sie einen ein, um weiterzumachen; das dauert eine Minute.',
  setupDue: '{site} bittet Sie, das bis {date} zu tun.',
  setupPasskeyHint:
    'Anmelden mit Fingerabdruck, Gesicht oder Bildschirmsperre. Nichts zu tippen, und keine gefälschte Website kann ihn Ihnen nehmen. Auf den meisten Telefonen und Computern die beste Wahl.',
  setupAppHint: 'Eine App auf Ihrem Telefon zeigt sechs Ziffern, die Sie nach dem Passwort eingeben.',
  setupLater: 'Nicht jetzt',
  appTitle: 'Authenticator-App hinzufügen',
  appOpen:
    'Öffnen Sie eine Authenticator-App auf Ihrem Telefon. Wenn Sie keine haben, installieren Sie eine: Im Store gibt es viele kostenlose.',
  appScan: 'Scannen Sie damit dieses Bild.',
  appScanAlt: 'QR-Code, der die Authenticator-App einrichtet',
  appLink: 'Auf diesem Telefon? In der App öffnen',
  appType: 'Oder geben Sie diesen Schlüssel in die App ein:',
  appProve: 'Geben Sie die sechs Ziffern ein, die die App jetzt zeigt.',
  appCode: 'Code aus der App',
  appWrong:
    'Dieser Code passt nicht. Prüfen Sie, ob die Uhr Ihres Telefons stimmt, und geben Sie den nächsten ein.',
  appOver: 'Das hat zu lange gedauert. Hier ist ein neues Bild: Scannen Sie dieses.',
  appDefaultName: 'Authenticator-App',
  appSubmit: 'Einschalten',
  appBack: 'Zurück',
  passkeyTitle: 'Passkey hinzufügen',
  passkeyIntro:
    'Ihr Gerät fragt nach Fingerabdruck, Gesicht oder Bildschirmsperre, wie beim Entsperren. Es bewahrt den Passkey auf und meldet Sie damit hier an, und nirgends sonst.',
  passkeyIntroMore: 'Ein Sicherheitsschlüssel zum Einstecken geht auch.',
  passkeyName: 'Name',
  passkeyDefaultName: 'Mein Gerät',
  passkeyCreate: 'Passkey erstellen',
  passkeyRefused: 'Der Passkey konnte nicht hinzugefügt werden. Versuchen Sie es erneut.',
  codesTitle: 'Wiederherstellungscodes aufbewahren',
  codesText:
    'Wenn Ihr Telefon verloren geht, kommen Sie mit einem dieser Codes hinein. Jeder gilt einmal. Drucken Sie sie aus oder legen Sie sie in einen Passwortmanager, nicht auf das Telefon selbst.',
  codesOnce: 'Sie werden nur jetzt gezeigt.',
  codesDone: 'Ich habe sie aufbewahrt',
} as const satisfies Readonly<Record<keyof typeof texts, string>>
