import type { Route } from '../http/route.ts'
import { dataRoutes } from './data-routes.ts'
import { historyRoutes } from './history-routes.ts'
import { passwordRoutes } from './password-routes.ts'
import { profileRoutes } from './profile-routes.ts'
import { accountSessionRoutes } from './sessions-routes.ts'

export const accountRoutes: readonly Route[] = [
  ...profileRoutes,
  ...passwordRoutes,
  ...accountSessionRoutes,
  ...historyRoutes,
  ...dataRoutes,
]
