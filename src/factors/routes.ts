import type { Factor } from '../factor/factors.ts'
import { mustHaveMfa } from '../factor/policy.ts'
import { accountFrame } from '../http/account-frame.ts'
import { asUser } from '../http/as-user.ts'
import { readForm } from '../http/body.ts'
import { seeOther, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { cleanName } from '../user/identifier.ts'
import { factorApiRoutes } from './api-routes.ts'
import { codesPage, mayAdd } from './as-enroller.ts'
import { distrustDevice } from './distrust.ts'
import { renderRemovePage, renderRenamePage } from './factor-page.tsx'
import { isFactorsNews, renderFactorsPage } from './factors-page.tsx'
import { passkeySetupRoutes } from './passkey-routes.ts'
import { makeRecoveryCodes } from './recovery-codes.ts'
import { removeFactor } from './remove.ts'
import { renameFactor } from './rename.ts'
import { setupRoutes } from './setup-routes.ts'

export const factorRoutes: readonly Route[] = [
  ...setupRoutes,
  ...passkeySetupRoutes,
  { path: '/account/factors', kind: 'page', GET: showFactors },
  { path: '/account/factors/recovery-codes', kind: 'page', POST: postRecoveryCodes },
  { path: '/account/factors/distrust', kind: 'page', POST: postDistrust },
  { path: '/account/factors/:id', kind: 'page', GET: showRename, POST: postRename },
  { path: '/account/factors/:id/remove', kind: 'page', GET: showRemove, POST: postRemove },
  ...factorApiRoutes,
]

function showFactors(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const { id, roles } = visitor.identity
    const frame = await accountFrame(services, site, visit, visitor)
    const [factors, trusted, user] = await Promise.all([
      services.factors.list(id),
      services.trusted.list(id),
      services.users.findById(id),
    ])
    const news = visit.query.get('news')
    const body = renderFactorsPage({
      frame,
      now: services.now(),
      factors,
      recoveryCodes: user?.factors.recoveryCodes ?? 0,
      trusted,
      isOffered: mayAdd(services, roles),
      news: isFactorsNews(news) ? news : null,
    })
    return htmlResponse(body, { theme: frame.theme, https: site.secure })
  })
}

function postRecoveryCodes(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asOwner(services, site, visit, async (visitor) => {
    const codes = await makeRecoveryCodes(services, visit, visitor)
    return codes === null
      ? to(services, site, 'not_found')
      : await codesPage(site, visit, codes, pathOf(services))
  })
}

function postDistrust(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const isDone = await distrustDevice(services, visit, visitor, form.value.get('device') ?? '')
    return to(services, site, isDone ? 'distrusted' : 'not_found')
  })
}

function showRename(services: Services, site: Site, visit: Visit): Promise<Response> {
  return withFactor(services, site, visit, (_visitor, factor) =>
    factorPage(services, site, visit, 200, (page) => renderRenamePage({ ...page, factor, typed: null })),
  )
}

function postRename(services: Services, site: Site, visit: Visit): Promise<Response> {
  return withFactor(services, site, visit, async (visitor, factor) => {
    const form = await readForm(visit.request)
    const typed = form.ok ? (form.value.get('name') ?? '') : ''
    const name = cleanName(typed)
    if (name === null)
      return await factorPage(services, site, visit, 400, (page) =>
        renderRenamePage({ ...page, factor, typed: typed.slice(0, 200) }),
      )
    await renameFactor(services, visit, visitor, factor.id, name)
    return to(services, site, 'renamed')
  })
}

function showRemove(services: Services, site: Site, visit: Visit): Promise<Response> {
  return withFactor(services, site, visit, async ({ identity }, factor, factors) => {
    const isLast = factors.length === 1
    if (isLast && mustHaveMfa(services.settings.mfa, identity.roles)) return to(services, site, 'last_factor')
    return await factorPage(services, site, visit, 200, (page) =>
      renderRemovePage({ ...page, factor, isLast }),
    )
  })
}

function postRemove(services: Services, site: Site, visit: Visit): Promise<Response> {
  return withFactor(services, site, visit, async (visitor, { id }) =>
    to(services, site, await removeFactor(services, visit, visitor, id)),
  )
}

/** Whoever changes a factor has just shown one. */
function asOwner(
  services: Services,
  site: Site,
  visit: Visit,
  work: (visitor: Current) => Promise<Response>,
): Promise<Response> {
  return asUser(services, site, visit, 'page', work, 'fresh_with_mfa')
}

function withFactor(
  services: Services,
  site: Site,
  visit: Visit,
  work: (visitor: Current, factor: Factor, all: readonly Factor[]) => Promise<Response>,
): Promise<Response> {
  return asOwner(services, site, visit, async (visitor) => {
    const factors = await services.factors.list(visitor.identity.id)
    const path = visit.url.pathname.slice(`${pathOf(services)}/`.length)
    const factor = factors.find(({ id }) => id === path.split('/')[0])
    return factor ? await work(visitor, factor, factors) : to(services, site, 'not_found')
  })
}

type FactorPage = Pick<Parameters<typeof renderRemovePage>[0], 'texts' | 'theme' | 'backHref'>

async function factorPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  render: (page: FactorPage) => string,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const body = render({ texts: textsOf(visit), theme, backHref: pathOf(services) })
  return htmlResponse(body, { status, theme, https: site.secure })
}

function pathOf({ settings }: Services): string {
  return `${settings.basePath}/account/factors`
}

function to(services: Services, site: Site, news: string): Response {
  return seeOther(site, `${pathOf(services)}?news=${news}`)
}
