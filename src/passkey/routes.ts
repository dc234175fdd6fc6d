import * as v from 'valibot'
import { requestOptions } from '../factor/ceremony.ts'
import { readForm, readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { nextOf, seeOther } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError, type Route } from '../http/route.ts'
import { scriptResponse } from '../http/script.ts'
import { OBJECT, SIGNED_IN } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { enteredJson, enteredPage } from '../session/entered.ts'
import { passkeyHolder } from '../session/passkey-holder.ts'
import script from '../ui/assets/passkey.browser.js'
import { ASSERTION, readCredential } from '../webauthn/json.ts'
import { signInByPasskey } from './sign-in.ts'

export const passkeyRoutes: readonly Route[] = [
  { path: '/assets/passkey.js', kind: 'page', GET: serveScript },
  { path: '/passkey', kind: 'page', POST: postPasskey },
  {
    path: '/api/passkey/options',
    kind: 'api',
    POST: apiOptions,
    describe: {
      POST: { summary: 'What the browser asks a passkey to sign in with', answers: { 200: () => OBJECT } },
    },
  },
  {
    path: '/api/passkey',
    kind: 'api',
    POST: apiPasskey,
    describe: {
      POST: { summary: 'Sign a browser in by passkey', body: () => BODY, answers: { 200: () => SIGNED_IN } },
    },
  },
]

async function serveScript(_services: Services, site: Site): Promise<Response> {
  return scriptResponse(script, site.secure)
}

async function postPasskey(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const next = nextOf(services, site, form.value.get('next'))
  const assertion = readCredential(ASSERTION, form.value.get('credential') ?? '')
  const result = assertion
    ? await signInByPasskey(services, visit, { assertion, remember: form.value.has('remember'), next })
    : { kind: 'wrong_credentials' as const }
  if (result.kind === 'signed_in' || result.kind === 'second_factor')
    return enteredPage(services, site, result, next)
  const news = result.kind === 'throttled' ? 'passkey_busy' : 'passkey_refused'
  return seeOther(site, `${services.settings.basePath}/login?${new URLSearchParams({ news, next })}`)
}

/** What `navigator.credentials.get` needs (`PublicKeyCredential.parseRequestOptionsFromJSON`), and the cookie that it is bound to. */
async function apiOptions(services: Services, site: Site, visit: Visit): Promise<Response> {
  const options = await requestOptions(services, visit, 'sign_in', passkeyHolder(visit), [])
  return jsonResponse(options, { secure: site.secure })
}

const BODY = v.strictObject({
  credential: ASSERTION,
  remember: v.optional(v.boolean('must be true or false'), false),
})

async function apiPasskey(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { secure } = site
  const { requestId } = visit
  const body = await readJson(visit.request, BODY)
  if (!body.ok) return problemResponse(body.code, { ...body, requestId, secure })
  const { credential, remember } = body.value
  const result = await signInByPasskey(services, visit, { assertion: credential, remember, next: null })
  if (result.kind === 'wrong_credentials') return problemResponse('wrong_credentials', { requestId, secure })
  if (result.kind === 'throttled')
    return problemResponse('too_many_attempts', { headers: { 'retry-after': '60' }, requestId, secure })
  return enteredJson(services, site, visit, result)
}
