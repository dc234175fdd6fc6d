import { tellsUsernames } from '../origin/presets.ts'
import { normalizeUsername } from '../user/identifier.ts'
import type { SiteSettings, UsernameSettings } from './settings.ts'

/** What all sites together make of user names: they share one set of accounts. */
export function usernameSettings(sites: readonly SiteSettings[]): UsernameSettings {
  const listed = sites.flatMap(({ rules }) =>
    rules.flatMap(({ access }) => (typeof access === 'object' && 'users' in access ? access.users : [])),
  )
  return {
    givenBy: sites.some(({ identity }) => tellsUsernames(identity)) ? 'operator' : 'owner',
    reserved: new Set(listed.map((name) => normalizeUsername(name) ?? name)),
  }
}
