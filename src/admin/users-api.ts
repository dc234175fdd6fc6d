import * as v from 'valibot'
import { readJson } from '../http/body.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { ACCOUNT, LISTED_SESSION, listOf, textsNamed } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { User } from '../user/user.ts'
import { asAdminApi } from './as-admin.ts'
import { invite } from './invite.ts'
import { readDirectoryQuery } from './query.ts'
import { actOnUser, type UserAction } from './user-action.ts'
import { userAt } from './users-routes.ts'

export const adminUsersApi: readonly Route[] = [
  {
    path: '/api/admin/users',
    kind: 'api',
    GET: apiUsers,
    POST: apiInvite,
    describe: {
      GET: {
        summary: 'Accounts, a page at a time',
        needs: 'admin',
        query: { q: 'Begins with.', after: 'Of `next`.', id: 'Of `next`.' },
        answers: { 200: () => listOf('users', ACCOUNT) },
      },
      POST: {
        summary: 'Invite somebody',
        needs: 'admin',
        body: () => INVITATION,
        answers: { 201: () => textsNamed('email', 'link') },
      },
    },
  },
  {
    path: '/api/admin/users/:id',
    kind: 'api',
    GET: apiUser,
    DELETE: apiRemove,
    describe: {
      GET: {
        summary: 'An account and its sessions',
        needs: 'admin',
        answers: { 200: () => v.looseObject({ user: ACCOUNT, sessions: v.array(LISTED_SESSION) }) },
      },
      DELETE: { summary: 'Remove an account', needs: 'admin', answers: { 204: null } },
    },
  },
  {
    path: '/api/admin/users/:id/actions',
    kind: 'api',
    POST: apiAct,
    describe: {
      POST: { summary: 'Change an account', needs: 'admin', body: () => ACTION, answers: { 204: null } },
    },
  },
]

const text = v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long'))
const roles = v.pipe(v.array(text, 'must be a list of roles'), v.maxLength(64, 'is too long'))
const INVITATION = v.strictObject({ email: text, roles: v.optional(roles, []) })
const ACTION = v.variant('action', [
  v.strictObject({ action: v.literal('roles'), roles }),
  v.strictObject({ action: v.literal('disable'), reason: v.optional(v.nullable(text), null) }),
  v.strictObject({ action: v.literal('enable') }),
  v.strictObject({ action: v.literal('end_sessions') }),
  v.strictObject({ action: v.literal('reset_factors') }),
])

function apiUsers(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:read', async () => {
    const { users, next, total } = await services.directory.find(readDirectoryQuery(visit.query))
    const page = next && { after: next.value, id: next.id }
    return jsonResponse({ users: users.map(describe), next: page, total }, { secure: site.secure })
  })
}

function apiInvite(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:write', async (admin) => {
    const body = await readJson(visit.request, INVITATION)
    if (!body.ok) return problem(site, visit, body)
    const result = await invite(services, site, visit, admin, body.value)
    switch (result.kind) {
      case 'invited':
        return jsonResponse({ email: result.email, link: result.link }, { status: 201, secure: site.secure })
      case 'invalid':
        return problem(site, visit, { code: 'invalid_request' })
      case 'known':
        return problem(site, visit, { code: 'account_exists' })
      case 'closed':
        return problem(site, visit, { code: 'forbidden' })
    }
  })
}

function apiUser(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:read', async () => {
    const user = await userAt(services, visit)
    if (!user) return problem(site, visit, { code: 'not_found' })
    const sessions = await services.sessions.listLive(user.id)
    const described = sessions.map(({ record: { id, site: key, client, methods, createdAt, seenAt } }) => ({
      id,
      site: key,
      client: client.agent,
      network: client.network,
      methods,
      startedAt: new Date(createdAt).toISOString(),
      seenAt: new Date(seenAt).toISOString(),
    }))
    return jsonResponse({ user: describe(user), sessions: described }, { secure: site.secure })
  })
}

function apiAct(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:write', async (admin) => {
    const body = await readJson(visit.request, ACTION)
    if (!body.ok) return problem(site, visit, body)
    return await act(services, site, visit, admin, body.value)
  })
}

function apiRemove(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:write', (admin) =>
    act(services, site, visit, admin, { action: 'remove' }),
  )
}

async function act(
  services: Services,
  site: Site,
  visit: Visit,
  admin: Parameters<typeof actOnUser>[2],
  action: UserAction,
): Promise<Response> {
  const user = await userAt(services, visit)
  if (!user) return problem(site, visit, { code: 'not_found' })
  switch (await actOnUser(services, visit, admin, user, action)) {
    case 'done':
      return emptyResponse(204, { secure: site.secure })
    case 'own_account':
      return problem(site, visit, { code: 'own_account' })
    case 'roles_invalid':
      return problem(site, visit, {
        code: 'invalid_request',
        errors: [{ field: 'roles', code: 'invalid', message: 'letters, digits and _ - . : up to 64 each' }],
      })
  }
}

type Problem = Pick<Extract<Awaited<ReturnType<typeof readJson>>, { ok: false }>, 'code' | 'errors'>

function problem(site: Site, visit: Visit, { code, errors }: Problem): Response {
  return problemResponse(code, {
    requestId: visit.requestId,
    secure: site.secure,
    ...(errors ? { errors } : {}),
  })
}

/** An account as administrators see it: never the hash. */
function describe({
  passwordHash,
  position,
  createdAt,
  disabledAt,
  deleteAt,
  passwordChangedAt,
  ...user
}: User) {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    ...user,
    hasPassword: passwordHash !== null,
    createdAt: iso(createdAt),
    disabledAt: iso(disabledAt),
    deleteAt: iso(deleteAt),
  }
}
