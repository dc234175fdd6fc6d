import * as v from 'valibot'
import { readForm, readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { nextOf, postFateOf, seeOther, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { SIGNED_IN } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { type Current, currentUser } from '../session/current.ts'
import type { LiveSession } from '../session/known.ts'
import { describeSession, describeUser } from '../session/view.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { labelOf } from '../user/user.ts'
import { type ReauthReason, renderReauthPage } from './page.tsx'
import { reauthenticate } from './reauth.ts'

const REAUTH = v.strictObject({
  password: v.pipe(
    v.string('must be text'),
    v.nonEmpty('must not be empty'),
    v.maxLength(4096, 'is too long'),
  ),
})

export const reauthRoutes: readonly Route[] = [
  { path: '/reauth', kind: 'page', GET: showReauth, POST: postReauth },
  {
    path: '/api/reauth',
    kind: 'api',
    POST: apiReauth,
    describe: {
      POST: {
        summary: 'Confirm the password: the session is fresh again',
        needs: 'session',
        body: () => REAUTH,
        answers: { 200: () => SIGNED_IN },
      },
    },
  },
]

async function showReauth(services: Services, site: Site, visit: Visit): Promise<Response> {
  const next = nextOf(services, site, visit.query.get('next'))
  const visitor = await currentUser(services, visit)
  if (!visitor) return toLogin(services, site, next)
  return await reauthPage(services, site, visit, 200, { visitor, next, problem: null })
}

async function postReauth(services: Services, site: Site, visit: Visit): Promise<Response> {
  const visitor = await currentUser(services, visit)
  const form = await readForm(visit.request)
  const next = nextOf(services, site, form.ok ? form.value.get('next') : null)
  if (!visitor) return toLogin(services, site, next)
  const parsed = v.safeParse(REAUTH, { password: form.ok ? form.value.get('password') : undefined })
  if (!parsed.success) {
    return await reauthPage(services, site, visit, 400, { visitor, next, problem: 'invalid_form' })
  }
  const result = await reauthenticate(services, visit, visitor.session, parsed.output.password)
  switch (result.kind) {
    case 'ok':
      return seeOther(site, next)
    case 'ended':
      return toLogin(services, site, next)
    case 'wrong_credentials':
      return await reauthPage(services, site, visit, 401, {
        visitor,
        next,
        problem: 'wrong_credentials',
      })
    case 'throttled': {
      const { retryAfterSeconds } = result
      return await reauthPage(services, site, visit, 429, {
        visitor,
        next,
        problem: 'throttled',
        retryAfterSeconds,
      })
    }
  }
}

async function apiReauth(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { secure } = site
  const body = await readJson(visit.request, REAUTH)
  const visitor = await currentUser(services, visit)
  const nobody = () => {
    const headers = { 'www-authenticate': `Bearer realm="${site.host}"` }
    return problemResponse('not_authenticated', { headers, requestId: visit.requestId, secure })
  }
  if (!visitor) return nobody()
  if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
  const result = await reauthenticate(services, visit, visitor.session, body.value.password)
  if (result.kind === 'ended') return nobody()
  if (result.kind === 'wrong_credentials')
    return problemResponse('wrong_credentials', { requestId: visit.requestId, secure })
  if (result.kind === 'throttled') {
    const headers = { 'retry-after': String(result.retryAfterSeconds) }
    return problemResponse('too_many_attempts', { headers, requestId: visit.requestId, secure })
  }
  return jsonResponse(
    {
      user: describeUser(result.session.record.identity),
      session: describeSession(services, result.session),
    },
    { secure },
  )
}

/** Nobody to confirm: the session has ended meanwhile. */
function toLogin(services: Services, site: Site, next: string): Response {
  const query = new URLSearchParams({ news: 'session_ended', next })
  return seeOther(site, `${services.settings.basePath}/login?${query}`)
}

function reasonOf({ record, sameClient }: LiveSession): ReauthReason {
  if (record.remembered) return record.methods.includes('handoff') ? 'elsewhere' : 'remembered'
  return sameClient ? 'stale' : 'moved'
}

interface PageState {
  readonly visitor: Current
  readonly next: string
  readonly problem: Parameters<typeof renderReauthPage>[0]['problem']
  readonly retryAfterSeconds?: number
}

async function reauthPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: PageState,
): Promise<Response> {
  const { visitor, next, problem, retryAfterSeconds = null } = state
  const { identity, session } = visitor
  const theme = await site.compiledTheme()
  const body = renderReauthPage({
    texts: textsOf(visit),
    theme,
    user: { label: labelOf(identity), identifier: identity.email ?? identity.username ?? '' },
    action: null,
    next,
    reason: reasonOf(session),
    problem,
    post: postFateOf(services, visit, next),
    retryAfterSeconds,
    requestId: visit.requestId,
    signOutHref: `${services.settings.basePath}/logout`,
  })
  const headers = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return htmlResponse(body, {
    status,
    theme,
    headers,
    https: site.secure,
    formAction: services.settings.nextAllowed,
  })
}
