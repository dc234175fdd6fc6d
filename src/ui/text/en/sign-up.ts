/** Signing up, and proving an address. */
export const signUp = {
  signUpDomains: 'Addresses that may sign up: {domains}',
  signUpEmail: 'Email address',
  signUpEmailInvalid: 'This isn’t an email address we can send to.',
  signUpWrongDomain: 'Use an address that ends in {domains}.',
  signUpName: 'Name (if you like)',
  signUpHasAccount: 'I have an account already',
  signUpSent:
    'We have sent a mail to this address. Type its code here, or open its link, on this or any other device.',
  signUpAgain: 'Use another address or start again',
  signUpDoneElsewhere: 'I opened the link on another device',
  signUpDoneText: 'You have confirmed it on another device. Go on here as well.',
  signUpNotYet:
    'Nobody has confirmed the address on another device yet, or not with the password that you chose here.',
  signUpElsewhere:
    'You signed up in another browser, or on another device. To be sure that nobody else did it with your address, enter the password again; or choose another one now.',
  signUpMailTitle: 'Your account at {site}',
  signUpMailText:
    'Somebody, hopefully you, wants an account with this address. Type this code in the browser where you signed up, or open the link. Both work once, for {wait}.',
  signUpMailButton: 'Create the account',
  signUpMailReason: 'You get this because somebody entered your address on the registration page of {site}.',
  knownMailTitle: 'You have an account at {site}',
  knownMailText:
    'Somebody, hopefully you, wanted to create an account with this address. It has one already, so nothing was changed.',
  knownMailAdvice:
    'Sign in as usual. If you have forgotten your password, ask for a new one on the sign-in page.',
  waitingTitle: 'Almost done',
  waitingText:
    'Your address is confirmed. Before you can sign in, whoever runs this site has to approve your account.',
  takenTitle: 'This address has an account',
  takenText: 'The account was created in another way in the meantime. Sign in with it.',
  confirmTitle: 'Confirm your address',
  confirmText: 'Is this the address of your account at {site}?',
  confirmChangeText:
    'Shall this be the new address of your account at {site}? You sign in with it from then on.',
  confirmPassword:
    'You are not signed in here. Enter the password of your account, so that we know that it is yours.',
  confirmSubmit: 'Confirm the address',
  confirmedTitle: 'Address confirmed',
  confirmedText: 'It belongs to your account from now on.',
  unusableTitle: 'This address can’t be used',
  unusableText: 'It belongs to another account. Nothing has been changed.',
} as const satisfies Readonly<Record<string, string>>
