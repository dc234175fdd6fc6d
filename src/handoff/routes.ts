import * as v from 'valibot'
import type { Handoffs } from '../handover/handoffs.ts'
import { readForm } from '../http/body.ts'
import { type Handler, ownError, type Route } from '../http/route.ts'
import { scriptResponse } from '../http/script.ts'
import { OBJECT, SIGNED_IN, textsNamed } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { currentUser } from '../session/current.ts'
import { apiBegin, apiDecide, apiFinish, apiLook, apiState, BEGIN, DECIDE, LOOK } from './api-routes.ts'
import { enterPage, isOutcome, outcomePage, postDecision, showAsked } from './approving-routes.ts'
import { WAITING_SCRIPT } from './script.ts'
import { postWaiting, showWaiting } from './waiting-routes.ts'

type HandoffHandler = (services: Services, site: Site, visit: Visit, handoffs: Handoffs) => Promise<Response>

export const handoffRoutes: readonly Route[] = [
  { path: '/handoff', kind: 'page', GET: offered('page', show), POST: offered('page', post) },
  { path: '/assets/handoff.js', kind: 'page', GET: offered('page', script) },
  {
    path: '/api/handoff',
    kind: 'api',
    GET: offered('api', apiState),
    POST: offered('api', apiBegin),
    describe: {
      GET: {
        summary: 'What has become of a sign-in that waits for another device',
        answers: { 200: () => textsNamed('state') },
      },
      POST: {
        summary: 'Wait for another device',
        body: () => BEGIN,
        isBodyOptional: true,
        answers: { 201: () => textsNamed('code', 'number', 'url', 'expiresAt') },
      },
    },
  },
  {
    path: '/api/handoff/finish',
    kind: 'api',
    POST: offered('api', apiFinish),
    describe: { POST: { summary: 'Sign in, once approved', answers: { 200: () => SIGNED_IN } } },
  },
  {
    path: '/api/handoff/look',
    kind: 'api',
    POST: offered('api', apiLook),
    describe: {
      POST: {
        summary: 'Who waits behind a code',
        needs: 'fresh',
        body: () => LOOK,
        answers: {
          200: () => v.looseObject({ client: OBJECT, createdAt: v.string(), expiresAt: v.string() }),
        },
      },
    },
  },
  {
    path: '/api/handoff/decide',
    kind: 'api',
    POST: offered('api', apiDecide),
    describe: {
      POST: {
        summary: 'Approve or refuse who waits',
        needs: 'fresh',
        body: () => DECIDE,
        answers: { 200: () => textsNamed('state') },
      },
    },
  },
]

/** Switched off there is no such page. */
function offered(kind: Route['kind'], work: HandoffHandler): Handler {
  return async (services, site, visit) =>
    services.handoffs
      ? await work(services, site, visit, services.handoffs)
      : await ownError({ kind }, services, site, visit, 'not_found')
}

/** One address for both devices: who is signed in, or comes with a code, approves; anybody else waits. */
async function show(services: Services, site: Site, visit: Visit, handoffs: Handoffs): Promise<Response> {
  const code = visit.query.get('code')
  if (code !== null) return await showAsked(services, site, visit, handoffs, code)
  const done = visit.query.get('done')
  if (isOutcome(done)) return await outcomePage(services, site, visit, done)
  const visitor = await currentUser(services, visit)
  return visitor
    ? await enterPage(services, site, visit, visitor, { typed: '', problem: null })
    : await showWaiting(services, site, visit, handoffs)
}

async function post(services: Services, site: Site, visit: Visit, handoffs: Handoffs): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  switch (form.value.get('action')) {
    case 'decide':
    case 'refuse':
      return await postDecision(services, site, visit, handoffs, form.value)
    case 'begin':
    case 'finish':
    case 'cancel':
      return await postWaiting(services, site, visit, handoffs, form.value)
    default:
      return await ownError({ kind: 'page' }, services, site, visit, 'invalid_request')
  }
}

async function script(_services: Services, site: Site): Promise<Response> {
  return scriptResponse(WAITING_SCRIPT, site.secure)
}
