import { jsonResponse } from '../http/json.ts'
import { seeOther } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Entered } from './sign-in.ts'
import { describeSession, describeUser } from './view.ts'

/** Where a page sends who came through the gate: on to `next`, or to the second factor, which knows `next` from the gate. */
export function enteredPage(services: Services, site: Site, entered: Entered, next: string): Response {
  const { basePath } = services.settings
  if (entered.kind === 'second_factor') return seeOther(site, `${basePath}/mfa`)
  // The account must have a second factor before long: a good moment to say so.
  const isDue = entered.session.record.mfaDueAt !== null
  return seeOther(site, isDue ? `${basePath}/mfa/setup?${new URLSearchParams({ next })}` : next)
}

/** What the API answers who came through the gate. 401 and not 200 while a factor is missing: nobody is signed in. */
export function enteredJson(
  services: Services,
  { secure }: Site,
  { requestId }: Visit,
  entered: Entered,
  status = 200,
): Response {
  if (entered.kind === 'second_factor')
    return problemResponse('second_factor_required', { members: { ways: entered.ways }, requestId, secure })
  const { session } = entered
  return jsonResponse(
    { user: describeUser(session.record.identity), session: describeSession(services, session) },
    { status, secure },
  )
}
