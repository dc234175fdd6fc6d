import * as v from 'valibot'
import { accountFrame } from '../http/account-frame.ts'
import { asUser } from '../http/as-user.ts'
import { readForm, readJson } from '../http/body.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { seeOther } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import { SIGNED_IN } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { describeSession, describeUser } from '../session/view.ts'
import { pageResponse, problem } from './answers.ts'
import { changeProfile } from './profile.ts'
import { type ProfilePageProps, renderProfilePage } from './profile-page.tsx'

export const profileRoutes: readonly Route[] = [
  { path: '/account', kind: 'page', GET: showProfile, POST: postProfile },
  {
    path: '/api/account',
    kind: 'api',
    GET: apiAccount,
    POST: apiProfile,
    describe: {
      GET: { summary: 'The account', needs: 'session', answers: { 200: () => SIGNED_IN } },
      POST: {
        summary: 'Change what the account is called',
        needs: 'session',
        body: () => PROFILE,
        answers: { 204: null },
      },
    },
  },
]

const PROFILE = v.strictObject({
  name: v.optional(v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long'))),
  username: v.optional(v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long'))),
  language: v.optional(v.pipe(v.string('must be text'), v.maxLength(8, 'is too long'))),
})

function showProfile(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', (visitor) =>
    profilePage(services, site, visit, visitor, 200, { isSaved: visit.query.get('done') === 'profile' }),
  )
}

/** What was done is said after a redirect, so that a reload does nothing again. */
function postProfile(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const { name, username, language } = Object.fromEntries(form.value)
    const typed = { name: name ?? '', username: username ?? '', language: language ?? '' }
    const said = { name, username, language }
    const result = await changeProfile(services, visit, visitor.session.record, said)
    switch (result.kind) {
      case 'changed':
        return seeOther(site, `${services.settings.basePath}/account?done=profile`)
      case 'refused': {
        const { problem } = result
        const status = problem.code === 'taken' ? 409 : 400
        return await profilePage(services, site, visit, visitor, status, { typed, problem })
      }
      case 'throttled':
        return await ownError({ kind: 'page' }, services, site, visit, 'too_many_attempts', {
          'retry-after': String(result.retryAfterSeconds),
        })
    }
  })
}

async function profilePage(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Current,
  status: number,
  state: Partial<Omit<ProfilePageProps, 'frame'>>,
): Promise<Response> {
  const { identity } = visitor
  const [frame, user] = await Promise.all([
    accountFrame(services, site, visit, visitor),
    services.users.findById(identity.id),
  ])
  const body = renderProfilePage({
    frame,
    email: identity.email,
    typed: { name: identity.name ?? '', username: identity.username ?? '', language: user?.language ?? '' },
    // Who has no address, or is known to a site by the user name, gets it from the operator.
    choosesUsername: identity.email !== null && services.settings.usernames.givenBy === 'owner',
    isSaved: false,
    problem: null,
    ...state,
  })
  return pageResponse(frame, site, body, { status })
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
  return asUser(services, site, visit, 'api', async ({ session }) => {
    const body = await readJson(visit.request, PROFILE)
    if (!body.ok) return problem(site, visit, body.code, body.errors)
    const result = await changeProfile(services, visit, session.record, body.value)
    switch (result.kind) {
      case 'changed':
        return emptyResponse(204, { secure: site.secure })
      case 'refused': {
        const isTaken = result.problem.code === 'taken'
        const error = { ...result.problem, message: isTaken ? 'is taken' : 'cannot be used' }
        return problem(site, visit, isTaken ? 'username_taken' : 'invalid_request', [error])
      }
      case 'throttled':
        return problem(site, visit, 'too_many_attempts', undefined, {
          'retry-after': String(result.retryAfterSeconds),
        })
    }
  })
}
