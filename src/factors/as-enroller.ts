import { mustHaveMfa } from '../factor/policy.ts'
import { asUser } from '../http/as-user.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { renderCodesPage } from './codes-page.tsx'
import type { Enrolled } from './enrol.ts'
import { type Enroller, pendingEnroller } from './enroller.ts'

/**
 * Whoever may add a factor here: whose sign-in waits for a first one, or who is signed in and has just shown it is them, with a second
 * factor where there is one (P8: a stolen session cannot put its own key beside the owner's).
 */
export async function asEnroller(
  services: Services,
  site: Site,
  visit: Visit,
  kind: Route['kind'],
  work: (enroller: Enroller) => Promise<Response>,
): Promise<Response> {
  const waiting = await pendingEnroller(services, visit)
  if (waiting) return await work(waiting)
  const withUser = async (visitor: Extract<Enroller, { kind: 'session' }>['visitor']) => {
    const user = await services.users.findById(visitor.identity.id)
    if (!user || !mayAdd(services, user.roles))
      return await ownError({ kind }, services, site, visit, 'not_found')
    return await work({ kind: 'session', user, visitor })
  }
  return await asUser(services, site, visit, kind, withUser, 'fresh_with_mfa')
}

/** Whether an account may get further factors. */
export function mayAdd({ settings }: Services, roles: readonly string[]): boolean {
  return settings.mfa.isOffered || mustHaveMfa(settings.mfa, roles)
}

/** New recovery codes are shown in the answer itself: they are in no address and in no storage to be read from again. */
export async function afterEnrolment(
  services: Services,
  site: Site,
  visit: Visit,
  result: Enrolled,
  wanted: string | null,
): Promise<Response> {
  const { basePath } = services.settings
  if (result.kind === 'over') return seeOther(site, `${basePath}/login?news=sign_in_over`)
  const next =
    result.next ??
    (wanted === null ? `${basePath}/account/factors?news=added` : nextOf(services, site, wanted))
  if (result.recoveryCodes === null) return seeOther(site, next)
  return await codesPage(site, visit, result.recoveryCodes, next)
}

export async function codesPage(
  site: Site,
  visit: Visit,
  codes: readonly string[],
  next: string,
): Promise<Response> {
  const theme = await site.compiledTheme()
  return htmlResponse(renderCodesPage({ texts: textsOf(visit), theme, codes, next }), {
    theme,
    https: site.secure,
  })
}

/** Where somebody goes back to who would rather not: the choice, or the account. */
export function setupBackHref(
  { settings: { basePath } }: Services,
  enroller: Enroller,
  next: string | null,
): string {
  if (enroller.kind === 'session' && next === null) return `${basePath}/account/factors`
  return `${basePath}/mfa/setup${next === null ? '' : `?${new URLSearchParams({ next })}`}`
}
