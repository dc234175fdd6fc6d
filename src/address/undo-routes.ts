import { readForm } from '../http/body.ts'
import { seeOther, textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { spentPage } from '../proof/spent-page.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { renderNoticePage } from '../ui/notice-page.tsx'
import { findUndo, undoChange } from './undo.ts'
import { renderUndoPage } from './undo-page.tsx'

export const undoRoutes: readonly Route[] = [
  { path: '/email-undo', kind: 'page', GET: showUndo, POST: postUndo },
]

async function showUndo(services: Services, site: Site, visit: Visit): Promise<Response> {
  const token = visit.query.get('token') ?? ''
  const proof = await findUndo(services, visit, token)
  if (!proof) return await latePage(services, site, visit)
  const theme = await site.compiledTheme()
  const body = renderUndoPage({ texts: textsOf(visit), theme, token, email: proof.email })
  return htmlResponse(body, { theme, https: site.secure, holdsToken: true })
}

async function postUndo(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
  const result = await undoChange(services, visit, form.value.get('token') ?? '')
  switch (result.kind) {
    case 'undone':
      return seeOther(site, `${services.settings.basePath}/reset?token=${result.token}`)
    case 'taken':
      return await takenPage(site, visit)
    case 'spent':
      return await latePage(services, site, visit)
    case 'throttled':
      return await ownError({ kind: 'page' }, services, site, visit, 'too_many_attempts', {
        'retry-after': '60',
      })
  }
}

async function takenPage(site: Site, visit: Visit): Promise<Response> {
  const texts = textsOf(visit)
  const theme = await site.compiledTheme()
  const body = renderNoticePage({
    texts,
    theme,
    icon: 'info',
    tone: 'note',
    title: texts.unusableTitle,
    paragraphs: [texts.unusableText],
    links: [],
  })
  return htmlResponse(body, { status: 409, theme, https: site.secure })
}

function latePage({ settings }: Services, site: Site, visit: Visit): Promise<Response> {
  return spentPage(site, visit, [{ label: 'backToLogin', href: `${settings.basePath}/login` }])
}
