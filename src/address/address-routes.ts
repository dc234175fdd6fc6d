import * as v from 'valibot'
import { accountFrame } from '../http/account-frame.ts'
import { asUser, refuseStranger } from '../http/as-user.ts'
import { readForm, readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { seeOther } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError, type Route } from '../http/route.ts'
import { textsNamed } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { type AskedChange, askForChange, askForProof } from './change.ts'
import { type AddressPageProps, renderAddressPage } from './page.tsx'

export const addressPageRoutes: readonly Route[] = [
  { path: '/account/email', kind: 'page', GET: showAddress, POST: postAddress },
  {
    path: '/api/account/email',
    kind: 'api',
    POST: apiAddress,
    describe: {
      POST: {
        summary: 'Ask for another e-mail address; it changes once it is proven',
        needs: 'fresh',
        body: () => CHANGE,
        answers: { 202: () => textsNamed('verification') },
      },
    },
  },
]

const MAX_EMAIL = 320
const CHANGE = v.strictObject({
  email: v.pipe(
    v.string('must be text'),
    v.nonEmpty('must not be empty'),
    v.maxLength(MAX_EMAIL, 'is too long'),
  ),
})

/** The address is how an account is got back, so a session that somebody has found open does not do. */
function showAddress(services: Services, site: Site, visit: Visit): Promise<Response> {
  const isSent = visit.query.get('done') === 'sent'
  return asUser(
    services,
    site,
    visit,
    'page',
    (visitor) => addressPage(services, site, visit, visitor, 200, { isSent }),
    'fresh_with_mfa',
  )
}

function postAddress(services: Services, site: Site, visit: Visit): Promise<Response> {
  const work = async (visitor: Current) => {
    if (!services.mail) return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const email = form.value.get('email') ?? ''
    const result =
      form.value.get('action') === 'prove'
        ? await askForProof(services, visit, visitor.identity.id)
        : await askForChange(services, visit, visitor.identity.id, email)
    const again = (status: number, state: PageState) =>
      addressPage(services, site, visit, visitor, status, { typed: email.slice(0, MAX_EMAIL), ...state })
    switch (result.kind) {
      case 'sent':
        return seeOther(site, `${services.settings.basePath}/account/email?done=sent`)
      case 'gone':
        return seeOther(site, `${services.settings.basePath}/account/email`)
      case 'wrong_field':
        return await again(400, { problem: 'invalid_form', wrong: result.code })
      case 'throttled':
        return await again(429, { problem: 'throttled', retryAfterSeconds: result.retryAfterSeconds })
    }
  }
  return asUser(services, site, visit, 'page', work, 'fresh_with_mfa')
}

type PageState = Partial<
  Pick<AddressPageProps, 'typed' | 'isSent' | 'problem' | 'wrong' | 'retryAfterSeconds'>
>

async function addressPage(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Current,
  status: number,
  state: PageState,
): Promise<Response> {
  const frame = await accountFrame(services, site, visit, visitor)
  const body = renderAddressPage({
    frame,
    email: visitor.identity.email,
    isVerified: visitor.identity.emailVerified,
    isOffered: services.mail !== null,
    emailDomains: services.settings.accounts.emailDomains,
    typed: '',
    isSent: false,
    problem: null,
    wrong: null,
    retryAfterSeconds: null,
    requestId: visit.requestId,
    ...state,
  })
  const headers: Record<string, string> = state.retryAfterSeconds
    ? { 'retry-after': String(state.retryAfterSeconds) }
    : {}
  return htmlResponse(body, { status, theme: frame.theme, headers, https: site.secure })
}

/** 202: the address changes once it is proven. */
function apiAddress(services: Services, site: Site, visit: Visit): Promise<Response> {
  const work = async ({ identity }: Current) => {
    if (!services.mail) return await ownError({ kind: 'api' }, services, site, visit, 'not_found')
    const body = await readJson(visit.request, CHANGE)
    const { secure } = site
    if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
    return describe(services, site, visit, await askForChange(services, visit, identity.id, body.value.email))
  }
  return asUser(services, site, visit, 'api', work, 'fresh_with_mfa')
}

const MESSAGES = {
  invalid: 'is not an e-mail address',
  domain: 'is not of a domain that accounts may have here',
  same: 'is the address of the account',
} as const

function describe(services: Services, site: Site, visit: Visit, result: AskedChange): Response {
  const { requestId } = visit
  const { secure } = site
  switch (result.kind) {
    case 'sent':
      return jsonResponse({ verification: 'sent' }, { status: 202, secure })
    case 'gone':
      return refuseStranger(services, site, visit, 'api')
    case 'wrong_field': {
      const errors = [{ field: 'email', code: result.code, message: MESSAGES[result.code] }]
      return problemResponse('invalid_request', { errors, requestId, secure })
    }
    case 'throttled': {
      const headers = { 'retry-after': String(result.retryAfterSeconds) }
      return problemResponse('too_many_attempts', { headers, requestId, secure })
    }
  }
}
