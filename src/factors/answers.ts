import { jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import type { Site } from '../services.ts'
import type { Enrolled } from './enrol.ts'

/** The codes are in this answer and nowhere else. */
export function describeEnrolled(site: Site, visit: Visit, result: Enrolled): Response {
  if (result.kind === 'over') return problem(site, visit, 'sign_in_over')
  const { recoveryCodes } = result
  return jsonResponse(
    { ...(recoveryCodes === null ? {} : { recoveryCodes }) },
    { status: 201, secure: site.secure },
  )
}

export const NAME_INVALID = { field: 'name', code: 'invalid', message: 'cannot be used' } as const

export function problem(
  { secure }: Site,
  { requestId }: Visit,
  code: Parameters<typeof problemResponse>[0],
  errors?: Parameters<typeof problemResponse>[1]['errors'],
): Response {
  return problemResponse(code, { requestId, secure, ...(errors ? { errors } : {}) })
}
