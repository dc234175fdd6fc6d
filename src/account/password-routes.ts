import * as v from 'valibot'
import { accountFrame } from '../http/account-frame.ts'
import { asUser, refuseStranger } from '../http/as-user.ts'
import { readForm, readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { seeOther } from '../http/page.ts'
import type { Route } from '../http/route.ts'
import { SESSION_ONLY } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import { REFUSAL_MESSAGES } from '../password/new-password.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { describeSession } from '../session/view.ts'
import { pageResponse, problem } from './answers.ts'
import { changePassword, PASSWORD_CHANGE, type PasswordChange } from './password.ts'
import { type PasswordPageProps, renderPasswordPage } from './password-page.tsx'

export const passwordRoutes: readonly Route[] = [
  { path: '/account/password', kind: 'page', GET: showPassword, POST: postPassword },
  {
    path: '/api/account/password',
    kind: 'api',
    POST: apiPassword,
    describe: {
      POST: {
        summary: 'Change the password; all other sessions end',
        needs: 'session',
        body: () => PASSWORD_CHANGE,
        answers: { 200: () => SESSION_ONLY },
      },
    },
  },
]

function showPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', (visitor) =>
    passwordPage(services, site, visit, visitor, 200, { isChanged: visit.query.get('done') === 'password' }),
  )
}

function postPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const form = await readForm(visit.request)
    const fields = form.ok ? Object.fromEntries(form.value) : {}
    const parsed = v.safeParse(PASSWORD_CHANGE, { current: fields.current, password: fields.password })
    const again = (status: number, state: PageState) =>
      passwordPage(services, site, visit, visitor, status, state)
    if (!parsed.success) return await again(400, { problem: 'invalid_form' })
    const result = await changePassword(services, visit, visitor.session, parsed.output)
    switch (result.kind) {
      case 'changed':
        return seeOther(site, `${services.settings.basePath}/account/password?done=password`)
      case 'ended':
        return refuseStranger(services, site, visit, 'page')
      case 'wrong_credentials':
        return await again(401, { problem: 'wrong_credentials' })
      case 'refused':
        return await again(400, { problem: 'invalid_form', weaknesses: result.problems })
      case 'throttled':
        return await again(429, { problem: 'throttled', retryAfterSeconds: result.retryAfterSeconds })
    }
  })
}

type PageState = Partial<
  Pick<PasswordPageProps, 'isChanged' | 'problem' | 'weaknesses' | 'retryAfterSeconds'>
>

async function passwordPage(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Current,
  status: number,
  state: PageState,
): Promise<Response> {
  const { identity } = visitor
  const frame = await accountFrame(services, site, visit, visitor)
  const body = renderPasswordPage({
    frame,
    identifier: identity.email ?? identity.username ?? '',
    minLength: services.settings.password.minLength,
    isChanged: false,
    problem: null,
    weaknesses: [],
    retryAfterSeconds: null,
    requestId: visit.requestId,
    ...state,
  })
  const headers: Record<string, string> = state.retryAfterSeconds
    ? { 'retry-after': String(state.retryAfterSeconds) }
    : {}
  return pageResponse(frame, site, body, { status, headers })
}

function apiPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const body = await readJson(visit.request, PASSWORD_CHANGE)
    if (!body.ok) return problem(site, visit, body.code, body.errors)
    return describeChange(services, site, visit, await changePassword(services, visit, session, body.value))
  })
}

function describeChange(services: Services, site: Site, visit: Visit, result: PasswordChange): Response {
  switch (result.kind) {
    case 'changed':
      return jsonResponse({ session: describeSession(services, result.session) }, { secure: site.secure })
    case 'ended':
      return refuseStranger(services, site, visit, 'api')
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
      return problem(site, visit, 'too_many_attempts', undefined, {
        'retry-after': String(result.retryAfterSeconds),
      })
  }
}
