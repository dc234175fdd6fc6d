import * as v from 'valibot'
import { ERRORS } from '../errors.ts'
import { requestOptions } from '../factor/ceremony.ts'
import { readForm, readJson } from '../http/body.ts'
import { nextOf, postFateOf, seeOther, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { SIGNED_IN } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import { checkHuman, HUMAN_CODE, HUMAN_FIELD, HUMAN_STATUS, humanCheckOf } from '../human/check.ts'
import type { Services, Site } from '../services.ts'
import { currentUser } from '../session/current.ts'
import { enteredJson, enteredPage } from '../session/entered.ts'
import { passkeyHolder } from '../session/passkey-holder.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { login } from './login.ts'
import { isNews, type LoginProblem, renderLoginPage } from './page.tsx'

/** An e-mail address ends at 254 characters (RFC 5321), a user name long before. */
const MAX_IDENTIFIER = 320
/** Twice the UTF-16 units of the longest password that can be set. */
const MAX_PASSWORD = 4096

const LOGIN = v.strictObject({
  identifier: v.pipe(
    v.string('must be text'),
    v.nonEmpty('must not be empty'),
    v.maxLength(MAX_IDENTIFIER, 'is too long'),
  ),
  password: v.pipe(
    v.string('must be text'),
    v.nonEmpty('must not be empty'),
    v.maxLength(MAX_PASSWORD, 'is too long'),
  ),
  remember: v.optional(v.boolean('must be true or false'), false),
  [HUMAN_FIELD]: v.optional(v.string('must be text')),
})

export const loginRoutes: readonly Route[] = [
  { path: '/login', kind: 'page', GET: showLogin, POST: postLogin },
  {
    path: '/api/login',
    kind: 'api',
    POST: apiLogin,
    describe: {
      POST: {
        summary: 'Sign a browser in by password',
        body: () => LOGIN,
        answers: { 200: () => SIGNED_IN },
      },
    },
  },
]

/** The form; whoever is signed in already is sent on, unless another account is wanted (`switch`). */
async function showLogin(services: Services, site: Site, visit: Visit): Promise<Response> {
  const searchParams = visit.query
  const next = nextOf(services, site, searchParams.get('next'))
  if (!searchParams.has('switch')) {
    if (await currentUser(services, visit)) return seeOther(site, next)
  }
  const news = searchParams.get('news') ?? ''
  return await loginPage(services, site, visit, 200, {
    next,
    problem: isNews(news) ? news : null,
  })
}

async function postLogin(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok)
    return await loginPage(services, site, visit, ERRORS[form.code].status, { problem: 'invalid_form' })
  const fields = form.value
  const next = nextOf(services, site, fields.get('next') ?? visit.query.get('next'))
  const parsed = v.safeParse(LOGIN, {
    identifier: fields.get('identifier') ?? '',
    password: fields.get('password') ?? '',
    remember: fields.has('remember'),
  })
  const typed = {
    next,
    identifier: (fields.get('identifier') ?? '').slice(0, MAX_IDENTIFIER),
    remember: fields.has('remember'),
  }
  if (!parsed.success) {
    return await loginPage(services, site, visit, 400, {
      ...typed,
      problem: 'invalid_form',
      fieldErrors: fieldErrorsOf(fields),
    })
  }
  const robot = await checkHuman(services, visit, 'login', fields.get(HUMAN_FIELD))
  if (robot) return await loginPage(services, site, visit, HUMAN_STATUS[robot], { ...typed, problem: robot })
  const result = await login(services, visit, { ...parsed.output, next })
  switch (result.kind) {
    case 'signed_in':
    case 'second_factor':
      return enteredPage(services, site, result, next)
    case 'wrong_credentials':
      return await loginPage(services, site, visit, 401, { ...typed, problem: 'wrong_credentials' })
    case 'throttled':
      return await loginPage(services, site, visit, 429, {
        ...typed,
        problem: 'throttled',
        retryAfterSeconds: result.retryAfterSeconds,
      })
  }
}

