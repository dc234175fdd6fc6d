import type { TextKey } from './text/text.ts'

/** A page of the account area, as its navigation lists it. */
export interface AccountSection {
  /** Below the base path. */
  readonly path: string
  readonly text: TextKey
}

/** The account area in the order of its navigation. A capability with a page there adds one line. */
export const ACCOUNT_SECTIONS = [
  { path: '/account', text: 'accountProfile' },
  { path: '/account/email', text: 'accountEmailSection' },
  { path: '/account/password', text: 'accountPassword' },
  { path: '/account/factors', text: 'factorsTitle' },
  { path: '/account/sessions', text: 'accountSessions' },
  { path: '/account/keys', text: 'accountKeys' },
  { path: '/account/history', text: 'accountHistory' },
  { path: '/account/data', text: 'accountData' },
  { path: '/account/delete', text: 'deleteTitle' },
] as const satisfies readonly AccountSection[]

export type AccountPath = (typeof ACCOUNT_SECTIONS)[number]['path']
