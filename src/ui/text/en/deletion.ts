/** Deleting an account, and what its history says of mailed links. */
export const deletion = {
  deleteTitle: 'Delete account',
  deleteText:
    'Your account and everything that belongs to it will be deleted on {date} (UTC). Until then you keep it by signing in again. After that nobody can bring it back.',
  deleteNow: 'You will be signed out everywhere at once.',
  deleteTake: 'If you want to keep anything, download your data first.',
  deleteConfirm: 'I want my account to be deleted',
  deleteMissing: 'Tick the box if that is what you want.',
  deleteSubmit: 'Delete my account',
  deleteOff: 'Accounts can’t be deleted here. Ask whoever runs the site.',
  deletedTitle: 'Your account will be deleted',
  deletedText: 'It will be gone on {date} (UTC). If you change your mind, sign in before.',
  deleteMailTitle: 'Your account at {site} will be deleted',
  deleteMailText:
    'You asked for your account to be deleted. It will be gone on {date} (UTC), with everything that belongs to it. If you change your mind, or if that was not you, sign in before: then the account stays. If it was not you, change your password as well.',
  noticeKeptTitle: 'Your account at {site} stays',
  noticeKeptText: 'Your account was to be deleted. Somebody has signed in to it, so it stays.',
  eventDeletionAsked: 'Deletion asked for',
  eventDeletionCancelled: 'Deletion taken back',
  eventEmailAsked: 'Change of address asked for',
  eventEmailChanged: 'Address changed',
  eventEmailVerified: 'Address confirmed',
  eventLinkAsked: 'Sign-in by mail asked for',
  eventLinkApproved: 'Another browser let in',
  eventLinkRefused: 'Sign-in by mail stopped',
} as const satisfies Readonly<Record<string, string>>
