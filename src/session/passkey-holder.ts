import type { Visit } from '../http/visit.ts'
import { readCookie } from './cookie.ts'
import { isToken, newToken } from './token.ts'

/** Long enough for a sign-in page that stays open over lunch; the challenge itself is good for ten minutes. */
const HOLDER_SECONDS = 3600

/** What names this browser in the challenges of a sign-in by passkey; set where it has none. It opens nothing. */
export function passkeyHolder(visit: Visit): string {
  const known = presentedHolder(visit)
  if (known !== null) return known
  const holder = newToken()
  visit.setCookie(visit.cookies.passkey, holder, HOLDER_SECONDS)
  return holder
}

export function presentedHolder(visit: Visit): string | null {
  const value = readCookie(visit.request.headers.get('cookie'), visit.cookies.passkey)
  return value !== null && isToken(value) ? value : null
}
