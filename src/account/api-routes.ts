import * as v from 'valibot'
import type { ErrorCode } from '../errors.ts'
import { type FieldError, readJson } from '../http/body.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import { REFUSAL_MESSAGES } from '../password/new-password.ts'
import type { Services, Site } from '../services.ts'
import { describeSession, describeUser } from '../session/view.ts'
import { asUser, refuse } from './as-user.ts'
import { changePassword, PASSWORD_CHANGE, type PasswordChange } from './password.ts'
import { changeProfile } from './profile.ts'
import { describeListed, endOtherSessions, endSession, listSessions } from './sessions.ts'

const PROFILE = v.strictObject({
  name: v.optional(v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long'))),
  username: v.optional(v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long'))),
})

export function apiAccount(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ identity, session }) =>
    jsonResponse(
      { user: describeUser(identity), session: describeSession(services, session) },
      { secure: site.secure },
    ),
  )
}

export function apiProfile(services: Services, site: Site, visit: Visit): Promise<Response> {
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

export function apiPassword(services: Services, site: Site, visit: Visit): Promise<Response> {
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

export function apiSessions(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const sessions = await listSessions(services, session.record)
    return jsonResponse({ sessions: sessions.map(describeListed) }, { secure: site.secure })
  })
}

export function apiEndOthers(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    await endOtherSessions(services, visit, session.record)
    return emptyResponse(204, { secure: site.secure })
  })
}

/** The session at hand is ended by signing out, which clears the browser as well. */
export function apiEndOne(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const id = visit.url.pathname.split('/').at(-1) ?? ''
    const isEnded = await endSession(services, visit, session.record, id)
    return isEnded ? emptyResponse(204, { secure: site.secure }) : problem(site, visit, 'not_found')
  })
}

function problem(site: Site, visit: Visit, code: ErrorCode, errors?: readonly FieldError[]): Response {
  return problemResponse(code, {
    requestId: visit.requestId,
    secure: site.secure,
    ...(errors ? { errors } : {}),
  })
}
