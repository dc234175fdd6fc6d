import type { Visit } from '../http/visit.ts'
import { readCookie } from './cookie.ts'

const LANGUAGE_SECONDS = 365 * 86_400

/** Keeps a choice of language in the browser, where the pages before a sign-in are to speak it too; `null` takes it back. */
export function keepLanguage(visit: Visit, language: string | null): void {
  const kept = readCookie(visit.request.headers.get('cookie'), visit.cookies.language)
  if (language === kept) return
  if (language === null) visit.clearCookie(visit.cookies.language)
  else visit.setCookie(visit.cookies.language, language, LANGUAGE_SECONDS)
}
