import { isResumeLocation, safeNext } from '../gate/next.ts'
import type { Services, Site } from '../services.ts'
import type { PostFate } from '../ui/post-notice.tsx'
import { type Texts, textsFor } from '../ui/text/text.ts'
import { emptyResponse } from './json.ts'
import type { Visit } from './visit.ts'

/** The texts of a page in the visitor's language. */
export function textsOf(visit: Visit): Texts {
  return textsFor(visit.language)
}

/** Where a visitor goes on to; whatever the value says, it is a page of this site or an allow-listed address. */
export function nextOf(services: Services, site: Site, value: string | null | undefined): string {
  const { basePath, nextAllowed } = services.settings
  return safeNext(value, site.publicOrigin, { basePath, allowed: nextAllowed })
}

/** What is said of a form that led to a page: `next` says that it was kept, the query that it could not be. */
export function postFateOf({ settings }: Services, visit: Visit, next: string): PostFate | null {
  if (isResumeLocation(next, settings.basePath)) return 'kept'
  return visit.query.get('post') === 'lost' ? 'lost' : null
}

/** 303: whatever the method was, the next request is a GET (RFC 9110 section 15.4.4). */
export function seeOther(site: Site, location: string, headers: Record<string, string> = {}): Response {
  return emptyResponse(303, { headers: { ...headers, location }, secure: site.secure })
}
