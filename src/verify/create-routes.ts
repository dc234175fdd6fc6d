import { nextOf, textsOf } from '../http/page.ts'
import type { Visit } from '../http/visit.ts'
import { hasAsked } from '../proof/browser.ts'
import { spentPage } from '../proof/spent-page.ts'
import type { Services, Site } from '../services.ts'
import { enteredPage } from '../session/entered.ts'
import { htmlResponse } from '../ui/html-response.ts'
import type { Weakness } from '../ui/new-password-field.tsx'
import { renderNoticePage } from '../ui/notice-page.tsx'
import type { FormProblem } from '../ui/problem.tsx'
import { type Created, findPending } from './create-account.ts'
import { renderCreatePage, renderWaitPage, type VerifyFrame } from './pages.tsx'

export interface CreateState {
  readonly problem?: FormProblem
  readonly retryAfterSeconds?: number
  readonly isWrongCode?: boolean
  readonly isNotYet?: boolean
  readonly isWrongName?: boolean
  readonly weaknesses?: readonly Weakness[]
  readonly name?: string
}

type Again = (status: number, state: CreateState) => Promise<Response>

/** What a page answers to the proof of a sign-up. */
export async function answerCreated(
  services: Services,
  site: Site,
  visit: Visit,
  result: Created,
  again: Again,
): Promise<Response> {
  const { basePath } = services.settings
  switch (result.kind) {
    case 'entered':
      return enteredPage(services, site, result.entered, nextOf(services, site, result.next))
    case 'made':
      return await noticePage(site, visit, 'made', `${basePath}/login`)
    case 'waiting':
      return await noticePage(site, visit, 'waiting', `${basePath}/login`)
    case 'taken':
      return await noticePage(site, visit, 'taken', `${basePath}/login`)
    case 'spent':
      return await latePage(services, site, visit)
    case 'wrong_code':
      return await again(401, { isWrongCode: true })
    case 'not_yet':
      return await again(200, { isNotYet: true })
    case 'wrong_name':
      return await again(400, { problem: 'invalid_form', isWrongName: true })
    case 'refused':
      return await again(400, { problem: 'invalid_form', weaknesses: result.problems })
    case 'throttled':
      return await again(429, { problem: 'throttled', retryAfterSeconds: result.retryAfterSeconds })
  }
}

/** For the browser that signed up: a field for the code. */
export async function waitPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: CreateState,
): Promise<Response> {
  const proof = await findPending(services, visit)
  if (!proof) return await latePage(services, site, visit)
  const frame = await frameOf(site, visit, state)
  const { basePath } = services.settings
  const body = renderWaitPage({
    ...frame,
    email: proof.email,
    isWrongCode: state.isWrongCode ?? false,
    isNotYet: state.isNotYet ?? false,
    isDone: proof.isApproved,
    againHref: `${basePath}/register`,
  })
  return answer(site, frame, status, body)
}

/** The link of a sign-up, opened. */
export async function createPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  token: string,
  state: CreateState,
): Promise<Response> {
  const proof = await services.proofs.findByToken('register', site.key, token)
  if (!proof) return await latePage(services, site, visit)
  const frame = await frameOf(site, visit, state)
  const body = renderCreatePage({
    ...frame,
    token,
    email: proof.email,
    typed: (await hasAsked(visit, proof)) ? null : { name: state.name ?? proof.data.name ?? '' },
    minLength: services.settings.password.minLength,
    isWrongName: state.isWrongName ?? false,
    weaknesses: state.weaknesses ?? [],
  })
  return answer(site, frame, status, body)
}

const SAID = {
  made: { status: 201, icon: 'check', tone: 'good', title: 'registerMadeTitle', text: 'registerMadeText' },
  waiting: { status: 200, icon: 'clock', tone: 'good', title: 'waitingTitle', text: 'waitingText' },
  taken: { status: 409, icon: 'info', tone: 'note', title: 'takenTitle', text: 'takenText' },
} as const

async function noticePage(
  site: Site,
  visit: Visit,
  what: keyof typeof SAID,
  loginHref: string,
): Promise<Response> {
  const texts = textsOf(visit)
  const theme = await site.compiledTheme()
  const { status, icon, tone, title, text } = SAID[what]
  const links = what === 'waiting' ? [] : [{ label: texts.signIn, href: loginHref }]
  const body = renderNoticePage({
    texts,
    theme,
    icon,
    tone,
    title: texts[title],
    paragraphs: [texts[text]],
    links,
  })
  return htmlResponse(body, { status, theme, https: site.secure })
}

function latePage({ settings }: Services, site: Site, visit: Visit): Promise<Response> {
  const { basePath, registration } = settings
  return spentPage(site, visit, [
    { label: 'backToLogin', href: `${basePath}/login` },
    ...(registration === 'open' ? [{ label: 'registerLink', href: `${basePath}/register` } as const] : []),
  ])
}

export async function frameOf(
  site: Site,
  visit: Visit,
  state: Pick<CreateState, 'problem' | 'retryAfterSeconds'>,
): Promise<VerifyFrame> {
  const theme = await site.compiledTheme()
  const { problem = null, retryAfterSeconds = null } = state
  return { texts: textsOf(visit), theme, problem, retryAfterSeconds, requestId: visit.requestId }
}

export function answer(
  site: Site,
  { theme, retryAfterSeconds }: VerifyFrame,
  status: number,
  body: string,
): Response {
  const headers: Record<string, string> =
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return htmlResponse(body, { status, theme, headers, https: site.secure, holdsToken: true })
}
