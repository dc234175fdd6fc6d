import { ERRORS, type ErrorCode } from '../errors.ts'
import { ownHeaders } from '../ui/security-headers.ts'

export interface ProblemOptions {
  readonly status?: number
  readonly detail?: string
  readonly errors?: readonly { readonly field: string; readonly code: string; readonly message: string }[]
  readonly headers?: HeadersInit
  /** More members, such as `login_url`. */
  readonly members?: Readonly<Record<string, string | readonly string[]>>
  readonly requestId?: string
  readonly secure: boolean
}

/** An error as RFC 9457 `application/problem+json`, with the stable code of the table in errors.ts. */
export function problemResponse(code: ErrorCode, options: ProblemOptions): Response {
  const { status, title } = ERRORS[code]
  const body = {
    type: `urn:edgegate:error:${code}`,
    title,
    status: options.status ?? status,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
    code,
    ...(options.errors === undefined ? {} : { errors: options.errors }),
    ...options.members,
    ...(options.requestId === undefined ? {} : { request_id: options.requestId }),
  }
  const headers = new Headers(options.headers)
  for (const [name, value] of ownHeaders(options.secure)) headers.set(name, value)
  headers.set('content-type', 'application/problem+json; charset=utf-8')
  return new Response(JSON.stringify(body), { status: body.status, headers })
}
