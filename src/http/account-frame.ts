import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { ADMIN_ROLE, labelOf } from '../user/user.ts'
import { textsOf } from './page.ts'
import type { Visit } from './visit.ts'

/** What a page of the account area shows around its content (ui/account-layout.tsx). */
export async function accountFrame(
  { settings }: Services,
  site: Site,
  visit: Visit,
  { identity }: Current,
): Promise<AccountFrame> {
  const theme = await site.compiledTheme()
  return {
    texts: textsOf(visit),
    theme,
    basePath: settings.basePath,
    label: labelOf(identity),
    isAdmin: identity.roles.includes(ADMIN_ROLE),
  }
}
