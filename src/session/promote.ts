import type { Visit } from '../http/visit.ts'
import { randomText } from '../lib/random.ts'
import type { Services } from '../services.ts'
import { currentSession } from './current.ts'

/**
 * The guest who sits at a browser, or `null`. Every way to make an account asks this where the form is sent, and hands the answer to
 * `newAccountId`, at once or (kept with a proof) when the address is proven on some other device.
 */
export async function guestAt(services: Services, visit: Visit): Promise<string | null> {
  const current = await currentSession(services, visit, { isExact: true })
  return current?.identity.kind === 'guest' ? current.identity.id : null
}

/**
 * The id of an account that is about to be made. A guest keeps theirs, so that a cart or a draft which the site holds under it needs no
 * moving: the sign-in that follows (session/sign-in.ts) sees the same id and takes the guest's data along. An id that has become an
 * account already, in another tab say, is nobody else's: then it is a new one.
 */
export async function newAccountId({ users }: Services, guestId: string | null): Promise<string> {
  const isFree = guestId !== null && (await users.findById(guestId)) === null
  return isFree ? guestId : `user_${randomText(12)}`
}
