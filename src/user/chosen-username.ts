import type { UsernameSettings } from '../config/settings.ts'
import { normalizeUsername } from './identifier.ts'

export type ChosenUsername =
  | { readonly kind: 'chosen'; readonly username: string | null }
  | { readonly kind: 'refused'; readonly code: 'invalid' | 'taken' }

/**
 * The user name that somebody writes into a form about themselves; an empty text means none. Every such form reads it here: a name that
 * rules or sites know somebody by opens what is theirs, so nobody may simply say it (docs/decisions/014-names-people-choose.md). Which names
 * rules list is nobody's business, so those are taken.
 */
export function chooseUsername({ givenBy, reserved }: UsernameSettings, text: string): ChosenUsername {
  if (text.trim() === '') return { kind: 'chosen', username: null }
  const username = normalizeUsername(text)
  if (username === null || givenBy === 'operator') return { kind: 'refused', code: 'invalid' }
  return reserved.has(username) ? { kind: 'refused', code: 'taken' } : { kind: 'chosen', username }
}
