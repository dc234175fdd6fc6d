import type { Visit } from '../http/visit.ts'
import { readCookie } from '../session/cookie.ts'
import { hashToken, isToken, newToken } from '../session/token.ts'
import type { MailProof } from './proof.ts'

/** As long as the longest proof that is bound to a browser. */
const BROWSER_SECONDS = 86_400

/** The cookie that says "it was this browser that asked"; it opens nothing by itself. `null` for a browser that has not asked. */
export function readBrowser(visit: Visit): string | null {
  const value = readCookie(visit.request.headers.get('cookie'), visit.cookies.asked)
  return value !== null && isToken(value) ? value : null
}

/** The same, made for a browser that has none. Kept through several proofs, so that tabs do not disown one another. */
export function ensureBrowser(visit: Visit): string {
  const browser = readBrowser(visit) ?? newToken()
  visit.setCookie(visit.cookies.asked, browser, BROWSER_SECONDS)
  return browser
}

/** Whether it is this browser that has asked for the proof. */
export async function hasAsked(visit: Visit, proof: MailProof): Promise<boolean> {
  const browser = readBrowser(visit)
  return browser !== null && proof.browserHash === (await hashToken(browser))
}
