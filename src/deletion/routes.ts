import * as v from 'valibot'
import { accountFrame } from '../http/account-frame.ts'
import { asUser } from '../http/as-user.ts'
import { readForm, readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError, type Route } from '../http/route.ts'
import { textsNamed } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { renderNoticePage } from '../ui/notice-page.tsx'
import { fill } from '../ui/text/text.ts'
import { askForDeletion, dayOf, deletionAt } from './ask.ts'
import { renderDeletePage } from './page.tsx'

export const deletionRoutes: readonly Route[] = [
  { path: '/account/delete', kind: 'page', GET: showDelete, POST: postDelete },
  {
    path: '/api/account/delete',
    kind: 'api',
    POST: apiDelete,
    describe: {
      POST: {
        summary: 'Ask for the account to be deleted, after a grace',
        needs: 'fresh',
        body: () => DELETE,
        answers: { 202: () => textsNamed('deletesAt') },
      },
    },
  },
]

/** Said once more in words, so that no script deletes an account by a slip. */
const DELETE = v.strictObject({ confirm: v.literal(true, 'must be true') })

/** A session that somebody has found open does not do. */
function showDelete(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(
    services,
    site,
    visit,
    'page',
    (visitor) => deletePage(services, site, visit, visitor, false),
    'fresh',
  )
}

function postDelete(services: Services, site: Site, visit: Visit): Promise<Response> {
  const work = async (visitor: Current) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const dueAt = deletionAt(services)
    if (dueAt === null) return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
    if (form.value.get('confirm') !== '1') return await deletePage(services, site, visit, visitor, true)
    await askForDeletion(services, visit, visitor, dueAt)
    return await donePage(services, site, visit, dueAt)
  }
  return asUser(services, site, visit, 'page', work, 'fresh')
}

async function deletePage(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Current,
  isUnconfirmed: boolean,
): Promise<Response> {
  const frame = await accountFrame(services, site, visit, visitor)
  const dueAt = deletionAt(services)
  const date = dueAt === null ? null : dayOf(dueAt, frame.texts.lang)
  const body = renderDeletePage({ frame, date, isUnconfirmed })
  return htmlResponse(body, { status: isUnconfirmed ? 400 : 200, theme: frame.theme, https: site.secure })
}

async function donePage(services: Services, site: Site, visit: Visit, dueAt: number): Promise<Response> {
  const texts = textsOf(visit)
  const theme = await site.compiledTheme()
  const body = renderNoticePage({
    texts,
    theme,
    icon: 'clock',
    tone: 'note',
    title: texts.deletedTitle,
    paragraphs: [fill(texts.deletedText, { date: dayOf(dueAt, texts.lang) })],
    links: [{ label: texts.signIn, href: `${services.settings.basePath}/login` }],
  })
  return htmlResponse(body, { theme, https: site.secure })
}

/** 202: the account is gone at `deletesAt`. */
function apiDelete(services: Services, site: Site, visit: Visit): Promise<Response> {
  const work = async (visitor: Current) => {
    const dueAt = deletionAt(services)
    if (dueAt === null) return await ownError({ kind: 'api' }, services, site, visit, 'not_found')
    const body = await readJson(visit.request, DELETE)
    const { secure } = site
    if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
    await askForDeletion(services, visit, visitor, dueAt)
    return jsonResponse({ deletesAt: new Date(dueAt).toISOString() }, { status: 202, secure })
  }
  return asUser(services, site, visit, 'api', work, 'fresh')
}
