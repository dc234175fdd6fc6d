import * as v from 'valibot'
import { approveHandoff, lookUp, refuseHandoff } from '../handover/approve.ts'
import { showCode } from '../handover/code.ts'
import type { Handoff, Handoffs } from '../handover/handoffs.ts'
import { beginHandoff, findWaiting, finishHandoff } from '../handover/wait.ts'
import { asUser } from '../http/as-user.ts'
import { readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { enteredJson } from '../session/entered.ts'
import { shownCode } from './waiting-routes.ts'

export const BEGIN = v.strictObject({ remember: v.optional(v.boolean('must be true or false'), false) })
const code = v.pipe(v.string('must be text'), v.maxLength(64, 'is too long'))
export const LOOK = v.strictObject({ code })
export const DECIDE = v.union(
  [
    v.strictObject({ code, number: v.pipe(v.string('must be text'), v.maxLength(8, 'is too long')) }),
    v.strictObject({ code, refuse: v.literal(true) }),
  ],
  'must be { code, number } or { code, refuse: true }',
)

export async function apiBegin(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
): Promise<Response> {
  const { secure } = site
  const body = await readJson(visit.request, BEGIN, { optional: true })
  if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
  const waiting = await beginHandoff(services, visit, handoffs, body.value.remember)
  if (waiting === 'throttled') return tooMany(site, visit, 60)
  const { addressWithCode, ...shown } = shownCode(services, site, waiting)
  const expiresAt = new Date(waiting.handoff.expiresAt).toISOString()
  return jsonResponse(
    { code: showCode(shown.code), number: shown.number, url: addressWithCode, expiresAt },
    { status: 201, secure },
  )
}

/** Always 200: that nothing waits is an answer, too. */
export async function apiState(
  _services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
): Promise<Response> {
  const waiting = await findWaiting(visit, handoffs)
  return jsonResponse({ state: waiting?.handoff.state ?? 'none' }, { secure: site.secure })
}

export async function apiFinish(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
): Promise<Response> {
  const finished = await finishHandoff(services, visit, handoffs, null)
  if (finished.kind === 'not_approved' || finished.kind === 'withdrawn')
    return problemResponse('handoff_not_approved', { requestId: visit.requestId, secure: site.secure })
  return enteredJson(services, site, visit, finished)
}

export async function apiLook(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
): Promise<Response> {
  const body = await readJson(visit.request, LOOK)
  const look = async (visitor: Current) => {
    if (!body.ok)
      return problemResponse(body.code, { ...body, requestId: visit.requestId, secure: site.secure })
    const found = await findFor(services, site, visit, handoffs, visitor, body.value.code)
    return found instanceof Response ? found : jsonResponse(describe(found), { secure: site.secure })
  }
  return await asUser(services, site, visit, 'api', look, 'fresh_with_mfa')
}

export async function apiDecide(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
): Promise<Response> {
  const { secure } = site
  const body = await readJson(visit.request, DECIDE)
  const decide = async (visitor: Current) => {
    if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
    const said = body.value
    const found = await findFor(services, site, visit, handoffs, visitor, said.code)
    if (found instanceof Response) return found
    const decided =
      'refuse' in said
        ? await refuseHandoff(services, visit, handoffs, visitor, found, null)
        : await approveHandoff(services, visit, handoffs, visitor, found, said.number)
    if (decided === 'spent') return unknown(site, visit)
    return jsonResponse({ state: decided === 'approved' ? 'approved' : 'refused' }, { secure })
  }
  return await asUser(services, site, visit, 'api', decide, 'fresh_with_mfa')
}

async function findFor(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
  visitor: Current,
  typed: string,
): Promise<Handoff | Response> {
  const looked = await lookUp(services, visit, handoffs, visitor, typed)
  if (looked.kind === 'throttled') return tooMany(site, visit, looked.retryAfterSeconds)
  return looked.kind === 'unknown' ? unknown(site, visit) : looked.handoff
}

function describe({ client, choices, createdAt, expiresAt }: Handoff) {
  return {
    client,
    choices,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}

function unknown({ secure }: Site, { requestId }: Visit): Response {
  return problemResponse('handoff_unknown', { requestId, secure })
}

function tooMany({ secure }: Site, { requestId }: Visit, retryAfterSeconds: number): Response {
  const headers = { 'retry-after': String(retryAfterSeconds) }
  return problemResponse('too_many_attempts', { headers, requestId, secure })
}
