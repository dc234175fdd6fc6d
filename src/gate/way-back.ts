import { readAway } from '../http/body.ts'
import type { Visit } from '../http/visit.ts'
import { keepPost, pageBefore } from '../kept-post/keep.ts'
import { maySend, readSending } from '../kept-post/sending.ts'
import type { Services } from '../services.ts'
import { resumeLocation } from './next.ts'

const MAX_READ_AWAY = 16 * 2 ** 20

/** Where a visitor comes back to after signing in or proving more. */
export interface WayBack {
  readonly next: string
  /** Whether a form was sent that could not be kept, which its sender must hear before anything else. */
  readonly lost: boolean
}

/**
 * The way back of a refused navigation. A form post is kept and shown when its sender comes back; `userId` is who is asked to prove
 * more, `null` where nobody is known. For every refusal that leads to a page of ours: whatever carries `next` carries the form.
 */
export async function wayBack(services: Services, visit: Visit, userId: string | null): Promise<WayBack> {
  const { request, url } = visit
  const path = url.pathname + url.search
  if (request.method !== 'POST') return { next: path, lost: false }
  const { basePath } = services.settings
  // Whoever was sending a kept form has it still, and is shown it again.
  const sending = services.keptPosts && maySend(request) ? await readSending(visit) : null
  const id = sending?.id ?? (sending ? null : await keepPost(services, visit, userId))
  if (id !== null) return { next: resumeLocation(basePath, id), lost: false }
  await readAway(request, MAX_READ_AWAY)
  return { next: pageBefore(visit) ?? path, lost: true }
}
