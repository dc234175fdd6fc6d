import * as v from 'valibot'
import { readForm, readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { nextOf, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError, type Route } from '../http/route.ts'
import { OBJECT, REGISTERED } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import { REFUSAL_MESSAGES } from '../password/new-password.ts'
import type { Services, Site } from '../services.ts'
import { enteredJson, enteredPage } from '../session/entered.ts'
import type { Entered } from '../session/sign-in.ts'
import { describeUser } from '../session/view.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { identityOf } from '../user/user.ts'
import {
  type RegisterPageProps,
  renderMadePage,
  renderNoInvitationPage,
  renderRegisterPage,
} from './page.tsx'
import { findInvitation, type Registered, register } from './register.ts'
import { isOpen } from './sign-up.ts'
import { answerSignUp, postSignUp, SIGN_UP, showSignUp } from './sign-up-routes.ts'

export const registerRoutes: readonly Route[] = [
  { path: '/register', kind: 'page', GET: showRegister, POST: postRegister },
  {
    path: '/api/register',
    kind: 'api',
    POST: apiRegister,
    describe: {
      POST: {
        summary: 'Make an account: by invitation, or where it is open',
        body: () => v.union([REGISTER, SIGN_UP]),
        answers: { 201: () => REGISTERED, 202: () => OBJECT },
      },
    },
  },
]

const line = v.optional(v.pipe(v.string('must be text'), v.maxLength(1024, 'is too long')), '')
const REGISTER = v.strictObject({
  invitation: v.pipe(v.string('must be text'), v.maxLength(100, 'is too long')),
  password: v.pipe(
    v.string('must be text'),
    v.nonEmpty('must not be empty'),
    v.maxLength(4096, 'is too long'),
  ),
  name: line,
  username: line,
})

/** Where registration is open: who has an invitation says so. */
const EITHER = v.lazy((body: unknown) =>
  typeof body === 'object' && body !== null && 'invitation' in body ? REGISTER : SIGN_UP,
)

/** Shows the form; nothing is used up, however often and by whomever the link is opened. */
async function showRegister(services: Services, site: Site, visit: Visit): Promise<Response> {
  const token = visit.query.get('invitation')
  if (token === null && isOpen(services)) return await showSignUp(services, site, visit)
  return await registerPage(services, site, visit, 200, token ?? '', { next: visit.query.get('next') })
}

async function postRegister(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  if (!form.value.has('invitation') && isOpen(services))
    return await postSignUp(services, site, visit, form.value)
  const {
    next = null,
    invitation = '',
    password = '',
    name = '',
    username = '',
  } = Object.fromEntries(form.value)
  const parsed = v.safeParse(REGISTER, { invitation, password, name, username })
  const typed = { name: name.slice(0, 1024), username: username.slice(0, 1024) }
  const again = (status: number, state: PageState) =>
    registerPage(services, site, visit, status, invitation, { next, typed, ...state })
  if (!parsed.success) return await again(400, { problem: 'invalid_form' })
  const onward = nextOf(services, site, next)
  const result = await register(services, visit, { ...parsed.output, next: onward })
  switch (result.kind) {
    case 'signed_in':
    case 'second_factor':
      return enteredPage(services, site, result, onward)
    case 'made':
      return await madePage(services, site, visit, onward)
    case 'no_invitation':
      return await again(404, {})
    case 'wrong_field':
      return await again(result.code === 'taken' ? 409 : 400, { problem: 'invalid_form', wrong: result })
    case 'refused':
      return await again(400, { problem: 'invalid_form', weaknesses: result.problems })
    case 'throttled':
      return await again(429, { problem: 'throttled', retryAfterSeconds: 60 })
  }
}

async function madePage(services: Services, site: Site, visit: Visit, next: string): Promise<Response> {
  const theme = await site.compiledTheme()
  const loginHref = `${services.settings.basePath}/login?${new URLSearchParams({ next })}`
  const body = renderMadePage({ texts: textsOf(visit), theme, loginHref })
  return htmlResponse(body, { status: 201, theme, https: site.secure })
}

type PageState = Partial<
  Pick<RegisterPageProps, 'typed' | 'next' | 'problem' | 'wrong' | 'weaknesses' | 'retryAfterSeconds'>
>

async function registerPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  token: string,
  state: PageState,
): Promise<Response> {
  const texts = textsOf(visit)
  const theme = await site.compiledTheme()
  const invitation = await findInvitation(services, token)
  const { basePath, nextAllowed, password } = services.settings
  if (!invitation) {
    const body = renderNoInvitationPage({ texts, theme, loginHref: `${basePath}/login` })
    return htmlResponse(body, { status: 404, theme, https: site.secure })
  }
  const { next = null } = state
  const body = renderRegisterPage({
    texts,
    theme,
    invitation: token,
    email: invitation.email,
    typed: { name: invitation.name ?? '', username: '' },
    minLength: password.minLength,
    choosesUsername: services.settings.usernames.givenBy === 'owner',
    problem: null,
    wrong: null,
    weaknesses: [],
    retryAfterSeconds: null,
    requestId: visit.requestId,
    ...state,
    next: next === null ? null : nextOf(services, site, next),
  })
  const headers = state.retryAfterSeconds ? { 'retry-after': String(state.retryAfterSeconds) } : {}
  return htmlResponse(body, {
    status,
    theme,
    headers,
    formAction: nextAllowed,
    https: site.secure,
    holdsToken: true,
  })
}

async function apiRegister(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { secure } = site
  const body = await readJson(visit.request, isOpen(services) ? EITHER : REGISTER)
  if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
  if (!('invitation' in body.value)) return await answerSignUp(services, site, visit, body.value)
  const result = await register(services, visit, { ...body.value, next: null })
  return result.kind === 'signed_in' || result.kind === 'second_factor'
    ? enteredJson(services, site, visit, result, 201)
    : describe(site, visit, result)
}

function describe({ secure }: Site, { requestId }: Visit, result: Exclude<Registered, Entered>): Response {
  switch (result.kind) {
    case 'made':
      return jsonResponse(
        { user: describeUser(identityOf(result.user)), session: null },
        { status: 201, secure },
      )
    case 'no_invitation':
      return problemResponse('no_invitation', { requestId, secure })
    case 'throttled':
      return problemResponse('too_many_attempts', { headers: { 'retry-after': '60' }, requestId, secure })
    case 'refused':
      return problemResponse('password_refused', {
        errors: result.problems.map((code) => ({ field: 'password', code, message: REFUSAL_MESSAGES[code] })),
        requestId,
        secure,
      })
    case 'wrong_field': {
      const { field, code } = result
      const isTaken = code === 'taken'
      const message = isTaken ? 'is taken' : 'cannot be used'
      return problemResponse(isTaken ? 'username_taken' : 'invalid_request', {
        errors: [{ field, code, message }],
        requestId,
        secure,
      })
    }
  }
}
