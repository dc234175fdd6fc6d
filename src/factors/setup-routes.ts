import { asUser } from '../http/as-user.ts'
import { readForm } from '../http/body.ts'
import { nextOf, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { type AppPageProps, renderAppPage } from './app-page.tsx'
import { confirmApp, MAX_APPS, newAppSetup } from './app-setup.ts'
import { afterEnrolment, asEnroller, mayAdd, setupBackHref } from './as-enroller.ts'
import { type Enroller, pendingEnroller } from './enroller.ts'
import { renderSetupPage, type SetupPageProps } from './setup-page.tsx'

export const setupRoutes: readonly Route[] = [
  { path: '/mfa/setup', kind: 'page', GET: showSetup },
  { path: '/mfa/setup/app', kind: 'page', GET: showApp, POST: postApp },
]

const MAX_SEALED = 2048

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
  const theme = await site.compiledTheme()
  const texts = textsOf(visit)
  const next = state.next === null ? null : nextOf(services, site, state.next)
  const body = renderAppPage({
    texts,
    theme,
    backHref: setupBackHref(services, state.enroller, next),
    setup: state.setup ?? (await newAppSetup(services, visit, state.enroller)),
    name: state.name ?? texts.appDefaultName,
    next,
    problem: state.problem ?? null,
  })
  return htmlResponse(body, { status, theme, https: site.secure })
}
