import type { Settings } from '../src/config/settings.ts'
import { randomText } from '../src/lib/random.ts'
import { createNodeArgon2id } from '../src/password/argon2-node.ts'
import { createBreachCheck } from '../src/password/breached.ts'
import { createPasswordHasher } from '../src/password/hash.ts'
import { checkPassword } from '../src/password/policy.ts'
import { cleanName, isRoleName, normalizeEmail, normalizeUsername } from '../src/user/identifier.ts'
import type { NewUser } from '../src/user/user.ts'
import { Failure } from './failure.ts'

/** An account as the operator describes it; every part checked by the rules that the pages use. */
export function newUser(
  said: {
    email: string | undefined
    username: string | undefined
    name: string | undefined
    roles: readonly string[]
  },
  passwordHash: string,
  now: number,
): NewUser {
  const email = normalizeEmail(said.email ?? '')
  if (email === null) throw new Failure(`'${said.email ?? ''}' is not an e-mail address.`, 2)
  const username = said.username === undefined ? null : normalizeUsername(said.username)
  if (said.username !== undefined && username === null)
    throw new Failure(`'${said.username}' is not a user name.`, 2)
  const name = said.name === undefined ? null : cleanName(said.name)
  if (said.name !== undefined && name === null) throw new Failure(`'${said.name}' is not a name to show.`, 2)
  return {
    id: `user_${randomText(12)}`,
    kind: 'user',
    email,
    // The operator vouches for the address.
    emailVerified: true,
    username,
    name,
    roles: checkRoles(said.roles),
    passwordHash,
    passwordChangedAt: now,
    disabledAt: null,
    disabledReason: null,
    createdAt: now,
  }
}

export function checkRoles(roles: readonly string[]): readonly string[] {
  for (const role of roles) {
    if (!isRoleName(role))
      throw new Failure(`'${role}' is not a role: letters, digits and _ - . : up to 64.`, 2)
  }
  return [...new Set(roles)]
}

const REASONS: Readonly<Record<string, string>> = {
  too_short: 'it is too short',
  too_long: 'it is too long',
  common: 'it is among the first that attackers try',
  contains_personal: 'it is made of the name, the address or the site',
  not_text: 'it is not valid text',
}

/**
 * Checks a password by the policy and hashes it. Without the pepper, which only the Worker knows: the first sign-in hashes it
 * anew.
 */
export async function hashPassword(
  password: string,
  settings: Settings,
  user: { email: string | null; username: string | null; name: string | null },
): Promise<string> {
  const siteWords = [
    ...settings.password.words,
    ...[...settings.sites.values()].flatMap((site) => [site.theme.name, site.ruleHost]),
  ]
  const problems = checkPassword(password, { minLength: settings.password.minLength }, { siteWords, ...user })
  if (problems.length > 0) {
    const reasons = problems.map((problem) => REASONS[problem] ?? problem).join('; ')
    throw new Failure(
      `This password can't be used: ${reasons}. At least ${settings.password.minLength} characters; several words are good.`,
    )
  }
  const { breachedUrl } = settings.password
  if (breachedUrl && (await isBreached(breachedUrl, password))) {
    throw new Failure("This password can't be used: it has been found in leaks of other sites.")
  }
  return await createPasswordHasher({ argon2: createNodeArgon2id(), peppers: [] }).hash(password)
}

function isBreached(url: string, password: string): Promise<boolean> {
  const log = () =>
    console.error('The breached-password service did not answer; the password was not looked up.')
  return createBreachCheck({ fetch, url, log })(password)
}
