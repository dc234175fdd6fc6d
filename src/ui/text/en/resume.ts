/** A form that met a session which had ended. */
export const resume = {
  postKept: 'What you sent has been kept for you. Go on here, then you can look it over and send it.',
  postLost:
    'What you sent could not be kept. If you need it, go back in your browser and copy it before you go on.',
  resumeTitle: 'Your form is still here',
  resumeText: 'It has not been sent yet, because you had to sign in first. Look it over, then send it.',
  resumeTo: 'Goes to',
  resumeFields: 'What will be sent',
  resumeNothing: 'The form has no fields.',
  resumeUnreadable: 'Its content can’t be shown here. It will be sent as it was ({size}).',
  resumeMore: 'and {count} more',
  resumeEmpty: 'empty',
  resumeHidden: 'not shown',
  resumeSend: 'Send it now',
  resumeDiscard: 'Discard it',
  resumeUntil: 'Kept for another {wait}.',
  resumeGoneTitle: 'This form is no longer here',
  resumeGoneText:
    'It has been sent or discarded already, or its ten minutes are over. Nothing is sent twice. If it is missing, fill it in again.',
  resumeOtherTitle: 'This form is somebody else’s',
  resumeOtherText:
    'It was filled in under another account, so it will not be sent. Sign in with that account to send it, or discard it.',
} as const satisfies Readonly<Record<string, string>>
