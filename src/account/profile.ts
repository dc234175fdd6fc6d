import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { keepLanguage } from '../session/language.ts'
import type { SessionRecord } from '../session/record.ts'
import { isLanguage } from '../ui/text/text.ts'
import { chooseUsername } from '../user/chosen-username.ts'
import { cleanName, normalizeUsername } from '../user/identifier.ts'
import { type Profile, type UserRow, userOfRow } from '../user/users.ts'

export type ProfileProblem = {
  readonly field: 'name' | 'username' | 'language'
  readonly code: 'invalid' | 'taken'
}

export type ProfileChange =
  | { readonly kind: 'changed' }
  | { readonly kind: 'refused'; readonly problem: ProfileProblem }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** What is said of oneself; what is not given stays as it is, an empty text means none. */
export interface ProfileForm {
  readonly name?: string | undefined
  readonly username?: string | undefined
  readonly language?: string | undefined
}

/** Changes what the signed-in user is called. The change reaches all live sessions by the feed. */
export async function changeProfile(
  services: Services,
  visit: Visit,
  record: SessionRecord,
  form: ProfileForm,
): Promise<ProfileChange> {
  const { users, sessions, audit, now } = services
  const { id } = record.identity
  if (await isOverVolume(services, visit)) return { kind: 'throttled', retryAfterSeconds: 60 }
  const said = readProfile(services, record, form)
  if ('field' in said) return { kind: 'refused', problem: said }
  const at = now()
  const event = {
    event: 'user.profile_changed',
    site: visit.site.key,
    userId: id,
    sessionId: record.id,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { by: 'owner' },
  } as const
  const [changed, , rows] = await sessions.changeAccount(
    id,
    [users.setProfile(id, said, at), audit.rowIfUpdated(event, at), users.selectById(id)],
    at,
  )
  if (said.language !== undefined) keepLanguage(visit, said.language)
  if (changed?.meta.changes === 1) {
    audit.logOnly(event)
    return { kind: 'changed' }
  }
  // Nothing has changed: it was so already, or somebody else has the user name.
  const user = userOfRow(rows?.results[0] as UserRow | undefined)
  return said.username === undefined || user?.username === said.username
    ? { kind: 'changed' }
    : { kind: 'refused', problem: { field: 'username', code: 'taken' } }
}

/** A form sends both names; the one that stands already is not asked for. */
function readProfile(
  { settings }: Services,
  { identity }: SessionRecord,
  form: ProfileForm,
): Profile | ProfileProblem {
  const name = form.name?.trim() ? cleanName(form.name) : null
  if (name === null && form.name?.trim()) return { field: 'name', code: 'invalid' }
  const language = form.language === '' ? null : form.language
  if (language && !isLanguage(language)) return { field: 'language', code: 'invalid' }
  const said = {
    ...(form.name === undefined ? {} : { name }),
    ...(isLanguage(language) || language === null ? { language } : {}),
  }
  if (form.username === undefined || isCalled(identity.username, form.username)) return said
  // Without an address the user name is all that rules and sites know somebody by, and all there is to sign in with.
  if (identity.email === null) return { field: 'username', code: 'invalid' }
  const chosen = chooseUsername(settings.usernames, form.username)
  return chosen.kind === 'refused'
    ? { field: 'username', code: chosen.code }
    : { ...said, username: chosen.username }
}

function isCalled(username: string | null, text: string): boolean {
  return username === (text.trim() === '' ? null : normalizeUsername(text))
}
