import * as v from 'valibot'
import { ERRORS } from '../../src/errors.ts'
import type { Operation } from '../../src/http/describe.ts'
import { ROUTES } from '../../src/own-routes.ts'

interface Described {
  readonly pattern: RegExp
  readonly method: string
  readonly operation: Operation
}

const described: readonly Described[] = ROUTES.flatMap(({ path, describe = {} }) =>
  Object.entries(describe).map(([method, operation]) => ({
    pattern: new RegExp(`^/auth${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
    method,
    operation,
  })),
)

/**
 * What is wrong with an answer by the description of its address, or `null`: so every request that a test makes holds the OpenAPI document
 * against what the gateway really answers.
 */
export async function misfitOf(request: Request, response: Response): Promise<string | null> {
  const { pathname } = new URL(request.url)
  const found = described.find(({ method, pattern }) => method === request.method && pattern.test(pathname))
  if (!found) return null
  const at = `${request.method} ${pathname} ${response.status}`
  const type = response.headers.get('content-type') ?? ''
  const schema = found.operation.answers[response.status]
  if (schema === null) return (await response.clone().text()) === '' ? null : `${at}: has a body`
  if (schema !== undefined) {
    if (!type.includes('json')) return `${at}: is ${type}`
    const parsed = v.safeParse(schema(), await response.clone().json())
    return parsed.success
      ? null
      : `${at}: ${parsed.issues.map((i) => `${v.getDotPath(i)} ${i.message}`).join('; ')}`
  }
  if (response.status < 400) return `${at}: the description does not speak of it`
  if (!type.startsWith('application/problem+json')) return `${at}: is ${type}`
  const { code } = await response.clone().json<{ code: string }>()
  return Object.hasOwn(ERRORS, code) ? null : `${at}: unknown code ${code}`
}
