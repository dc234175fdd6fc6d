import * as v from 'valibot'
import { readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { OBJECT } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { isOverVolume } from '../session/guest.ts'
import { createTickets } from './tickets.ts'

export const doctorRoutes: readonly Route[] = [
  {
    path: '/api/doctor',
    kind: 'api',
    POST: examine,
    describe: {
      POST: {
        summary: 'What a deployment is like; for `edgegate doctor`',
        body: () => QUESTIONS,
        answers: { 200: () => OBJECT },
      },
    },
  },
]

const QUESTIONS = v.strictObject({
  ticket: v.pipe(v.string('must be text'), v.maxLength(128, 'is too long')),
  /** Compute one password hash, so that who asks can measure what it takes here. */
  hash: v.optional(v.boolean('must be true or false'), false),
})

/**
 * What `edgegate doctor` cannot see from outside. Only for who can write to the database: without a ticket from there this address does
 * not exist (P21). It tells no secret, and nothing of anybody's account.
 */
async function examine(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { secure } = site
  const body = await readJson(visit.request, QUESTIONS)
  const isAllowed =
    body.ok &&
    !(await isOverVolume(services, visit)) &&
    (await createTickets(services.db, services.now).isGood(body.value.ticket))
  if (!body.ok || !isAllowed) return problemResponse('not_found', { requestId: visit.requestId, secure })
  if (body.value.hash) await (await services.hasher()).verifyDummy('a password to measure with')
  return jsonResponse(
    {
      now: new Date(services.now()).toISOString(),
      site: site.key,
      secrets: services.secretCount,
      hasRateLimit: services.rateLimit !== null,
      hasClientAddress: visit.ip() !== null,
      toOrigin: headersForOrigin(site, visit),
    },
    { secure },
  )
}

/** Names and values that the origin would have received with this very request, ours and the visitor's that are left. */
function headersForOrigin(site: Site, visit: Visit): readonly (readonly [string, string])[] {
  const sent = site.filterHeaders(visit.received, {
    identity: [],
    clientIp: visit.ip(),
    proto: site.secure ? 'https' : 'http',
    host: site.host,
    requestId: visit.requestId,
    websocket: false,
    stripAuthorization: false,
    acceptEncoding: null,
  })
  const secret = site.origin.kind === 'url' ? site.origin.secret?.header.toLowerCase() : undefined
  return [...sent].filter(([name]) => name !== secret)
}
