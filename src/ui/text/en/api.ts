/** The page that describes the API. */
export const api = {
  apiTitle: 'API',
  apiHint: 'JSON in and out. Errors have a stable code. What ends in a question mark may be left out.',
  apiNeedsSession: 'signed in',
  apiNeedsFresh: 'signed in, and confirmed lately',
  apiNeedsPending: 'signed in, or on the way',
  apiNeedsAdmin: 'administrator',
  apiNeedsService: 'service account',
} as const satisfies Readonly<Record<string, string>>