/** The form can only be wrong in being empty or too long. */
function fieldErrorsOf(fields: ReadonlyMap<string, string>): NonNullable<PageState['fieldErrors']> {
  const identifier = fields.get('identifier') ?? ''
  const password = fields.get('password') ?? ''
  return {
    ...(identifier === '' ? { identifier: 'identifierMissing' } : {}),
    ...(identifier.length > MAX_IDENTIFIER ? { identifier: 'identifierTooLong' } : {}),
    ...(password === '' ? { password: 'passwordMissing' } : {}),
    ...(password.length > MAX_PASSWORD ? { password: 'passwordTooLong' } : {}),
  }
}

async function apiLogin(services: Services, site: Site, visit: Visit): Promise<Response> {
  const body = await readJson(visit.request, LOGIN)
  const { secure } = site
  if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
  const { [HUMAN_FIELD]: token, ...credentials } = body.value
  const robot = await checkHuman(services, visit, 'login', token)
  if (robot) return problemResponse(HUMAN_CODE[robot], { requestId: visit.requestId, secure })
  const result = await login(services, visit, { ...credentials, next: null })
  if (result.kind === 'wrong_credentials')
    return problemResponse('wrong_credentials', { requestId: visit.requestId, secure })
  if (result.kind === 'throttled') {
    const headers = { 'retry-after': String(result.retryAfterSeconds) }
    return problemResponse('too_many_attempts', { headers, requestId: visit.requestId, secure })
  }
  return enteredJson(services, site, visit, result)
}

interface PageState {
  readonly next?: string
  readonly identifier?: string
  readonly remember?: boolean
  readonly problem: LoginProblem | null
  readonly retryAfterSeconds?: number
  readonly fieldErrors?: Parameters<typeof renderLoginPage>[0]['fieldErrors']
}

async function loginPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: PageState,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const { retryAfterSeconds = null, fieldErrors } = state
  const human = humanCheckOf(services, 'login')
  const passkey = await passkeyAsk(services, visit)
  const body = renderLoginPage({
    texts: textsOf(visit),
    theme,
    action: null,
    next: state.next ?? null,
    identifier: state.identifier ?? '',
    remember: services.settings.session.rememberSeconds === null ? null : (state.remember ?? false),
    problem: state.problem,
    post: postFateOf(services, visit, state.next ?? '/'),
    retryAfterSeconds,
    requestId: visit.requestId,
    ...(fieldErrors ? { fieldErrors } : {}),
    human,
    passkey,
    links: linksOf(services, state.next ?? '/'),
  })
  return htmlResponse(body, {
    status,
    theme,
    headers: retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
    formAction: services.settings.nextAllowed,
    human,
    script: site.publicOrigin + passkey.scriptHref,
    https: site.secure,
  })
}

/** What the browser is asked for who has a passkey here. Nobody is named: the passkey says who. */
async function passkeyAsk(services: Services, visit: Visit) {
  const { basePath } = services.settings
  const options = await requestOptions(services, visit, 'sign_in', passkeyHolder(visit), [])
  return {
    kind: 'get',
    options,
    action: `${basePath}/passkey`,
    scriptHref: `${basePath}/assets/passkey.js`,
  } as const
}

/** Other ways to go on, where they are offered. */
function linksOf(
  { mail, handoffs, settings }: Services,
  next: string,
): Parameters<typeof renderLoginPage>[0]['links'] {
  const { basePath, accounts, registration } = settings
  const to = (path: string) => `${basePath}/${path}?${new URLSearchParams({ next })}`
  return [
    ...(mail && accounts.loginLink ? [{ label: 'linkLogin', href: to('link') } as const] : []),
    ...(handoffs ? [{ label: 'handoffLink', href: to('handoff') } as const] : []),
    ...(mail ? [{ label: 'forgotLink', href: `${basePath}/forgot` } as const] : []),
    ...(mail && registration === 'open' ? [{ label: 'registerLink', href: to('register') } as const] : []),
  ]
}
