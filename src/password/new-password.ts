import type { Services } from '../services.ts'
import { checkPassword, type PasswordProblem } from './policy.ts'

/** Why a new password is refused, by the rules that pages, API and command line share. */
export type PasswordRefusal = PasswordProblem | 'breached'

/** What is wrong with a new password of an account; empty for a good one. */
export async function refusalsOf(
  { settings, isBreached }: Pick<Services, 'settings' | 'isBreached'>,
  password: string,
  account: { readonly email: string | null; readonly username: string | null; readonly name: string | null },
): Promise<readonly PasswordRefusal[]> {
  const { email, username, name } = account
  const siteNames = [...settings.sites.values()].flatMap((site) => [site.theme.name, site.ruleHost])
  const siteWords = [...settings.password.words, ...siteNames]
  const policy = { minLength: settings.password.minLength }
  const found = checkPassword(password, policy, { siteWords, email, username, name })
  if (found.length > 0 || !isBreached) return found
  return (await isBreached(password)) ? ['breached'] : []
}

/** For the API; pages have texts of their own. */
export const REFUSAL_MESSAGES: Readonly<Record<PasswordRefusal, string>> = {
  too_short: 'is too short',
  too_long: 'is too long',
  not_text: 'is not valid text',
  common: 'is among the first that attackers try',
  contains_personal: 'is made of the name, the address or the site',
  breached: 'has been found in leaks of other sites',
}
