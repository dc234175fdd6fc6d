import * as v from 'valibot'
import { readForm } from '../http/body.ts'
import { seeOther, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { checkHuman, HUMAN_FIELD, HUMAN_STATUS, humanCheckOf } from '../human/check.ts'
import { spentPage } from '../proof/spent-page.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import type { Weakness } from '../ui/new-password-field.tsx'
import { renderNoticePage } from '../ui/notice-page.tsx'
import type { FormProblem } from '../ui/problem.tsx'
import { forgot } from './forgot.ts'
import { renderForgotPage, renderResetPage } from './pages.tsx'
import { findReset, resetPassword } from './reset.ts'

export const recoverRoutes: readonly Route[] = [
  { path: '/forgot', kind: 'page', GET: withMail(showForgot), POST: withMail(postForgot) },
  { path: '/reset', kind: 'page', GET: withMail(showReset), POST: withMail(postReset) },
]

const MAX_IDENTIFIER = 320
const RESET = v.object({
  token: v.pipe(v.string(), v.maxLength(100)),
  password: v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096)),
})

/** Without mail there is no such page. */
function withMail(handler: NonNullable<Route['GET']>): NonNullable<Route['GET']> {
  return async (services, site, visit) =>
    services.mail
      ? await handler(services, site, visit)
      : await ownError({ kind: 'page' }, services, site, visit, 'not_found')
}

async function showForgot(services: Services, site: Site, visit: Visit): Promise<Response> {
  if (visit.query.get('done') === 'sent') return await sentPage(services, site, visit)
  return await forgotPage(services, site, visit, 200, { identifier: '', problem: null })
}

async function postForgot(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const identifier = form.value.get('identifier') ?? ''
  const again = (status: number, problem: FormProblem, retryAfterSeconds?: number) =>
    forgotPage(services, site, visit, status, {
      identifier: identifier.slice(0, MAX_IDENTIFIER),
      problem,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    })
  if (identifier.trim() === '' || identifier.length > MAX_IDENTIFIER) return await again(400, 'invalid_form')
  const robot = await checkHuman(services, visit, 'forgot', form.value.get(HUMAN_FIELD))
  if (robot) return await again(HUMAN_STATUS[robot], robot)
  const result = await forgot(services, visit, identifier)
  if (result.kind === 'throttled') return await again(429, 'throttled', result.retryAfterSeconds)
  return seeOther(site, `${services.settings.basePath}/forgot?done=sent`)
}

async function showReset(services: Services, site: Site, visit: Visit): Promise<Response> {
  return await resetPage(services, site, visit, 200, visit.query.get('token') ?? '', {})
}

async function postReset(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  const fields = form.ok ? Object.fromEntries(form.value) : {}
  const token = (fields.token ?? '').slice(0, 100)
  const again = (status: number, state: ResetState) => resetPage(services, site, visit, status, token, state)
  const parsed = v.safeParse(RESET, { token: fields.token, password: fields.password })
  if (!parsed.success) return await again(400, { problem: 'invalid_form' })
  const result = await resetPassword(services, visit, parsed.output.token, parsed.output.password)
  switch (result.kind) {
    case 'changed':
      return seeOther(site, `${services.settings.basePath}/login?news=password_reset`)
    case 'spent':
      return await lateLink(services, site, visit)
    case 'refused':
      return await again(400, { problem: 'invalid_form', weaknesses: result.problems })
    case 'throttled':
      return await again(429, { problem: 'throttled', retryAfterSeconds: 60 })
  }
}

async function sentPage(services: Services, site: Site, visit: Visit): Promise<Response> {
  const texts = textsOf(visit)
  const theme = await site.compiledTheme()
  const body = renderNoticePage({
    texts,
    theme,
    icon: 'mail',
    tone: 'good',
    title: texts.checkMailTitle,
    paragraphs: [texts.forgotSent, texts.checkMailHint],
    links: [{ label: texts.backToLogin, href: `${services.settings.basePath}/login` }],
  })
  return htmlResponse(body, { theme, https: site.secure })
}

async function forgotPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: {
    readonly identifier: string
    readonly problem: FormProblem | null
    readonly retryAfterSeconds?: number
  },
): Promise<Response> {
  const theme = await site.compiledTheme()
  const { retryAfterSeconds = null } = state
  const human = humanCheckOf(services, 'forgot')
  const body = renderForgotPage({
    texts: textsOf(visit),
    theme,
    ...state,
    human,
    retryAfterSeconds,
    requestId: visit.requestId,
    loginHref: `${services.settings.basePath}/login`,
  })
  const headers: Record<string, string> =
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return htmlResponse(body, { status, theme, headers, human, https: site.secure })
}

interface ResetState {
  readonly problem?: FormProblem
  readonly weaknesses?: readonly Weakness[]
  readonly retryAfterSeconds?: number
}

async function resetPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  token: string,
  state: ResetState,
): Promise<Response> {
  const proof = await findReset(services, visit, token)
  if (!proof) return await lateLink(services, site, visit)
  const theme = await site.compiledTheme()
  const { problem = null, weaknesses = [], retryAfterSeconds = null } = state
  const body = renderResetPage({
    texts: textsOf(visit),
    theme,
    token,
    email: proof.email,
    minLength: services.settings.password.minLength,
    problem,
    weaknesses,
    retryAfterSeconds,
    requestId: visit.requestId,
  })
  const headers: Record<string, string> =
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return htmlResponse(body, { status, theme, headers, https: site.secure, holdsToken: true })
}

function lateLink({ settings }: Services, site: Site, visit: Visit): Promise<Response> {
  return spentPage(site, visit, [
    { label: 'forgotAgain', href: `${settings.basePath}/forgot` },
    { label: 'backToLogin', href: `${settings.basePath}/login` },
  ])
}
