import * as v from 'valibot'
import { jsonResponse } from '../http/json.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import { checkHuman, HUMAN_CODE, HUMAN_FIELD, HUMAN_STATUS, humanCheckOf } from '../human/check.ts'
import { REFUSAL_MESSAGES } from '../password/new-password.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { type SignUp, signUp } from './sign-up.ts'
import { renderSignUpPage, type SignUpPageProps } from './sign-up-page.tsx'

const MAX_LINE = 1024
const line = v.pipe(v.string('must be text'), v.maxLength(MAX_LINE, 'is too long'))

/** What an open registration takes, from the form as from the API. */
export const SIGN_UP = v.strictObject({
  email: v.pipe(line, v.nonEmpty('must not be empty')),
  password: v.pipe(
    v.string('must be text'),
    v.nonEmpty('must not be empty'),
    v.maxLength(4096, 'is too long'),
  ),
  name: v.optional(line, ''),
  username: v.optional(line, ''),
  next: v.optional(v.string('must be text')),
  [HUMAN_FIELD]: v.optional(v.string('must be text')),
})

export async function showSignUp(services: Services, site: Site, visit: Visit): Promise<Response> {
  return await signUpPage(services, site, visit, 200, { next: visit.query.get('next') ?? undefined })
}

export async function postSignUp(
  services: Services,
  site: Site,
  visit: Visit,
  fields: ReadonlyMap<string, string>,
): Promise<Response> {
  const { email = '', password = '', name = '', username = '', next } = Object.fromEntries(fields)
  const typed = {
    email: email.slice(0, MAX_LINE),
    name: name.slice(0, MAX_LINE),
    username: username.slice(0, MAX_LINE),
  }
  const again = (status: number, state: PageState) =>
    signUpPage(services, site, visit, status, { typed, next, ...state })
  const parsed = v.safeParse(SIGN_UP, { email, password, name, username })
  if (!parsed.success) return await again(400, { problem: 'invalid_form' })
  const robot = await checkHuman(services, visit, 'register', fields.get(HUMAN_FIELD))
  if (robot) return await again(HUMAN_STATUS[robot], { problem: robot })
  const result = await signUp(services, visit, { ...parsed.output, next: nextOf(services, site, next) })
  switch (result.kind) {
    case 'sent':
      return seeOther(site, `${services.settings.basePath}/verify`)
    case 'wrong_field':
      return await again(400, { problem: 'invalid_form', wrong: result })
    case 'refused':
      return await again(400, { problem: 'invalid_form', weaknesses: result.problems })
    case 'throttled':
      return await again(429, { problem: 'throttled', retryAfterSeconds: result.retryAfterSeconds })
  }
}

/** 202: there is an account once the address is proven (`POST /api/verify`). */
export async function answerSignUp(
  services: Services,
  site: Site,
  visit: Visit,
  form: v.InferOutput<typeof SIGN_UP>,
): Promise<Response> {
  const robot = await checkHuman(services, visit, 'register', form[HUMAN_FIELD])
  if (robot) return problemResponse(HUMAN_CODE[robot], { requestId: visit.requestId, secure: site.secure })
  const next = form.next === undefined ? null : nextOf(services, site, form.next)
  return describe(site, visit, await signUp(services, visit, { ...form, next }))
}

function describe({ secure }: Site, { requestId }: Visit, result: SignUp): Response {
  switch (result.kind) {
    case 'sent':
      return jsonResponse({ verification: 'sent' }, { status: 202, secure })
    case 'wrong_field': {
      const { field, code } = result
      const message = code === 'domain' ? 'is not of a domain that may register here' : 'cannot be used'
      return problemResponse('invalid_request', { errors: [{ field, code, message }], requestId, secure })
    }
    case 'refused':
      return problemResponse('password_refused', {
        errors: result.problems.map((code) => ({ field: 'password', code, message: REFUSAL_MESSAGES[code] })),
        requestId,
        secure,
      })
    case 'throttled': {
      const headers = { 'retry-after': String(result.retryAfterSeconds) }
      return problemResponse('too_many_attempts', { headers, requestId, secure })
    }
  }
}

type PageState = Partial<
  Pick<SignUpPageProps, 'typed' | 'problem' | 'wrong' | 'weaknesses' | 'retryAfterSeconds'>
> & { readonly next?: string | undefined }

async function signUpPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: PageState,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const { basePath, password, accounts, usernames } = services.settings
  const next = nextOf(services, site, state.next)
  const human = humanCheckOf(services, 'register')
  const body = renderSignUpPage({
    texts: textsOf(visit),
    theme,
    typed: { email: '', name: '', username: '' },
    choosesUsername: usernames.givenBy === 'owner',
    minLength: password.minLength,
    emailDomains: accounts.emailDomains,
    human,
    problem: null,
    wrong: null,
    weaknesses: [],
    retryAfterSeconds: null,
    requestId: visit.requestId,
    loginHref: `${basePath}/login?${new URLSearchParams({ next })}`,
    ...state,
    next,
  })
  const headers: Record<string, string> = state.retryAfterSeconds
    ? { 'retry-after': String(state.retryAfterSeconds) }
    : {}
  return htmlResponse(body, { status, theme, headers, human, https: site.secure })
}
