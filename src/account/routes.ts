import type { Route } from '../http/route.ts'
import { apiAccount, apiEndOne, apiEndOthers, apiPassword, apiProfile, apiSessions } from './api-routes.ts'
import { downloadData, postAccount, postPassword, showAccount, showPassword } from './page-routes.ts'

export const accountRoutes: readonly Route[] = [
  { path: '/account', kind: 'page', GET: showAccount, POST: postAccount },
  { path: '/account/password', kind: 'page', GET: showPassword, POST: postPassword },
  { path: '/account/data', kind: 'page', GET: downloadData },
  { path: '/api/account', kind: 'api', GET: apiAccount, POST: apiProfile },
  { path: '/api/account/password', kind: 'api', POST: apiPassword },
  { path: '/api/sessions', kind: 'api', GET: apiSessions, DELETE: apiEndOthers },
  { path: '/api/sessions/:id', kind: 'api', DELETE: apiEndOne },
]
