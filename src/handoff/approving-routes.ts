import { approveHandoff, type Decided, lookUp, refuseHandoff } from '../handover/approve.ts'
import { readCode } from '../handover/code.ts'
import type { Handoff, Handoffs } from '../handover/handoffs.ts'
import { asUser } from '../http/as-user.ts'
import { seeOther, textsOf } from '../http/page.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { labelOf } from '../user/user.ts'
import {
  type EnterProblem,
  type Outcome,
  renderAskPage,
  renderEnterPage,
  renderOutcomePage,
} from './approving-page.tsx'

const MAX_TYPED = 64

/** The page for the code, or for what it stands for. A stolen session must not make others: the password is asked for first. */
export function showAsked(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
  typed: string,
): Promise<Response> {
  const ask = async (visitor: Current) => {
    // A link of another site must neither spend the account's attempts nor lead straight to the question.
    if (isFromElsewhere(visit))
      return await enterPage(services, site, visit, visitor, { typed, problem: null })
    const looked = await lookUp(services, visit, handoffs, visitor, typed)
    return looked.kind === 'found'
      ? await askPage(services, site, visit, visitor, looked.handoff, typed)
      : await enterPage(services, site, visit, visitor, { typed, problem: looked })
  }
  return asUser(services, site, visit, 'page', ask, 'fresh_with_mfa')
}

/** A camera or another app opens the page without a site behind it. */
function isFromElsewhere({ request }: Visit): boolean {
  const site = request.headers.get('sec-fetch-site')
  return site === 'cross-site' || site === 'same-site'
}

const OUTCOME_OF: Readonly<Record<Decided, Outcome>> = {
  approved: 'approved',
  refused: 'refused',
  wrong_number: 'wrong',
  spent: 'spent',
}

/** Approves by the number, or refuses. What was decided is said after a redirect, so that a reload decides nothing again. */
export function postDecision(
  services: Services,
  site: Site,
  visit: Visit,
  handoffs: Handoffs,
  fields: ReadonlyMap<string, string>,
): Promise<Response> {
  const number = fields.get('action') === 'decide' ? (fields.get('number') ?? '') : null
  const typed = fields.get('code') ?? ''
  const decide = async (visitor: Current) => {
    const looked = await lookUp(services, visit, handoffs, visitor, typed)
    if (looked.kind === 'throttled')
      return await enterPage(services, site, visit, visitor, { typed, problem: looked })
    const decided =
      looked.kind === 'unknown'
        ? 'spent'
        : number === null
          ? await refuseHandoff(services, visit, handoffs, visitor, looked.handoff, null)
          : await approveHandoff(services, visit, handoffs, visitor, looked.handoff, number)
    return seeOther(site, `${services.settings.basePath}/handoff?done=${OUTCOME_OF[decided]}`)
  }
  return asUser(services, site, visit, 'page', decide, number === null ? 'signed_in' : 'fresh_with_mfa')
}

export function isOutcome(text: string | null): text is Outcome {
  return text === 'approved' || text === 'refused' || text === 'wrong' || text === 'spent'
}

export async function outcomePage(
  services: Services,
  site: Site,
  visit: Visit,
  outcome: Outcome,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const { basePath } = services.settings
  const body = renderOutcomePage({ texts: textsOf(visit), theme, basePath, outcome })
  return htmlResponse(body, { theme, https: site.secure })
}

export async function enterPage(
  services: Services,
  site: Site,
  visit: Visit,
  { identity }: Current,
  state: { readonly typed: string; readonly problem: EnterProblem | null },
): Promise<Response> {
  const { problem } = state
  const theme = await site.compiledTheme()
  const body = renderEnterPage({
    texts: textsOf(visit),
    theme,
    basePath: services.settings.basePath,
    userLabel: labelOf(identity),
    typed: state.typed.slice(0, MAX_TYPED),
    problem,
  })
  return htmlResponse(body, {
    status: problem === null ? 200 : problem.kind === 'unknown' ? 404 : 429,
    theme,
    https: site.secure,
    holdsToken: true,
    headers: problem?.kind === 'throttled' ? { 'retry-after': String(problem.retryAfterSeconds) } : {},
  })
}

async function askPage(
  services: Services,
  site: Site,
  visit: Visit,
  { identity }: Current,
  handoff: Handoff,
  typed: string,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const network = visit.network()
  const body = renderAskPage({
    texts: textsOf(visit),
    theme,
    basePath: services.settings.basePath,
    userLabel: labelOf(identity),
    siteName: site.theme.name,
    handoff,
    code: readCode(typed) ?? '',
    sameNetwork:
      network === null || handoff.client.network === null ? null : network === handoff.client.network,
    now: services.now(),
  })
  return htmlResponse(body, { theme, https: site.secure, holdsToken: true })
}
