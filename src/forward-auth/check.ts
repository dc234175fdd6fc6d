import type { Authenticator } from '../gate/identify.ts'
import { protect } from '../gate/protect.ts'
import { refuse } from '../gate/refuse.ts'
import { answerFault } from '../http/fault.ts'
import { askForHttps, isUnencrypted } from '../http/https-only.ts'
import { emptyResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import { withCookies } from '../http/set-cookies.ts'
import type { Services } from '../services.ts'
import { allow } from './allow.ts'
import { type AskedVisit, visitAsked } from './asked-visit.ts'
import { type Dialect, setEachCookie } from './dialect.ts'
import { isDecidable } from './target.ts'

/** A question of a proxy that has proved itself. */
export interface Question {
  readonly request: Request
  readonly dialect: Dialect
  /** The path below the address of the check. */
  readonly below: string
  readonly clientIp: string | null
}

/** The gate's decision on a request that somebody else forwards. */
export async function answerCheck(
  services: Services,
  ways: readonly Authenticator[],
  question: Question,
  ctx: ExecutionContext,
): Promise<Response> {
  const { dialect } = question
  const asked = dialect.read(question.request, question.below)
  const about = asked ? visitAsked(services, asked, question, ctx) : 'incomplete'
  if (about === 'incomplete')
    return dialect.notAllowed(problemResponse('invalid_request', { secure: true, detail: INCOMPLETE }), [])
  if (about === 'elsewhere')
    return dialect.notAllowed(problemResponse('misdirected_request', { secure: true }), [])
  const { response, isAllowed } = isUnencrypted(about.site, about.visit.url)
    ? { response: askForHttps(about.visit), isAllowed: false }
    : await decideOn(services, ways, about, dialect)
  const cookies = about.visit.cookiesToSet ?? []
  const answer = isAllowed ? response : dialect.notAllowed(response, cookies)
  if (isAllowed) setEachCookie(answer.headers, cookies)
  return cookies.length > 0 ? withCookies(answer, cookies) : answer
}

const INCOMPLETE = 'The proxy does not say which request it asks about; see docs/forward-auth.md.'

async function decideOn(
  services: Services,
  ways: readonly Authenticator[],
  { site, visit, target }: AskedVisit,
  dialect: Dialect,
): Promise<{ readonly response: Response; readonly isAllowed: boolean }> {
  const word = dialect.refuse ?? refuse
  let isAllowed = false
  try {
    if (!isDecidable(site, visit.request.method, target, visit.url)) {
      return { response: await word(services, site, visit, { reason: 'ambiguous_path' }), isAllowed }
    }
    const response = await protect(services, ways, site, visit, {
      refuse: word,
      async pass(_services, _site, _visit, visitor) {
        if (dialect.isForVisitor) {
          // It has become allowed since the proxy was told otherwise.
          const location = visit.url.pathname + visit.url.search
          return emptyResponse(307, { headers: { location }, secure: site.secure })
        }
        const answer = await allow(services, site, visit, visitor, dialect.finish ?? (() => {}))
        isAllowed = true
        return answer
      },
    })
    return { response, isAllowed }
  } catch (error) {
    return { response: await answerFault(services, site, visit, error), isAllowed: false }
  }
}
