import type { Route } from '../http/route.ts'
import { adminAuditRoutes } from './audit-routes.ts'
import { adminMetricsRoutes } from './metrics-routes.ts'
import { adminOverviewRoutes } from './overview-routes.ts'
import { adminRulesRoutes } from './rules-routes.ts'
import { adminUsersApi } from './users-api.ts'
import { adminUsersRoutes } from './users-routes.ts'

export const adminRoutes: readonly Route[] = [
  ...adminOverviewRoutes,
  ...adminMetricsRoutes,
  ...adminUsersRoutes,
  ...adminUsersApi,
  ...adminAuditRoutes,
  ...adminRulesRoutes,
]
