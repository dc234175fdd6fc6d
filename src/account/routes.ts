import * as v from 'valibot'
import type { ErrorCode } from '../errors.ts'
import { type FieldError, readForm, readJson } from '../http/body.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { seeOther, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { REFUSAL_MESSAGES } from '../password/new-password.ts'
import type { Services, Site } from '../services.ts'
import { type Current, currentUser } from '../session/current.ts'
import { describeSession, describeUser } from '../session/view.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { labelOf } from '../user/user.ts'
import { type AccountPageProps, renderAccountPage } from './page.tsx'
import { changePassword, type PasswordChange } from './password.ts'
import { type PasswordPageProps, renderPasswordPage } from './password-page.tsx'
import { changeProfile } from './profile.ts'
import { endOtherSessions, endSession, type ListedSession, listSessions } from './sessions.ts'

export const accountRoutes: readonly Route[] = [
  { path: '/account', kind: 'page', GET: showAccount, POST: postAccount },
  { path: '/account/password', kind: 'page', GET: showPassword, POST: postPassword },
  { path: '/account/data', kind: 'page', GET: downloadData },
  { path: '/api/account', kind: 'api', GET: apiAccount, POST: apiProfile },
  { path: '/api/account/password', kind: 'api', POST: apiPassword },
  { path: '/api/sessions', kind: 'api', GET: apiSessions, DELETE: apiEndOthers },
  { path: '/api/sessions/:id', kind: 'api', DELETE: apiEndOne },
]

const SHOWN_EVENTS = 10
const KEPT_EVENTS = 1000
const MAX_PASSWORD = 4096

const passwordText = v.pipe(
  v.string('must be text'),
  v.nonEmpty('must not be empty'),
  v.maxLength(MAX_PASSWORD, 'is too long'),
)
const PASSWORD = v.strictObject({ current: passwordText, password: passwordText })
const PROFILE = v.strictObject({
  name: v.optional(v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long'))),
  username: v.optional(v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long'))),
})

/** Runs what only the signed-in user may do; everybody else is sent to sign in and comes back. */
async function asUser(
  services: Services,
  site: Site,
  visit: Visit,
  kind: Route['kind'],
  work: (visitor: Current) => Promise<Response>,
): Promise<Response> {
  const visitor = await currentUser(services, visit)
  return visitor ? await work(visitor) : refuse(services, site, visit, kind)
}

function refuse(services: Services, site: Site, visit: Visit, kind: Route['kind']): Response {
  const { basePath } = services.settings
  if (kind === 'page') {
    const next = visit.request.method === 'GET' ? visit.url.pathname : `${basePath}/account`
    return seeOther(site, `${basePath}/login?${new URLSearchParams({ next })}`)
  }
  return problemResponse('not_authenticated', {
    headers: { 'www-authenticate': `Bearer realm="${site.host}"` },
    members: { login_url: `${site.publicOrigin}${basePath}/login` },
    requestId: visit.requestId,
    secure: site.secure,
  })
}

function showAccount(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', (visitor) =>
    accountPage(services, site, visit, visitor, 200, { done: doneOf(visit.query.get('done')) }),
  )
}

/** One page, several small forms: `action` says which. What was done is said after a redirect, so that a reload does nothing again. */
function postAccount(services: Services, site: Site, visit: Visit): Promise<Response> {
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

function showPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', (visitor) =>
    passwordPage(services, site, visit, visitor, 200, {}),
  )
}

function postPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const form = await readForm(visit.request)
    const fields = form.ok ? Object.fromEntries(form.value) : {}
    const parsed = v.safeParse(PASSWORD, { current: fields.current, password: fields.password })
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
function downloadData(services: Services, site: Site, visit: Visit): Promise<Response> {
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

function apiAccount(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ identity, session }) =>
    jsonResponse(
      { user: describeUser(identity), session: describeSession(services, session) },
      { secure: site.secure },
    ),
  )
}

function apiProfile(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ identity, session }) => {
    const body = await readJson(visit.request, PROFILE)
    if (!body.ok) return problem(site, visit, body.code, body.errors)
    const { name = identity.name ?? '', username = identity.username ?? '' } = body.value
    const wrong = await changeProfile(services, visit, session.record, { name, username })
    if (wrong?.code === 'taken')
      return problem(site, visit, 'username_taken', [{ ...wrong, message: 'is taken' }])
    if (wrong) return problem(site, visit, 'invalid_request', [{ ...wrong, message: 'cannot be used' }])
    return emptyResponse(204, { secure: site.secure })
  })
}

function apiPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const body = await readJson(visit.request, PASSWORD)
    if (!body.ok) return problem(site, visit, body.code, body.errors)
    return describeChange(services, site, visit, await changePassword(services, visit, session, body.value))
  })
}

function describeChange(services: Services, site: Site, visit: Visit, result: PasswordChange): Response {
  switch (result.kind) {
    case 'changed':
      return jsonResponse({ session: describeSession(services, result.session) }, { secure: site.secure })
    case 'ended':
      return refuse(services, site, visit, 'api')
    case 'wrong_credentials':
      return problem(site, visit, 'wrong_credentials')
    case 'refused':
      return problem(
        site,
        visit,
        'password_refused',
        result.problems.map((code) => ({ field: 'password', code, message: REFUSAL_MESSAGES[code] })),
      )
    case 'throttled':
      return problemResponse('too_many_attempts', {
        headers: { 'retry-after': String(result.retryAfterSeconds) },
        requestId: visit.requestId,
        secure: site.secure,
      })
  }
}

function apiSessions(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const sessions = await listSessions(services, session.record)
    return jsonResponse({ sessions: sessions.map(describeListed) }, { secure: site.secure })
  })
}

function apiEndOthers(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    await endOtherSessions(services, visit, session.record)
    return emptyResponse(204, { secure: site.secure })
  })
}

/** The session at hand is ended by signing out, which clears the browser as well. */
function apiEndOne(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const id = visit.url.pathname.split('/').at(-1) ?? ''
    const isEnded = await endSession(services, visit, session.record, id)
    return isEnded ? emptyResponse(204, { secure: site.secure }) : problem(site, visit, 'not_found')
  })
}

function describeListed({ startedAt, seenAt, ...session }: ListedSession) {
  return { ...session, startedAt: iso(startedAt), seenAt: iso(seenAt) }
}

function problem(site: Site, visit: Visit, code: ErrorCode, errors?: readonly FieldError[]): Response {
  return problemResponse(code, {
    requestId: visit.requestId,
    secure: site.secure,
    ...(errors ? { errors } : {}),
  })
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
