import { jsonResponse } from '../http/json.ts'
import { textsOf } from '../http/page.ts'
import type { Route } from '../http/route.ts'
import { OBJECT } from '../http/shapes.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { openApiDocument, operationsOf } from './document.ts'
import { renderApiPage } from './page.tsx'

/** The description of the API, for programs and for people. `routes` are all routes, these included. */
export function openApiRoutes(routes: () => readonly Route[]): readonly Route[] {
  return [
    {
      path: '/api/openapi.json',
      kind: 'api',
      describe: { GET: { summary: 'This description', answers: { 200: () => OBJECT } } },
      async GET({ settings }, site) {
        const about = { basePath: settings.basePath, publicOrigin: site.publicOrigin, name: site.theme.name }
        return jsonResponse(openApiDocument(routes(), about), { secure: site.secure })
      },
    },
    {
      path: '/api',
      kind: 'page',
      async GET({ settings }, site, visit) {
        const theme = await site.compiledTheme()
        const { basePath } = settings
        const operations = operationsOf(routes(), basePath)
        const body = renderApiPage({ texts: textsOf(visit), theme, basePath, operations })
        return htmlResponse(body, { theme, https: site.secure })
      },
    },
  ]
}
