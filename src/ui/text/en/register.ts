/** Making an account. */
export const register = {
  registerLink: 'Create an account',
  registerTitle: 'Create your account',
  registerEmail: 'You are invited as',
  registerUsername: 'Username (if you like)',
  registerSubmit: 'Create account',
  noInvitationTitle: 'This invitation isn’t valid',
  noInvitationText:
    'It may have been used already, or it is too old. Ask whoever runs the site for a new one. If you have an account, sign in.',
  registerMadeTitle: 'Your account is ready',
  registerMadeText:
    'It has been created, but signing in didn’t work just now. Sign in with the password you chose.',
} as const satisfies Readonly<Record<string, string>>
