import { accountFrame } from '../http/account-frame.ts'
import { asUser } from '../http/as-user.ts'
import { jsonResponse } from '../http/json.ts'
import { seeOther } from '../http/page.ts'
import type { Route } from '../http/route.ts'
import { OBJECT } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { pageResponse } from './answers.ts'
import { collectData } from './data.ts'
import { renderDataPage } from './data-page.tsx'

export const dataRoutes: readonly Route[] = [
  { path: '/account/data', kind: 'page', GET: showData },
  { path: '/account/data.json', kind: 'page', GET: downloadData },
  {
    path: '/api/account/data',
    kind: 'api',
    GET: apiData,
    describe: {
      GET: { summary: 'All that is kept of the account', needs: 'session', answers: { 200: () => OBJECT } },
    },
  },
]

/**
 * Everything at once is worth a thief's while, so a session that somebody has found open does not do. The page asks for the password before
 * the file can: a browser that downloads stays on the page it was on.
 */
function showData(services: Services, site: Site, visit: Visit): Promise<Response> {
  const show = async (visitor: Current) => {
    const frame = await accountFrame(services, site, visit, visitor)
    return pageResponse(frame, site, renderDataPage(frame))
  }
  return asUser(services, site, visit, 'page', show, 'fresh')
}

function downloadData(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { basePath, session } = services.settings
  return asUser(services, site, visit, 'page', async (visitor) =>
    visitor.isFresh(session.freshSeconds)
      ? await dataFile(services, site, visitor)
      : seeOther(site, `${basePath}/account/data`),
  )
}

function apiData(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'api', (visitor) => dataFile(services, site, visitor), 'fresh')
}

async function dataFile(services: Services, site: Site, { session }: Current): Promise<Response> {
  return jsonResponse(await collectData(services, session.record), {
    headers: { 'content-disposition': 'attachment; filename="account.json"' },
    secure: site.secure,
  })
}
