import { safeNext } from '../gate/next.ts'
import type { Services, Site } from '../services.ts'
import { chooseLanguage, type Texts, textsFor } from '../ui/text/text.ts'
import { emptyResponse } from './json.ts'
import type { Visit } from './visit.ts'

/** The texts of a page in the visitor's language. */
export function textsOf(visit: Visit): Texts {
  return textsFor(chooseLanguage(visit.request.headers.get('accept-language')))
}

/** Where a visitor goes on to; whatever the value says, it is a page of this site or an allow-listed address. */
export function nextOf(services: Services, site: Site, value: string | null | undefined): string {
  const { basePath, nextAllowed } = services.settings
  return safeNext(value, site.publicOrigin, { basePath, allowed: nextAllowed })
}

/** 303: whatever the method was, the next request is a GET (RFC 9110 section 15.4.4). */
export function seeOther(site: Site, location: string, headers: Record<string, string> = {}): Response {
  return emptyResponse(303, { headers: { ...headers, location }, secure: site.secure })
}
