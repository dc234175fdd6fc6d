/** Forgotten passwords, and what all mailed links have in common. */
export const recover = {
  spentTitle: 'This link doesn’t work any more',
  spentText:
    'It has been used already, a newer one has taken its place, or it is too old. Nothing has been changed.',
  checkMailTitle: 'Look into your mailbox',
  checkMailHint:
    'It can take a minute or two, and it may lie in the spam folder. If you have asked several times, only the newest mail counts.',
  mailIgnore: 'If you didn’t ask for this, you can ignore this mail. Nothing happens without the link.',
  backToLogin: 'Back to sign-in',
  forgotLink: 'Forgot your password?',
  forgotTitle: 'Forgot your password?',
  forgotText: 'We send a link to the email address of your account. With it you choose a new password.',
  forgotSubmit: 'Send the link',
  forgotSent: 'If there is an account with that name, a link is on its way to its email address.',
  forgotAgain: 'Send a new link',
  resetTitle: 'Choose a new password',
  resetEnds: 'You will be signed out everywhere, also where “keep me signed in” was chosen.',
  resetSubmit: 'Set the password',
  resetMailTitle: 'A new password for {site}',
  resetMailText:
    'Somebody, hopefully you, has forgotten the password of your account. With this link you choose a new one. It works once, for {wait}.',
  resetMailReason: 'You get this because somebody asked for it on the sign-in page of {site}.',
  noticePasswordReset: 'Your new password is set. Sign in with it.',
} as const satisfies Readonly<Record<string, string>>
