import type { Route } from '../http/route.ts'
import { addressPageRoutes } from './address-routes.ts'
import { undoRoutes } from './undo-routes.ts'

export const addressRoutes: readonly Route[] = [...addressPageRoutes, ...undoRoutes]
