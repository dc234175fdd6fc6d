import { accountFrame } from '../http/account-frame.ts'
import { readForm } from '../http/body.ts'
import { seeOther } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import type { User } from '../user/user.ts'
import { adminPage } from './answers.ts'
import { asAdmin } from './as-admin.ts'
import { invite } from './invite.ts'
import { renderInvitedPage } from './invited-page.tsx'
import { readAuditQuery, readDirectoryQuery } from './query.ts'
import { actOnUser, type UserAction } from './user-action.ts'
import { renderUserPage, USER_DONE, type UserPageProps } from './user-page.tsx'
import { renderUsersPage } from './users-page.tsx'

export const adminUsersRoutes: readonly Route[] = [
  { path: '/admin/users', kind: 'page', GET: showUsers, POST: postInvite },
  { path: '/admin/users/:id', kind: 'page', GET: showUser, POST: postUser },
]

const SHOWN_EVENTS = 10

function showUsers(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdmin(services, site, visit, async (admin) => {
    const frame = await accountFrame(services, site, visit, admin)
    const query = readDirectoryQuery(visit.query)
    const page = await services.directory.find(query)
    return adminPage(frame, site, renderUsersPage({ frame, query, page }))
  })
}

function postInvite(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdmin(services, site, visit, async (admin) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const said = { email: form.value.get('email') ?? '', roles: wordsOf(form.value.get('roles')) }
    const result = await invite(services, site, visit, admin.identity, said)
    const frame = await accountFrame(services, site, visit, admin)
    const status = { invited: 200, invalid: 400, known: 409, closed: 403 }[result.kind]
    return adminPage(frame, site, renderInvitedPage({ frame, result }), status)
  })
}

function showUser(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdmin(services, site, visit, async (admin) => {
    const user = await userAt(services, visit)
    if (!user) return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
    const done = visit.query.get('done')
    return await userPage(services, site, visit, admin, user, 200, {
      done: done !== null && Object.hasOwn(USER_DONE, done) ? (done as keyof typeof USER_DONE) : null,
    })
  })
}

/** One page, several small forms: `action` says which. What was done is said after a redirect. */
function postUser(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdmin(services, site, visit, async (admin) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const user = await userAt(services, visit)
    if (!user) return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
    const action = actionOf(form.value)
    if (action === null) return await ownError({ kind: 'page' }, services, site, visit, 'invalid_request')
    if (action.action === 'remove' && !isNameOf(user, form.value.get('confirm') ?? ''))
      return await userPage(services, site, visit, admin, user, 400, { problem: 'not_confirmed' })
    const result = await actOnUser(services, visit, admin.identity, user, action)
    if (result !== 'done')
      return await userPage(services, site, visit, admin, user, result === 'own_account' ? 403 : 400, {
        problem: result,
      })
    const list = `${services.settings.basePath}/admin/users`
    return seeOther(
      site,
      action.action === 'remove' ? list : `${list}/${user.id}?done=${DONE[action.action]}`,
    )
  })
}

const DONE = {
  roles: 'roles',
  disable: 'disabled',
  enable: 'enabled',
  end_sessions: 'ended',
  reset_factors: 'factors',
} as const satisfies Record<Exclude<UserAction['action'], 'remove'>, keyof typeof USER_DONE>

function actionOf(form: ReadonlyMap<string, string>): UserAction | null {
  const action = form.get('action')
  switch (action) {
    case 'roles':
      return { action, roles: wordsOf(form.get('roles')) }
    case 'disable':
      return { action, reason: form.get('reason') ?? null }
    case 'enable':
    case 'end_sessions':
    case 'reset_factors':
    case 'remove':
      return { action }
    default:
      return null
  }
}

/** The account that the address names. */
export async function userAt(services: Services, visit: Visit): Promise<User | null> {
  const id = visit.url.pathname.split('/users/')[1]?.split('/')[0] ?? ''
  return await services.users.findById(id)
}

function wordsOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '')
}

function isNameOf(user: User, typed: string): boolean {
  return [user.email, user.username, user.id].includes(typed.trim().toLowerCase()) || typed.trim() === user.id
}

async function userPage(
  services: Services,
  site: Site,
  visit: Visit,
  admin: Current,
  user: User,
  status: number,
  state: Partial<Pick<UserPageProps, 'done' | 'problem'>>,
): Promise<Response> {
  const [frame, sessions, events] = await Promise.all([
    accountFrame(services, site, visit, admin),
    services.sessions.listLive(user.id),
    services.auditLog.find({ ...readAuditQuery(new URLSearchParams(), user.id), limit: SHOWN_EVENTS }),
  ])
  const body = renderUserPage({
    frame,
    now: services.now(),
    user,
    isOwn: user.id === admin.identity.id,
    sessions,
    events: events.rows,
    done: null,
    problem: null,
    ...state,
  })
  return adminPage(frame, site, body, status)
}
