import { readForm } from '../http/body.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { checkHuman, HUMAN_FIELD, HUMAN_STATUS, humanCheckOf } from '../human/check.ts'
import { hasAsked } from '../proof/browser.ts'
import { MAX_TRIES } from '../proof/proof.ts'
import { spentPage } from '../proof/spent-page.ts'
import type { Services, Site } from '../services.ts'
import { enteredPage } from '../session/entered.ts'
import { htmlResponse } from '../ui/html-response.ts'
import type { HumanCheckProps } from '../ui/human-check.tsx'
import { renderNoticePage } from '../ui/notice-page.tsx'
import type { FormProblem } from '../ui/problem.tsx'
import { readCode } from '../ui/read-code.ts'
import { describeAgo } from '../ui/text/ago.ts'
import { askForLink } from './ask.ts'
import {
  approveLink,
  enterApproved,
  enterByCode,
  enterByLink,
  findLink,
  findWaiting,
  type Linked,
  refuseLink,
} from './enter.ts'
import {
  type LinkFrame,
  renderElsewherePage,
  renderHerePage,
  renderLinkPage,
  renderWaitPage,
} from './pages.tsx'

export const linkRoutes: readonly Route[] = [
  { path: '/link', kind: 'page', GET: ifOffered(showLink), POST: ifOffered(postLink) },
  { path: '/link/wait', kind: 'page', GET: ifOffered(showWait), POST: ifOffered(postWait) },
]

const MAX_IDENTIFIER = 320

function ifOffered(handler: NonNullable<Route['GET']>): NonNullable<Route['GET']> {
  return async (services, site, visit) =>
    services.mail && services.settings.accounts.loginLink
      ? await handler(services, site, visit)
      : await ownError({ kind: 'page' }, services, site, visit, 'not_found')
}

async function showLink(services: Services, site: Site, visit: Visit): Promise<Response> {
  const token = visit.query.get('token')
  if (token !== null) return await openedPage(services, site, visit, 200, token, {})
  const next = nextOf(services, site, visit.query.get('next'))
  return await askPage(services, site, visit, 200, { identifier: '', remember: false, next, problem: null })
}

/** One address, two forms: who asks for a link has none, who has one says where the sign-in is wanted. */
async function postLink(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const token = form.value.get('token')
  if (token === undefined) return await postAsk(services, site, visit, form.value)
  switch (form.value.get('action')) {
    case 'here': {
      const result = await enterByLink(services, visit, token)
      return await answerLinked(services, site, result, {
        spent: () => latePage(services, site, visit),
        again: (status, state) => openedPage(services, site, visit, status, token, state),
      })
    }
    case 'approve': {
      const number = readCode(form.value.get('number') ?? '')
      const result = await approveLink(services, visit, token, number)
      if (result === 'approved') return await saidPage(services, site, visit, 'approved')
      return await openedPage(services, site, visit, 400, token, { isWrongNumber: true })
    }
    case 'refuse':
      await refuseLink(services, visit, token)
      return await saidPage(services, site, visit, 'refused')
    default:
      return await ownError({ kind: 'page' }, services, site, visit, 'invalid_request')
  }
}

async function postAsk(
  services: Services,
  site: Site,
  visit: Visit,
  fields: ReadonlyMap<string, string>,
): Promise<Response> {
  const identifier = fields.get('identifier') ?? ''
  const remember = fields.has('remember')
  const next = nextOf(services, site, fields.get('next'))
  const again = (status: number, problem: FormProblem, retryAfterSeconds: number | null) =>
    askPage(services, site, visit, status, {
      identifier: identifier.slice(0, MAX_IDENTIFIER),
      remember,
      next,
      problem,
      retryAfterSeconds,
    })
  if (identifier.trim() === '' || identifier.length > MAX_IDENTIFIER)
    return await again(400, 'invalid_form', null)
  const robot = await checkHuman(services, visit, 'login', fields.get(HUMAN_FIELD))
  if (robot) return await again(HUMAN_STATUS[robot], robot, null)
  const result = await askForLink(services, visit, { identifier, remember, next })
  if (result.kind === 'throttled') return await again(429, 'throttled', result.retryAfterSeconds)
  return seeOther(site, `${services.settings.basePath}/link/wait`)
}

async function showWait(services: Services, site: Site, visit: Visit): Promise<Response> {
  return await waitPage(services, site, visit, 200, {})
}

async function postWait(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const result =
    form.value.get('action') === 'continue'
      ? await enterApproved(services, visit)
      : await enterByCode(services, visit, readCode(form.value.get('code') ?? ''))
  return await answerLinked(services, site, result, {
    spent: () => latePage(services, site, visit),
    again: (status, state) => waitPage(services, site, visit, status, state),
  })
}

