import { Hono } from 'hono'
import { accountRoutes } from './account/routes.ts'
import { addressRoutes } from './address/routes.ts'
import { adminRoutes } from './admin/routes.ts'
import { deletionRoutes } from './deletion/routes.ts'
import { devRoutes } from './dev/routes.ts'
import { doctorRoutes } from './doctor/routes.ts'
import { factorRoutes } from './factors/routes.ts'
import { checkRoutes } from './forward-auth/routes.ts'
import { grantRoutes } from './grant/routes.ts'
import { handoffRoutes } from './handoff/routes.ts'
import { ownError, type Route, runRoute } from './http/route.ts'
import type { Visit } from './http/visit.ts'
import { apiKeyRoutes } from './keys/routes.ts'
import { linkRoutes } from './link/routes.ts'
import { loginRoutes } from './login/routes.ts'
import { logoutRoutes } from './logout/routes.ts'
import { mfaRoutes } from './mfa/routes.ts'
import { openApiRoutes } from './openapi/routes.ts'
import { passkeyRoutes } from './passkey/routes.ts'
import { reauthRoutes } from './reauth/routes.ts'
import { recoverRoutes } from './recover/routes.ts'
import { registerRoutes } from './register/routes.ts'
import { reloginRoutes } from './relogin/routes.ts'
import { resumeRoutes } from './resume/routes.ts'
import type { Services, Site } from './services.ts'
import { sessionRoutes } from './session/routes.ts'
import { keyRoutes } from './token/routes.ts'
import { verifyRoutes } from './verify/routes.ts'

/** Everything under the base path. A capability adds its routes here and nowhere else. */
export const ROUTES: readonly Route[] = [
  ...loginRoutes,
  ...logoutRoutes,
  ...reauthRoutes,
  ...accountRoutes,
  ...mfaRoutes,
  ...passkeyRoutes,
  ...factorRoutes,
  ...registerRoutes,
  ...recoverRoutes,
  ...handoffRoutes,
  ...resumeRoutes,
  ...reloginRoutes,
  ...linkRoutes,
  ...verifyRoutes,
  ...addressRoutes,
  ...deletionRoutes,
  ...sessionRoutes,
  ...grantRoutes,
  ...apiKeyRoutes,
  ...keyRoutes,
  ...doctorRoutes,
  ...adminRoutes,
  ...devRoutes,
  ...checkRoutes,
  ...openApiRoutes(() => ROUTES),
]

type Bindings = { readonly services: Services; readonly site: Site; readonly visit: Visit }
export type OwnRoutes = (bindings: Bindings) => Promise<Response>

/** Builds the router of the gateway's own addresses once. */
export function createOwnRoutes(basePath: string): OwnRoutes {
  const app = new Hono<{ Bindings: Bindings }>().basePath(basePath)
  for (const route of ROUTES) {
    app.all(route.path, ({ env }) => runRoute(route, env.services, env.site, env.visit))
  }
  app.notFound(({ env, req }) => {
    const kind = req.path.startsWith(`${basePath}/api/`) || env.visit.kind !== 'navigation' ? 'api' : 'page'
    return ownError({ kind }, env.services, env.site, env.visit, 'not_found')
  })
  app.onError((error) => {
    throw error
  })
  return async (bindings) =>
    await app.fetch(new Request(bindings.visit.url.href, bindings.visit.request), bindings)
}
