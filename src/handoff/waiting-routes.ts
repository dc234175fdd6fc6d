import { showCode } from '../handover/code.ts'
import type { Handoffs } from '../handover/handoffs.ts'
import {
  beginHandoff,
  cancelWaiting,
  findWaiting,
  finishHandoff,
  hasWaited,
  type Waiting,
} from '../handover/wait.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { enteredPage } from '../session/entered.ts'
import { htmlResponse } from '../ui/html-response.ts'
import {
  type BeginProblem,
  renderBeginPage,
  renderDeniedPage,
  renderReadyPage,
  renderWaitingPage,
} from './waiting-page.tsx'

/** The pages of the browser that waits. All are one address, which says how it stands. */
export async function showWaiting(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
): Promise<Response> {
  const waiting = await findWaiting(visit, handoffs)
  if (!waiting) return await beginPage(services, site, visit, { problem: whyOver(visit) })
  const theme = await site.compiledTheme()
  const frame = { texts: textsOf(visit), theme, ...linksOf(services, site, visit) }
  const { basePath } = services.settings
  const scriptHref = `${basePath}/assets/handoff.js`
  switch (waiting.handoff.state) {
    case 'waiting': {
      const shown = {
        ...shownCode(services, site, waiting),
        scriptHref,
        stateHref: `${basePath}/api/handoff`,
      }
      return scriptedPage(services, site, renderWaitingPage({ ...frame, shown }))
    }
    case 'approved':
      return scriptedPage(services, site, renderReadyPage({ ...frame, scriptHref }))
    case 'refused':
      return htmlResponse(renderDeniedPage(frame), { theme, https: site.secure })
  }

  function scriptedPage(services: Services, site: Site, body: string): Response {
    return htmlResponse(body, {
      theme,
      https: site.secure,
      formAction: services.settings.nextAllowed,
      script: site.publicOrigin + scriptHref,
      connect: `${site.publicOrigin}${basePath}/api/handoff`,
    })
  }
}

/** Why a browser that has waited does so no more; `null` for one that has not. */
function whyOver(visit: Visit): BeginProblem | null {
  if (visit.query.get('over') === 'withdrawn') return 'withdrawn'
  return visit.query.get('over') === 'over' || hasWaited(visit) ? 'over' : null
}

/** What the other device needs, as people read it and as a camera does. */
export function shownCode(services: Services, site: Site, { handoff, code }: Waiting) {
  const path = `${services.settings.basePath}/handoff`
  return {
    code,
    number: handoff.number,
    address: `${site.host}${path}`,
    addressWithCode: `${site.publicOrigin}${path}?code=${showCode(code)}`,
  }
}

export async function postWaiting(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
  fields: ReadonlyMap<string, string>,
): Promise<Response> {
  const { basePath } = services.settings
  const next = nextOf(services, site, visit.query.get('next'))
  const here = (over: string | null) =>
    seeOther(site, `${basePath}/handoff?${new URLSearchParams({ next, ...(over === null ? {} : { over }) })}`)
  switch (fields.get('action')) {
    case 'begin': {
      const remember = fields.has('remember')
      const waiting = await beginHandoff(services, visit, handoffs, remember)
      if (waiting !== 'throttled') return here(null)
      return await beginPage(services, site, visit, { problem: 'throttled', remember })
    }
    case 'finish': {
      const finished = await finishHandoff(services, visit, handoffs, next)
      if (finished.kind === 'withdrawn') return here('withdrawn')
      if (finished.kind === 'not_approved') return here('over')
      return enteredPage(services, site, finished, next)
    }
    default:
      await cancelWaiting(visit, handoffs)
      return here(null)
  }
}

async function beginPage(
  services: Services,
  site: Site,
  visit: Visit,
  state: { readonly problem: BeginProblem | null; readonly remember?: boolean },
): Promise<Response> {
  const { problem, remember = false } = state
  const theme = await site.compiledTheme()
  const offersRemember = services.settings.session.rememberSeconds !== null
  const body = renderBeginPage({
    texts: textsOf(visit),
    theme,
    ...linksOf(services, site, visit),
    remember: offersRemember ? remember : null,
    problem,
  })
  const isThrottled = problem === 'throttled'
  return htmlResponse(body, {
    status: isThrottled ? 429 : 200,
    theme,
    https: site.secure,
    headers: isThrottled ? { 'retry-after': '60' } : {},
  })
}

function linksOf(services: Services, site: Site, visit: Visit) {
  const { basePath } = services.settings
  const login = (next: string) => `${basePath}/login?${new URLSearchParams({ next })}`
  const next = nextOf(services, site, visit.query.get('next'))
  return { loginHref: login(next), approveHref: login(`${basePath}/handoff`) }
}
