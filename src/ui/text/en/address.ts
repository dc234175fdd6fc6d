/** The address of an account. */
export const address = {
  undoTitle: 'Undo the change of address',
  undoMailTitle: 'The address of your account at {site} was changed',
  undoMailText:
    'Your account has a new email address: {email}. Mails go there from now on, and not to this address any more.',
  undoMailAdvice:
    'If that was not you, undo it with this link. That is possible until {date} (UTC); it signs out everybody and takes the password away, and you choose a new one.',
  accountEmailSection: 'Email address',
  addressCurrent: 'Address',
  addressProven: 'confirmed',
  addressNone: 'Your account has no email address.',
  addressNoMail: 'The address can’t be changed here. Ask whoever runs the site.',
  addressProve: 'Confirm this address',
  addressNew: 'New address',
  addressHow:
    'We send a link there. Only when you have opened it does the address change; the old one gets a mail with which the change can be undone.',
  addressSubmit: 'Send the link',
  addressSent: 'A mail is on its way. Open its link to go on.',
  addressSame: 'That is the address you have.',
  addressMailTitle: 'Confirm your address for {site}',
  addressMailText:
    'This address was named for an account. If the account is yours, confirm it with this link. It works once, for {wait}.',
  addressMailReason: 'You get this because this address was entered on the account page of {site}.',
  addressKnownTitle: 'Your address was entered at {site}',
  addressKnownText:
    'Somebody wanted to give another account this address, which belongs to yours. Nothing has been changed, and there is nothing to do.',
  undoText: 'The account gets its old address back: {email}.',
  undoEnds:
    'Everybody who is signed in to it is signed out and the password doesn’t work any more. Then you choose a new one.',
  undoSubmit: 'Give the account its address back',
} as const satisfies Readonly<Record<string, string>>
