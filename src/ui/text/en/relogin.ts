/** The end of a sign-in in a window of its own. */
export const relogin = {
  signedInTitle: 'You’re signed in',
  signedInText: 'You can close this window. The page that opened it goes on by itself.',
} as const satisfies Readonly<Record<string, string>>
