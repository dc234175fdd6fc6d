/** What mails have in common, notices, and the mailbox of development. */
export const mail = {
  mailAccount: 'Account',
  mailWhen: 'When',
  mailWhere: 'Where',
  mailBrowser: 'Browser',
  mailReasonSafety:
    'You get this because it concerns the safety of your account at {site}. Mails like this can’t be switched off.',
  noticeCheck: 'Look at your account',
  noticeIfNotYou:
    'If that was you, there is nothing to do. If not, somebody else can get into your account: change your password and end the sessions you don’t recognise.',
  noticeDeviceTitle: 'New sign-in to {site}',
  noticeDeviceText:
    'Somebody signed in to your account from a browser that has not been used with it before.',
  noticePasswordTitle: 'Your password for {site} was changed',
  noticePasswordText: 'Your password was changed. All other sessions of your account have been ended.',
  noticeFactorAddedTitle: 'New sign-in method for {site}',
  noticeFactorAddedText: 'A further way to sign in was added to your account.',
  noticeFactorRemovedTitle: 'Sign-in method removed for {site}',
  noticeFactorRemovedText: 'A way to sign in was removed from your account.',
  noticeRecoveryTitle: 'A recovery code for {site} was used',
  noticeRecoveryText:
    'Somebody signed in to your account with one of your recovery codes. It does not work again; the others still do.',
  noticeTheftTitle: 'A copied sign-in was used at {site}',
  noticeTheftText:
    'One of your browsers was asked to keep you signed in, and what it keeps was used a second time from elsewhere. That usually means that it was copied. We have ended that sign-in everywhere; you have to sign in again.',
  noticeTheftAdvice:
    'Look for malware on your devices, change your password, and end the sessions you don’t recognise.',
  mailboxTitle: 'Mailbox',
  mailboxText: 'Mails that would have been sent. This page exists in development only.',
  mailboxEmpty: 'No mail yet. What would be sent lands here. This page exists in development only.',
  mailboxReload: 'Look again',
  mailboxFrom: 'From',
  mailboxTo: 'To',
  mailboxHtml: 'The mail as HTML',
  mailboxPlain: 'As plain text',
  mailboxAlone: 'Open the HTML alone',
} as const satisfies Readonly<Record<string, string>>
