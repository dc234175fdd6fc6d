import { readForm } from '../http/body.ts'
import { nextOf, seeOther, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { postEvent } from '../kept-post/keep.ts'
import type { KeptPost } from '../kept-post/kept-posts.ts'
import { findKept } from '../kept-post/sending.ts'
import type { Services, Site } from '../services.ts'
import { type Current, currentUser } from '../session/current.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { labelOf } from '../user/user.ts'
import { readContents } from './contents.ts'
import { renderGonePage, renderOtherAccountPage, renderResumePage } from './page.tsx'

export const resumeRoutes: readonly Route[] = [
  { path: '/resume', kind: 'page', GET: showKept, POST: discardKept },
]

/** Shows the kept form to whoever may send it. Sending is a post to the form's own address (kept-post/sending.ts). */
async function showKept(services: Services, site: Site, visit: Visit): Promise<Response> {
  const kept = await findKept(services, visit, visit.query.get('post'))
  if (!kept) return await gone(site, visit)
  const visitor = await currentUser(services, visit)
  const here = `${services.settings.basePath}/resume?post=${kept.id}`
  const login = `${services.settings.basePath}/login?next=${encodeURIComponent(here)}`
  if (!visitor) return seeOther(site, login)
  if (kept.userId !== null && kept.userId !== visitor.identity.id) {
    const theme = await site.compiledTheme()
    const userLabel = labelOf(visitor.identity)
    const switchHref = `${login}&switch=1`
    const body = renderOtherAccountPage({ texts: textsOf(visit), theme, id: kept.id, userLabel, switchHref })
    return htmlResponse(body, { status: 403, theme, https: site.secure })
  }
  return await keptPage(services, site, visit, kept, visitor)
}

async function keptPage(
  services: Services,
  site: Site,
  visit: Visit,
  { id, post, expiresAt }: KeptPost,
  { identity }: Current,
): Promise<Response> {
  const theme = await site.compiledTheme()
  const body = renderResumePage({
    texts: textsOf(visit),
    theme,
    id,
    address: site.publicOrigin + post.target,
    target: post.target,
    userLabel: labelOf(identity),
    contents: await readContents(post),
    bytes: post.body.length,
    secondsLeft: (expiresAt - services.now()) / 1000,
  })
  // The site's answer to the form may lead anywhere, as it might have without us.
  return htmlResponse(body, { theme, https: site.secure, formAction: 'anywhere' })
}

/** Whoever holds the browser may throw away what was typed in it, whoever is signed in. */
async function discardKept(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const kept = await findKept(services, visit, form.value.get('post') ?? null)
  if (!kept || !(await services.keptPosts?.take(kept))) return await gone(site, visit)
  services.audit.logOnly(postEvent('post.discarded', visit, kept.userId))
  return seeOther(site, nextOf(services, site, kept.post.from))
}

async function gone(site: Site, visit: Visit): Promise<Response> {
  const theme = await site.compiledTheme()
  const body = renderGonePage({ texts: textsOf(visit), theme })
  return htmlResponse(body, { status: 410, theme, https: site.secure })
}
