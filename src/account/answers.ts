import type { ErrorCode } from '../errors.ts'
import type { FieldError } from '../http/body.ts'
import { problemResponse } from '../http/problem.ts'
import type { Visit } from '../http/visit.ts'
import type { Site } from '../services.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { htmlResponse } from '../ui/html-response.ts'

export function pageResponse(
  { theme }: AccountFrame,
  site: Site,
  body: string,
  options: { readonly status?: number; readonly headers?: Record<string, string> } = {},
): Response {
  return htmlResponse(body, { ...options, theme, https: site.secure })
}

export function problem(
  site: Site,
  visit: Visit,
  code: ErrorCode,
  errors?: readonly FieldError[],
  headers: Record<string, string> = {},
): Response {
  return problemResponse(code, {
    headers,
    requestId: visit.requestId,
    secure: site.secure,
    ...(errors ? { errors } : {}),
  })
}
