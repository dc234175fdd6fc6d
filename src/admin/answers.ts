import type { Site } from '../services.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { htmlResponse } from '../ui/html-response.ts'

export function adminPage({ theme }: AccountFrame, site: Site, body: string, status = 200): Response {
  return htmlResponse(body, { status, theme, isAdmin: true, https: site.secure })
}
