import { emptyResponse } from '../http/json.ts'
import type { Visit } from '../http/visit.ts'
import { postEvent } from '../kept-post/keep.ts'
import type { KeptPost } from '../kept-post/kept-posts.ts'
import { findKept, readSending, requestOf } from '../kept-post/sending.ts'
import { OriginFault } from '../origin/forward.ts'
import type { Services, Site } from '../services.ts'
import type { Visitor } from './decide.ts'
import { resumeLocation } from './next.ts'

/**
 * Sends on what the gate has let through: as it came or, where it is the form that sends a kept post, the kept post in its place.
 * Exactly once, to the address and by the user it was meant for; anything else leads to the page that says what has become of it.
 */
export async function sendKeptOr(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Visitor,
  forward: (request: Request) => Promise<Response>,
): Promise<Response> {
  const sending = await readSending(visit)
  if (sending.id === null) return await forward(sending.rest)
  const kept = await findKept(services, visit, sending.id)
  if (!kept || !isMeantFor(kept, visit, visitor) || !(await services.keptPosts?.take(kept))) {
    const location = resumeLocation(services.settings.basePath, sending.id)
    return emptyResponse(303, { headers: { location }, secure: site.secure })
  }
  services.audit.logOnly(postEvent('post.sent', visit, visitor.identity.id))
  try {
    return await forward(requestOf(visit, kept))
  } catch (fault) {
    // A site that could not be reached has hardly got it: as with any form that met an error, its sender may send it again.
    if (fault instanceof OriginFault && fault.code === 'origin_unreachable')
      await services.keptPosts?.putBack(kept)
    throw fault
  }
}

function isMeantFor({ post, userId }: KeptPost, { url }: Visit, { identity }: Visitor): boolean {
  return post.target === url.pathname + url.search && (userId === null || userId === identity.id)
}
