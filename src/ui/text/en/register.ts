/** Making an account. */
export const register = {
  registerTitle: 'Create your account',
  registerEmail: 'You are invited as',
  registerUsername: 'Username (if you like)',
  registerSubmit: 'Create account',
  noInvitationTitle: 'This invitation isn’t valid',
  noInvitationText:
    'It may have been used already, or it is too old. Ask whoever runs the site for a new one. If you have an account, sign in.',
} as const satisfies Readonly<Record<string, string>>
