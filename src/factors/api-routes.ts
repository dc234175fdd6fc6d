import * as v from 'valibot'
import { asUser } from '../http/as-user.ts'
import { readJson } from '../http/body.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import type { Route } from '../http/route.ts'
import { listOf, OBJECT, textsNamed } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { cleanName } from '../user/identifier.ts'
import { describeEnrolled, NAME_INVALID, problem } from './answers.ts'
import { confirmApp, MAX_APPS, newAppSetup } from './app-setup.ts'
import { asEnroller } from './as-enroller.ts'
import { distrustDevice } from './distrust.ts'
import { makeRecoveryCodes } from './recovery-codes.ts'
import { removeFactor } from './remove.ts'
import { renameFactor } from './rename.ts'

/** The same as the pages, for programs. */
export const factorApiRoutes: readonly Route[] = [
  {
    path: '/api/factors',
    kind: 'api',
    GET: listFactors,
    describe: {
      GET: {
        summary: 'Own second factors and trusted devices',
        needs: 'session',
        answers: {
          200: () =>
            v.looseObject({
              factors: v.array(OBJECT),
              recoveryCodes: v.number(),
              trustedDevices: v.array(OBJECT),
            }),
        },
      },
    },
  },
  {
    path: '/api/factors/app',
    kind: 'api',
    POST: beginApp,
    describe: {
      POST: {
        summary: 'Begin to add an authenticator app',
        needs: 'pending',
        answers: { 201: () => textsNamed('setup', 'secret', 'uri') },
      },
    },
  },
  {
    path: '/api/factors/app/confirm',
    kind: 'api',
    POST: finishApp,
    describe: {
      POST: {
        summary: 'Add the app by its first code',
        needs: 'pending',
        body: () => CONFIRM,
        answers: { 201: () => OBJECT },
      },
    },
  },
  {
    path: '/api/factors/recovery-codes',
    kind: 'api',
    POST: newCodes,
    describe: {
      POST: {
        summary: 'New recovery codes; the former ones end',
        needs: 'fresh',
        answers: { 201: () => listOf('recoveryCodes', v.string()) },
      },
    },
  },
  {
    path: '/api/factors/:id',
    kind: 'api',
    POST: rename,
    DELETE: remove,
    describe: {
      POST: { summary: 'Rename a factor', needs: 'fresh', body: () => NAME, answers: { 204: null } },
      DELETE: { summary: 'Remove a factor', needs: 'fresh', answers: { 204: null } },
    },
  },
  {
    path: '/api/trusted-devices/:id',
    kind: 'api',
    DELETE: distrust,
    describe: { DELETE: { summary: 'Trust a device no more', needs: 'session', answers: { 204: null } } },
  },
]

const text = (most: number) => v.pipe(v.string('must be text'), v.maxLength(most, 'is too long'))
const CONFIRM = v.strictObject({ setup: text(2048), code: text(100), name: text(1024) })
const NAME = v.strictObject({ name: text(1024) })

function listFactors(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async ({ identity }) => {
    const [factors, trusted, user] = await Promise.all([
      services.factors.list(identity.id),
      services.trusted.list(identity.id),
      services.users.findById(identity.id),
    ])
    return jsonResponse(
      {
        factors: factors.map(({ createdAt, lastUsedAt, ...factor }) => ({
          ...factor,
          createdAt: iso(createdAt),
          lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
        })),
        recoveryCodes: user?.factors.recoveryCodes ?? 0,
        trustedDevices: trusted.map(({ id, site, client, lastUsedAt, expiresAt }) => ({
          id,
          site,
          client: client.agent,
          network: client.network,
          lastUsedAt: iso(lastUsedAt),
          expiresAt: iso(expiresAt),
        })),
      },
      { secure: site.secure },
    )
  })
}

function beginApp(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'api', async (enroller) => {
    if (enroller.user.factors.apps >= MAX_APPS) return problem(site, visit, 'too_many_factors')
    const { sealed, seed, uri } = await newAppSetup(services, visit, enroller)
    return jsonResponse({ setup: sealed, secret: seed, uri }, { status: 201, secure: site.secure })
  })
}

function finishApp(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'api', async (enroller) => {
    const body = await readJson(visit.request, CONFIRM)
    if (!body.ok) return problem(site, visit, body.code, body.errors)
    if (enroller.user.factors.apps >= MAX_APPS) return problem(site, visit, 'too_many_factors')
    const { setup, code, name } = body.value
    const result = await confirmApp(services, visit, enroller, { sealed: setup, code, name })
    switch (result.kind) {
      case 'no_setup':
        return problem(site, visit, 'invalid_request', [
          { field: 'setup', code: 'invalid', message: 'was not made for this account, or too long ago' },
        ])
      case 'wrong_name':
        return problem(site, visit, 'invalid_request', [NAME_INVALID])
      case 'wrong_code':
        return problem(site, visit, 'wrong_second_factor')
      default:
        return describeEnrolled(site, visit, result)
    }
  })
}

function newCodes(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(
    services,
    site,
    visit,
    'api',
    async (visitor) => {
      const recoveryCodes = await makeRecoveryCodes(services, visit, visitor)
      return recoveryCodes === null
        ? problem(site, visit, 'not_found')
        : jsonResponse({ recoveryCodes }, { status: 201, secure: site.secure })
    },
    'fresh_with_mfa',
  )
}

function rename(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(
    services,
    site,
    visit,
    'api',
    async (visitor) => {
      const body = await readJson(visit.request, NAME)
      if (!body.ok) return problem(site, visit, body.code, body.errors)
      const name = cleanName(body.value.name)
      if (name === null) return problem(site, visit, 'invalid_request', [NAME_INVALID])
      const isDone = await renameFactor(services, visit, visitor, lastSegment(visit), name)
      return isDone ? emptyResponse(204, { secure: site.secure }) : problem(site, visit, 'not_found')
    },
    'fresh_with_mfa',
  )
}

function remove(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(
    services,
    site,
    visit,
    'api',
    async (visitor) => {
      const result = await removeFactor(services, visit, visitor, lastSegment(visit))
      return result === 'removed' ? emptyResponse(204, { secure: site.secure }) : problem(site, visit, result)
    },
    'fresh_with_mfa',
  )
}

function distrust(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', async (visitor) => {
    const isDone = await distrustDevice(services, visit, visitor, lastSegment(visit))
    return isDone ? emptyResponse(204, { secure: site.secure }) : problem(site, visit, 'not_found')
  })
}

function lastSegment({ url }: Visit): string {
  return url.pathname.split('/').at(-1) ?? ''
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