interface PageState extends Partial<Pick<LinkFrame, 'problem' | 'retryAfterSeconds'>> {
  readonly wrong?: 'code' | 'not_yet'
  readonly isWrongNumber?: boolean
}

async function answerLinked(
  services: Services,
  site: Site,
  result: Linked,
  pages: {
    readonly spent: () => Promise<Response>
    readonly again: (status: number, state: PageState) => Promise<Response>
  },
): Promise<Response> {
  switch (result.kind) {
    case 'entered':
      return enteredPage(services, site, result.entered, nextOf(services, site, result.next))
    case 'spent':
      return await pages.spent()
    case 'wrong':
      return await pages.again(401, { wrong: 'code' })
    case 'not_yet':
      return await pages.again(200, { wrong: 'not_yet' })
    case 'throttled':
      return await pages.again(429, { problem: 'throttled', retryAfterSeconds: result.retryAfterSeconds })
  }
}

async function frameOf(site: Site, visit: Visit, state: PageState): Promise<LinkFrame> {
  const theme = await site.compiledTheme()
  const { problem = null, retryAfterSeconds = null } = state
  return { texts: textsOf(visit), theme, problem, retryAfterSeconds, requestId: visit.requestId }
}

function answer(
  services: Services,
  site: Site,
  { theme, retryAfterSeconds }: LinkFrame,
  status: number,
  body: string,
  human: HumanCheckProps | null = null,
): Response {
  const headers: Record<string, string> =
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  const formAction = services.settings.nextAllowed
  return htmlResponse(body, {
    status,
    theme,
    headers,
    formAction,
    human,
    https: site.secure,
    holdsToken: true,
  })
}

async function askPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: PageState & { readonly identifier: string; readonly remember: boolean; readonly next: string },
): Promise<Response> {
  const frame = await frameOf(site, visit, state)
  const { basePath, session } = services.settings
  const human = humanCheckOf(services, 'login')
  const body = renderLinkPage({
    ...frame,
    identifier: state.identifier,
    remember: session.rememberSeconds === null ? null : state.remember,
    next: state.next,
    loginHref: `${basePath}/login?${new URLSearchParams({ next: state.next })}`,
    human,
  })
  return answer(services, site, frame, status, body, human)
}

async function waitPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: PageState,
): Promise<Response> {
  const proof = await findWaiting(services, visit)
  if (!proof) return await latePage(services, site, visit)
  const frame = await frameOf(site, visit, state)
  const body = renderWaitPage({
    ...frame,
    number: proof.number ?? '',
    isApproved: proof.isApproved,
    wrong: state.wrong ?? null,
    againHref: `${services.settings.basePath}/link`,
  })
  return answer(services, site, frame, status, body)
}

/** What somebody sees who opens the link of the mail. */
async function openedPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  token: string,
  state: PageState,
): Promise<Response> {
  const proof = await findLink(services, visit, token)
  if (!proof) return await latePage(services, site, visit)
  const frame = await frameOf(site, visit, state)
  const { texts } = frame
  if (await hasAsked(visit, proof)) {
    return answer(services, site, frame, status, renderHerePage({ ...frame, token, email: proof.email }))
  }
  const asker = {
    browser: proof.client.agent === 'unknown' ? texts.linkUnknownBrowser : proof.client.agent,
    place: proof.data.place ?? null,
    when: describeAgo(proof.createdAt, services.now(), texts.lang, texts.justNow),
  }
  const { isWrongNumber = false } = state
  const mayApprove = proof.tries < MAX_TRIES
  const body = renderElsewherePage({ ...frame, token, email: proof.email, asker, mayApprove, isWrongNumber })
  return answer(services, site, frame, status, body)
}

async function saidPage(
  services: Services,
  site: Site,
  visit: Visit,
  what: 'approved' | 'refused',
): Promise<Response> {
  const frame = await frameOf(site, visit, {})
  const { texts, theme } = frame
  const said =
    what === 'approved'
      ? ({ icon: 'check', tone: 'good', title: texts.linkDoneTitle, text: texts.linkDoneText } as const)
      : ({ icon: 'lock', tone: 'note', title: texts.linkRefusedTitle, text: texts.linkRefusedText } as const)
  const body = renderNoticePage({ texts, theme, ...said, paragraphs: [said.text], links: [] })
  return answer(services, site, frame, 200, body)
}

function latePage({ settings }: Services, site: Site, visit: Visit): Promise<Response> {
  return spentPage(site, visit, [
    { label: 'linkAgain', href: `${settings.basePath}/link` },
    { label: 'backToLogin', href: `${settings.basePath}/login` },
  ])
}
