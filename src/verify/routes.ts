import { readForm } from '../http/body.ts'
import { ownError, type Route } from '../http/route.ts'
import { OBJECT, REGISTERED } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { readCode } from '../ui/read-code.ts'
import { apiVerify, EITHER_PROOF } from './api-routes.ts'
import { findAddressProof } from './confirm-address.ts'
import { answerConfirmed, confirmPage } from './confirm-routes.ts'
import { continueHere, createByCode, createByLink } from './create-account.ts'
import { answerCreated, createPage, waitPage } from './create-routes.ts'

/** The proof of an address: it makes the account that was signed up for, or becomes the address of one that is there. */
export const verifyRoutes: readonly Route[] = [
  { path: '/verify', kind: 'page', GET: withMail(showVerify), POST: withMail(postVerify) },
  {
    path: '/api/verify',
    kind: 'api',
    POST: apiVerify,
    describe: {
      POST: {
        summary: 'Prove an e-mail address by the mailed code or link',
        body: () => EITHER_PROOF,
        answers: { 200: () => OBJECT, 201: () => REGISTERED, 202: () => OBJECT, 204: null },
      },
    },
  },
]

function withMail(handler: NonNullable<Route['GET']>): NonNullable<Route['GET']> {
  return async (services, site, visit) =>
    services.mail
      ? await handler(services, site, visit)
      : await ownError({ kind: 'page' }, services, site, visit, 'not_found')
}

async function showVerify(services: Services, site: Site, visit: Visit): Promise<Response> {
  const token = visit.query.get('token')
  if (token === null) return await waitPage(services, site, visit, 200, {})
  return (await findAddressProof(services, visit, token))
    ? await confirmPage(services, site, visit, 200, token, {})
    : await createPage(services, site, visit, 200, token, {})
}

async function postVerify(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const { token, action, code = '', name = '', password } = Object.fromEntries(form.value)
  if (token === undefined) {
    const result =
      action === 'continue'
        ? await continueHere(services, visit)
        : await createByCode(services, visit, readCode(code))
    return await answerCreated(services, site, visit, result, (status, state) =>
      waitPage(services, site, visit, status, state),
    )
  }
  if (await findAddressProof(services, visit, token))
    return await answerConfirmed(services, site, visit, token, password ?? null)
  const typed =
    password === undefined ? null : { name: name.slice(0, 1024), password: password.slice(0, 4096) }
  const result = await createByLink(services, visit, token, typed)
  return await answerCreated(services, site, visit, result, (status, state) =>
    createPage(services, site, visit, status, token, { ...state, name }),
  )
}
