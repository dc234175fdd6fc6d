import type { ErrorCode } from '../errors.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { HumanCheckProps } from '../ui/human-check.tsx'
import type { RobotProblem } from './turnstile.ts'

/** The forms that can ask for it (`turnstile.on`). */
export type HumanForm = 'login' | 'register' | 'forgot'

/** How the widget calls its field in a form, and the API the same. */
export const HUMAN_FIELD = 'cf-turnstile-response'
export const HUMAN_STATUS: Readonly<Record<RobotProblem, number>> = { not_human: 403, human_unavailable: 503 }
export const HUMAN_CODE: Readonly<Record<RobotProblem, ErrorCode>> = {
  not_human: 'human_check_failed',
  human_unavailable: 'human_check_unavailable',
}

/** What the page of a form shows for it; `null` where it is not asked for. The same goes to `htmlResponse`, for the policy. */
export function humanCheckOf({ settings }: Services, form: HumanForm): HumanCheckProps | null {
  const { turnstile } = settings
  if (!turnstile?.forms.includes(form)) return null
  return { siteKey: turnstile.siteKey, service: turnstile.service, form }
}

/**
 * What stands in the way of taking a form, if the operator wants it checked; `null`: nothing. Call it before anything is looked up, so
 * that known and unknown accounts are told apart by nothing (P17).
 */
export async function checkHuman(
  { settings, turnstile }: Services,
  visit: Visit,
  form: HumanForm,
  token: string | null | undefined,
): Promise<RobotProblem | null> {
  if (!turnstile || !settings.turnstile?.forms.includes(form)) return null
  const hostname = visit.site.host.replace(/:\d+$/, '')
  return await turnstile.verify(token ?? '', { action: form, hostname, ip: visit.ip() })
}
