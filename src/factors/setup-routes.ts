import { mustHaveMfa } from '../factor/policy.ts'
import { asUser } from '../http/as-user.ts'
import { readForm } from '../http/body.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { type AppPageProps, renderAppPage } from './app-page.tsx'
import { confirmApp, MAX_APPS, newAppSetup } from './app-setup.ts'
import { renderCodesPage } from './codes-page.tsx'
import type { Enrolled } from './enrol.ts'
import { type Enroller, pendingEnroller } from './enroller.ts'
import { renderSetupPage, type SetupPageProps } from './setup-page.tsx'

export const setupRoutes: readonly Route[] = [
  { path: '/mfa/setup', kind: 'page', GET: showSetup },
  { path: '/mfa/setup/app', kind: 'page', GET: showApp, POST: postApp },
]

const MAX_SEALED = 2048

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

/** The choice. Who is signed in may look at it without proving anything; the next page asks. */
async function showSetup(services: Services, site: Site, visit: Visit): Promise<Response> {
  if (await pendingEnroller(services, visit))
    return await setupPage(services, site, visit, { pressure: 'required', next: null })
  return await asUser(services, site, visit, 'page', async (visitor) => {
    const { identity, session } = visitor
    if (!mayAdd(services, identity.roles))
      return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
    const next = nextOf(services, site, visit.query.get('next'))
    const { mfaDueAt } = session.record
    const pressure = visitor.owesMfa()
      ? 'required'
      : mfaDueAt === null
        ? 'none'
        : { dueDate: dateOf(textsOf(visit).lang, mfaDueAt) }
    return await setupPage(services, site, visit, { pressure, next: pressure === 'required' ? null : next })
  })
}

function dateOf(language: string, at: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(at)
}

async function setupPage(
  services: Services,
  site: Site,
  visit: Visit,
  state: Pick<SetupPageProps, 'pressure' | 'next'>,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const { basePath } = services.settings
  const body = renderSetupPage({ texts: textsOf(visit), theme, basePath, ...state })
  return htmlResponse(body, { theme, https: site.secure })
}

function showApp(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'page', async (enroller) => {
    if (enroller.user.factors.apps >= MAX_APPS)
      return await ownError({ kind: 'page' }, services, site, visit, 'too_many_factors')
    return await appPage(services, site, visit, 200, { enroller, next: visit.query.get('next') })
  })
}

function postApp(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asEnroller(services, site, visit, 'page', async (enroller) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const { setup: sealed = '', code = '', name = '', next = null } = Object.fromEntries(form.value)
    if (enroller.user.factors.apps >= MAX_APPS)
      return await ownError({ kind: 'page' }, services, site, visit, 'too_many_factors')
    if (sealed.length > MAX_SEALED)
      return await ownError({ kind: 'page' }, services, site, visit, 'invalid_request')
    const result = await confirmApp(services, visit, enroller, { sealed, code, name })
    const again = (status: number, state: Pick<AppState, 'problem'> & Partial<AppState>) =>
      appPage(services, site, visit, status, { enroller, next, name: name.slice(0, 128), ...state })
    switch (result.kind) {
      case 'no_setup':
        return await again(400, { problem: 'over' })
      case 'wrong_code':
      case 'wrong_name':
        return await again(400, { problem: result.kind, setup: result.setup })
      default:
        return await afterEnrolment(services, site, visit, result, next)
    }
  })
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

type AppState = Partial<Pick<AppPageProps, 'setup' | 'name' | 'problem'>> & {
  readonly enroller: Enroller
  readonly next: string | null
}

async function appPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  state: AppState,
): Promise<Response> {
  const { basePath } = services.settings
  const theme = await site.compiledTheme()
  const texts = textsOf(visit)
  const next = state.next === null ? null : nextOf(services, site, state.next)
  const isWaiting = state.enroller.kind === 'pending'
  const body = renderAppPage({
    texts,
    theme,
    backHref:
      isWaiting || next !== null ? `${basePath}/mfa/setup${queryOf(next)}` : `${basePath}/account/factors`,
    setup: state.setup ?? (await newAppSetup(services, visit, state.enroller)),
    name: state.name ?? texts.appDefaultName,
    next,
    problem: state.problem ?? null,
  })
  return htmlResponse(body, { status, theme, https: site.secure })
}

function queryOf(next: string | null): string {
  return next === null ? '' : `?${new URLSearchParams({ next })}`
}
