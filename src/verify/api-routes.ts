import * as v from 'valibot'
import { readJson } from '../http/body.ts'
import { jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import { ownError } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import { REFUSAL_MESSAGES } from '../password/new-password.ts'
import type { Services, Site } from '../services.ts'
import { enteredJson } from '../session/entered.ts'
import { describeUser } from '../session/view.ts'
import { readCode } from '../ui/read-code.ts'
import { identityOf } from '../user/user.ts'
import { type Created, createByCode, createByLink } from './create-account.ts'

const text = (max: number) => v.pipe(v.string('must be text'), v.maxLength(max, 'is too long'))
const BY_CODE = v.strictObject({ code: text(32) })
const BY_LINK = v.strictObject({
  token: text(100),
  password: v.optional(text(4096)),
  name: v.optional(text(1024), ''),
})
/** For the description: which of the two is told by what is there. */
export const EITHER_PROOF = v.union([BY_CODE, BY_LINK])
const VERIFY = v.lazy((body: unknown) =>
  typeof body === 'object' && body !== null && 'token' in body ? BY_LINK : BY_CODE,
)

/** The second half of a registration by API: the code in the client that signed up (its cookies), or the link anywhere. */
export async function apiVerify(services: Services, site: Site, visit: Visit): Promise<Response> {
  if (!services.mail) return await ownError({ kind: 'api' }, services, site, visit, 'not_found')
  const body = await readJson(visit.request, VERIFY)
  const { secure } = site
  if (!body.ok) return problemResponse(body.code, { ...body, requestId: visit.requestId, secure })
  if ('code' in body.value)
    return describe(services, site, visit, await createByCode(services, visit, readCode(body.value.code)))
  const { token, password, name } = body.value
  const typed = password === undefined ? null : { name, password }
  return describe(services, site, visit, await createByLink(services, visit, token, typed))
}

function describe(services: Services, site: Site, visit: Visit, result: Created): Response {
  const { requestId } = visit
  const { secure } = site
  switch (result.kind) {
    case 'entered':
      return enteredJson(services, site, visit, result.entered, 201)
    case 'made':
      return jsonResponse(
        { user: describeUser(identityOf(result.user)), session: null },
        { status: 201, secure },
      )
    case 'waiting':
      return jsonResponse({ approval: 'waiting' }, { status: 202, secure })
    case 'spent':
    case 'taken':
      return problemResponse('link_spent', { requestId, secure })
    case 'wrong_code':
    case 'not_yet':
      return problemResponse('wrong_code', { requestId, secure })
    case 'wrong_name': {
      const errors = [{ field: 'name', code: 'invalid', message: 'cannot be used' }]
      return problemResponse('invalid_request', { errors, requestId, secure })
    }
    case 'refused': {
      const errors = result.problems.map((code) => ({
        field: 'password',
        code,
        message: REFUSAL_MESSAGES[code],
      }))
      return problemResponse('password_refused', { errors, requestId, secure })
    }
    case 'throttled': {
      const headers = { 'retry-after': String(result.retryAfterSeconds) }
      return problemResponse('too_many_attempts', { headers, requestId, secure })
    }
  }
}
