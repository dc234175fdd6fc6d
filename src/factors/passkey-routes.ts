import * as v from 'valibot'
import { readForm, readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { nextOf, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import { OBJECT } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { REGISTRATION, readCredential } from '../webauthn/json.ts'
import { describeEnrolled, NAME_INVALID, problem } from './answers.ts'
import { afterEnrolment, asEnroller, setupBackHref } from './as-enroller.ts'
import type { Enroller } from './enroller.ts'
import { type PasskeyPageProps, renderPasskeyPage } from './passkey-page.tsx'
import { addPasskey, MAX_PASSKEYS, newPasskeyOptions } from './passkey-setup.ts'

export const passkeySetupRoutes: readonly Route[] = [
  { path: '/mfa/setup/passkey', kind: 'page', GET: showPasskey, POST: postPasskey },
  {
    path: '/api/factors/passkey',
    kind: 'api',
    POST: apiPasskey,
    describe: {
      POST: { summary: 'Add a passkey', needs: 'pending', body: () => BODY, answers: { 201: () => OBJECT } },
    },
  },
  {
    path: '/api/factors/passkey/options',
    kind: 'api',
    POST: apiOptions,
    describe: {
      POST: {
        summary: 'What the browser makes a passkey with',
        needs: 'pending',
        answers: { 200: () => OBJECT },
      },
    },
  },
]

const isFull = ({ user }: Enroller) => user.factors.passkeys >= MAX_PASSKEYS

function showPasskey(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'page', async (enroller) => {
    if (isFull(enroller)) return await ownError({ kind: 'page' }, services, site, visit, 'too_many_factors')
    return await passkeyPage(services, site, visit, 200, { enroller, next: visit.query.get('next') })
  })
}

function postPasskey(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'page', async (enroller) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    if (isFull(enroller)) return await ownError({ kind: 'page' }, services, site, visit, 'too_many_factors')
    const { credential = '', name = '', next = null } = Object.fromEntries(form.value)
    const registration = readCredential(REGISTRATION, credential)
    const result = registration
      ? await addPasskey(services, visit, enroller, { registration, name })
      : { kind: 'refused' as const }
    if (result.kind === 'refused' || result.kind === 'wrong_name')
      return await passkeyPage(services, site, visit, 400, {
        enroller,
        next,
        name: name.slice(0, 128),
        problem: result.kind,
      })
    return await afterEnrolment(services, site, visit, result, next)
  })
}

interface PageState extends Partial<Pick<PasskeyPageProps, 'name' | 'problem'>> {
  readonly enroller: Enroller
  readonly next: string | null
}

async function passkeyPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: PageState,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const texts = textsOf(visit)
  const { basePath } = services.settings
  const { enroller } = state
  const next = state.next === null ? null : nextOf(services, site, state.next)
  const scriptHref = `${basePath}/assets/passkey.js`
  const { agent } = visit.client()
  const body = renderPasskeyPage({
    texts,
    theme,
    backHref: setupBackHref(services, enroller, next),
    ask: { kind: 'create', options: await newPasskeyOptions(services, visit, enroller), scriptHref },
    name: state.name ?? (agent === 'unknown' ? texts.passkeyDefaultName : agent),
    next,
    problem: state.problem ?? null,
  })
  const script = site.publicOrigin + scriptHref
  return htmlResponse(body, { status, theme, https: site.secure, script })
}

function apiOptions(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'api', async (enroller) =>
    isFull(enroller)
      ? problem(site, visit, 'too_many_factors')
      : jsonResponse(await newPasskeyOptions(services, visit, enroller), { secure: site.secure }),
  )
}

const BODY = v.strictObject({
  credential: REGISTRATION,
  name: v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long')),
})

function apiPasskey(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'api', async (enroller) => {
    const body = await readJson(visit.request, BODY)
    if (!body.ok) return problem(site, visit, body.code, body.errors)
    if (isFull(enroller)) return problem(site, visit, 'too_many_factors')
    const { credential, name } = body.value
    const result = await addPasskey(services, visit, enroller, { registration: credential, name })
    if (result.kind === 'wrong_name') return problem(site, visit, 'invalid_request', [NAME_INVALID])
    if (result.kind === 'refused') return problem(site, visit, 'wrong_second_factor')
    return describeEnrolled(site, visit, result)
  })
}
