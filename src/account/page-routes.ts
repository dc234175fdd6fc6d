import * as v from 'valibot'
import { readForm } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { seeOther, textsOf } from '../http/page.ts'
import { ownError } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { labelOf } from '../user/user.ts'
import { asUser, refuse } from './as-user.ts'
import { type AccountPageProps, renderAccountPage } from './page.tsx'
import { changePassword, PASSWORD_CHANGE } from './password.ts'
import { type PasswordPageProps, renderPasswordPage } from './password-page.tsx'
import { changeProfile } from './profile.ts'
import { describeListed, endOtherSessions, endSession, listSessions } from './sessions.ts'

const SHOWN_EVENTS = 10
const KEPT_EVENTS = 1000
export function showAccount(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', (visitor) =>
    accountPage(services, site, visit, visitor, 200, { done: doneOf(visit.query.get('done')) }),
  )
}

/** One page, several small forms: `action` says which. What was done is said after a redirect, so that a reload does nothing again. */
export function postAccount(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const { record } = visitor.session
    const to = (done: string) => seeOther(site, `${services.settings.basePath}/account?done=${done}`)
    switch (form.value.get('action')) {
      case 'end':
        await endSession(services, visit, record, form.value.get('session') ?? '')
        return to('ended')
      case 'end_others':
        await endOtherSessions(services, visit, record)
        return to('others')
      case 'profile': {
        const typed = { name: form.value.get('name') ?? '', username: form.value.get('username') ?? '' }
        const problem = await changeProfile(services, visit, record, typed)
        if (problem === null) return to('profile')
        const status = problem.code === 'taken' ? 409 : 400
        return await accountPage(services, site, visit, visitor, status, { typed, problem })
      }
      default:
        return await ownError({ kind: 'page' }, services, site, visit, 'invalid_request')
    }
  })
}

function doneOf(text: string | null): AccountPageProps['done'] {
  return text === 'ended' || text === 'others' || text === 'profile' || text === 'password' ? text : null
}

async function accountPage(
  services: Services,
  site: Site,
  visit: Visit,
  { identity, session }: Current,
  status: number,
  state: Pick<Partial<AccountPageProps>, 'done' | 'typed' | 'problem'>,
): Promise<Response> {
  const { basePath, nextAllowed } = services.settings
  const theme = await site.compiledTheme()
  const [sessions, events] = await Promise.all([
    listSessions(services, session.record),
    services.audit.recentOf(identity.id, SHOWN_EVENTS),
  ])
  const body = renderAccountPage({
    texts: textsOf(visit),
    theme,
    basePath,
    now: services.now(),
    label: labelOf(identity),
    email: identity.email,
    typed: { name: identity.name ?? '', username: identity.username ?? '' },
    done: null,
    problem: null,
    sessions,
    events,
    ...state,
  })
  return htmlResponse(body, { status, theme, https: site.secure, formAction: nextAllowed })
}

export function showPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', (visitor) =>
    passwordPage(services, site, visit, visitor, 200, {}),
  )
}

export function postPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const form = await readForm(visit.request)
    const fields = form.ok ? Object.fromEntries(form.value) : {}
    const parsed = v.safeParse(PASSWORD_CHANGE, { current: fields.current, password: fields.password })
    if (!parsed.success)
      return await passwordPage(services, site, visit, visitor, 400, { problem: 'invalid_form' })
    const result = await changePassword(services, visit, visitor.session, parsed.output)
    switch (result.kind) {
      case 'changed':
        return seeOther(site, `${services.settings.basePath}/account?done=password`)
      case 'ended':
        return refuse(services, site, visit, 'page')
      case 'wrong_credentials':
        return await passwordPage(services, site, visit, visitor, 401, { problem: 'wrong_credentials' })
      case 'refused':
        return await passwordPage(services, site, visit, visitor, 400, {
          problem: 'invalid_form',
          weaknesses: result.problems,
        })
      case 'throttled': {
        const { retryAfterSeconds } = result
        return await passwordPage(services, site, visit, visitor, 429, {
          problem: 'throttled',
          retryAfterSeconds,
        })
      }
    }
  })
}

async function passwordPage(
  services: Services,
  site: Site,
  visit: Visit,
  { identity }: Current,
  status: number,
  state: Pick<Partial<PasswordPageProps>, 'problem' | 'weaknesses' | 'retryAfterSeconds'>,
): Promise<Response> {
  const { basePath, password } = services.settings
  const theme = await site.compiledTheme()
  const body = renderPasswordPage({
    texts: textsOf(visit),
    theme,
    identifier: identity.email ?? identity.username ?? '',
    minLength: password.minLength,
    backHref: `${basePath}/account`,
    problem: null,
    weaknesses: [],
    retryAfterSeconds: null,
    requestId: visit.requestId,
    ...state,
  })
  const headers = state.retryAfterSeconds ? { 'retry-after': String(state.retryAfterSeconds) } : {}
  return htmlResponse(body, { status, theme, headers, https: site.secure })
}

/** All that is kept of an account, for its owner to take along. */
export function downloadData(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async ({ identity, session }) => {
    const [user, sessions, events] = await Promise.all([
      services.users.findById(identity.id),
      listSessions(services, session.record),
      services.audit.recentOf(identity.id, KEPT_EVENTS),
    ])
    const { passwordHash = null, position, ...account } = user ?? {}
    return jsonResponse(
      {
        exportedAt: iso(services.now()),
        account: { ...account, hasPassword: passwordHash !== null },
        sessions: sessions.map(describeListed),
        events: events.map(({ at, ...event }) => ({ at: iso(at), ...event })),
      },
      { headers: { 'content-disposition': 'attachment; filename="account.json"' }, secure: site.secure },
    )
  })
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
