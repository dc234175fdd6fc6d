import { asUser, refuseStranger } from '../http/as-user.ts'
import { readJson } from '../http/body.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { API_KEY, listOf, PROGRAM } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { KEY_FORM } from '../token/key-form.ts'
import { describeKey, describeProgram, endProgram, makeKey, revokeKey } from './keys.ts'

export const keyApiRoutes: readonly Route[] = [
  {
    path: '/api/keys',
    kind: 'api',
    GET: apiList,
    POST: apiMake,
    describe: {
      GET: { summary: 'Own API keys', needs: 'session', answers: { 200: () => listOf('keys', API_KEY) } },
      POST: {
        summary: 'Make an API key; its text is in this answer only',
        needs: 'fresh',
        body: () => KEY_FORM,
        answers: { 201: () => API_KEY },
      },
    },
  },
  {
    path: '/api/keys/:id',
    kind: 'api',
    DELETE: apiRevoke,
    describe: { DELETE: { summary: 'Revoke an API key', needs: 'session', answers: { 204: null } } },
  },
  {
    path: '/api/programs',
    kind: 'api',
    GET: apiPrograms,
    describe: {
      GET: {
        summary: 'Own sign-ins of programs',
        needs: 'session',
        answers: { 200: () => listOf('programs', PROGRAM) },
      },
    },
  },
  {
    path: '/api/programs/:id',
    kind: 'api',
    DELETE: apiEndProgram,
    describe: {
      DELETE: { summary: 'End the sign-in of a program', needs: 'session', answers: { 204: null } },
    },
  },
]

function apiList(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ identity }) => {
    const keys = await services.apiKeys.listOf(identity.id)
    return jsonResponse({ keys: keys.map(describeKey) }, { secure: site.secure })
  })
}

/** Only for who has just shown who they are: a key outlives the session that made it. */
function apiMake(services: Services, site: Site, visit: Visit): Promise<Response> {
  const make = async (visitor: Parameters<typeof makeKey>[2]) => {
    const { secure } = site
    const body = await readJson(visit.request, KEY_FORM)
    if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
    const made = await makeKey(services, visit, visitor, body.value)
    if (made.kind === 'over') return refuseStranger(services, site, visit, 'api')
    if (made.kind === 'too_many')
      return problemResponse('too_many_keys', { requestId: visit.requestId, secure })
    return jsonResponse({ ...describeKey(made.key), key: made.text }, { status: 201, secure })
  }
  return asUser(services, site, visit, 'api', make, 'fresh_with_mfa')
}

function apiRevoke(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async (visitor) =>
    doneOrMissing(site, visit, await revokeKey(services, visit, visitor, lastSegment(visit))),
  )
}

function apiPrograms(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ identity }) => {
    const families = await services.refreshFamilies.listOf(identity.id)
    return jsonResponse({ programs: families.map(describeProgram) }, { secure: site.secure })
  })
}

function apiEndProgram(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async (visitor) =>
    doneOrMissing(site, visit, await endProgram(services, visit, visitor, lastSegment(visit))),
  )
}

function doneOrMissing({ secure }: Site, { requestId }: Visit, isDone: boolean): Response {
  return isDone ? emptyResponse(204, { secure }) : problemResponse('not_found', { requestId, secure })
}

function lastSegment({ url }: Visit): string {
  return url.pathname.split('/').at(-1) ?? ''
}
