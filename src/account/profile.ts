import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { SessionRecord } from '../session/record.ts'
import { cleanName, normalizeUsername } from '../user/identifier.ts'

export type ProfileProblem = { readonly field: 'name' | 'username'; readonly code: 'invalid' | 'taken' }

/**
 * Changes what the signed-in user is called; an empty text means none. The change reaches all live sessions by the feed. An account
 * without an e-mail address keeps a user name, or nobody could sign in to it.
 */
export async function changeProfile(
  services: Services,
  visit: Visit,
  { id: sessionId, identity }: SessionRecord,
  form: { readonly name: string; readonly username: string },
): Promise<ProfileProblem | null> {
  const { users, sessions, audit, now } = services
  const name = form.name.trim() === '' ? null : cleanName(form.name)
  if (name === null && form.name.trim() !== '') return { field: 'name', code: 'invalid' }
  const username = form.username.trim() === '' ? null : normalizeUsername(form.username)
  const isMissing = username === null && (form.username.trim() !== '' || identity.email === null)
  if (isMissing) return { field: 'username', code: 'invalid' }
  const [changed] = await sessions.changeAccount(identity.id, [
    users.setProfile(identity.id, { name, username }, now()),
  ])
  if (changed?.meta.changes !== 1) return { field: 'username', code: 'taken' }
  await audit
    .statement({
      event: 'user.profile_changed',
      site: visit.site.key,
      userId: identity.id,
      sessionId,
      network: visit.network(),
      requestId: visit.requestId,
      detail: { by: 'owner' },
    })
    .run()
  return null
}
