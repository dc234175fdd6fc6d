import type { Route } from '../http/route.ts'
import { keyApiRoutes } from './api-routes.ts'
import { keyPageRoutes } from './page-routes.ts'

export const apiKeyRoutes: readonly Route[] = [...keyPageRoutes, ...keyApiRoutes]
