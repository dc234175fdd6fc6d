import type { TextKey } from './text/text.ts'

/** What to say about a sign-in field that was sent empty or beyond its limit. */
export const LOGIN_FIELD_TEXTS = {
  identifier: { missing: 'identifierMissing', too_long: 'identifierTooLong' },
  password: { missing: 'passwordMissing', too_long: 'passwordTooLong' },
} as const satisfies Readonly<
  Record<'identifier' | 'password', Readonly<Record<'missing' | 'too_long', TextKey>>>
>
