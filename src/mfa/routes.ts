import * as v from 'valibot'
import { requestOptions } from '../factor/ceremony.ts'
import type { Shown } from '../factor/check.ts'
import { type FactorWay, waysOf } from '../factor/policy.ts'
import { readForm, readJson } from '../http/body.ts'
import { challenge } from '../http/challenge.ts'
import { emptyResponse, jsonResponse } from '../http/json.ts'
import { nextOf, postFateOf, seeOther, textsOf } from '../http/page.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { OBJECT, SIGNED_IN } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import { type Current, currentUser } from '../session/current.ts'
import type { Pending } from '../session/pending.ts'
import { describeSession, describeUser } from '../session/view.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { identityOf, labelOf, type User } from '../user/user.ts'
import { ASSERTION, readCredential } from '../webauthn/json.ts'
import { sendCode } from './email-code.ts'
import { type MfaPageProps, renderMfaPage } from './page.tsx'
import { finishSignIn, pendingOf, proveAgain, type SecondFactorResult } from './second-factor.ts'

export const mfaRoutes: readonly Route[] = [
  { path: '/mfa', kind: 'page', GET: showMfa, POST: postMfa },
  {
    path: '/api/mfa',
    kind: 'api',
    GET: apiShowMfa,
    POST: apiMfa,
    describe: {
      GET: {
        summary: 'What can be shown as second factor',
        needs: 'pending',
        answers: { 200: () => v.looseObject({ signedIn: v.boolean(), ways: v.array(v.string()) }) },
      },
      POST: {
        summary: 'Show a second factor',
        needs: 'pending',
        body: () => MFA_FORM,
        answers: { 200: () => SIGNED_IN },
      },
    },
  },
  {
    path: '/api/mfa/email',
    kind: 'api',
    POST: apiSend,
    describe: {
      POST: {
        summary: 'Send a code by e-mail',
        needs: 'pending',
        answers: { 204: null },
      },
    },
  },
  {
    path: '/api/mfa/passkey-options',
    kind: 'api',
    POST: apiOptions,
    describe: {
      POST: {
        summary: 'What the browser asks a passkey as second factor',
        needs: 'pending',
        answers: { 200: () => OBJECT },
      },
    },
  },
]

const MAX_CODE = 100
const trust = v.optional(v.boolean('must be true or false'), false)
const MFA_FORM = v.variant(
  'way',
  [
    v.strictObject({
      way: v.picklist(['totp', 'recovery', 'email']),
      code: v.pipe(
        v.string('must be text'),
        v.nonEmpty('must not be empty'),
        v.maxLength(MAX_CODE, 'is too long'),
      ),
      trust,
    }),
    v.strictObject({ way: v.literal('passkey'), credential: ASSERTION, trust }),
  ],
  "must be 'totp', 'recovery', 'email' or 'passkey'",
)

/** Who is asked, and what they can show. */
interface Somebody {
  readonly user: User
  readonly ways: readonly FactorWay[]
  /** `null`: the sign-in waits, and nobody is signed in. */
  readonly visitor: Current | null
  readonly pending: Pending | null
  readonly next: string | null
}

async function somebodyOf(services: Services, visit: Visit): Promise<Somebody | null> {
  const pending = await pendingOf(services, visit)
  const visitor = pending ? null : await currentUser(services, visit, { isExact: true })
  const user = await services.users.findById(pending?.userId ?? visitor?.identity.id ?? '')
  if (!user || user.disabledAt !== null) return null
  return {
    user,
    ways: waysOf(services.settings.mfa, user, pending?.methods ?? visitor?.session.record.methods ?? []),
    visitor,
    pending,
    next: pending?.next ?? null,
  }
}

async function showMfa(services: Services, site: Site, visit: Visit): Promise<Response> {
  const next = visit.query.get('next')
  const somebody = await somebodyOf(services, visit)
  if (!somebody) return toLogin(services, site, visit, next)
  if (somebody.ways.length === 0) return toSetup(services, site, somebody, next)
  const isSent = visit.query.has('sent')
  return await mfaPage(services, site, visit, 200, somebody, { way: visit.query.get('way'), next, isSent })
}

async function postMfa(services: Services, site: Site, visit: Visit): Promise<Response> {
  const form = await readForm(visit.request)
  const fields = form.ok ? Object.fromEntries(form.value) : {}
  const { way = null, next = null } = fields
  const somebody = await somebodyOf(services, visit)
  if (!somebody) return toLogin(services, site, visit, next)
  if (way === 'email' && fields.action === 'send' && somebody.ways.includes('email')) {
    await sendCode(services, visit, somebody.user, holderOf(somebody))
    const query = new URLSearchParams({ way, sent: '1', ...(next === null ? {} : { next }) })
    return seeOther(site, `${services.settings.basePath}/mfa?${query}`)
  }
  const proof =
    way === 'passkey'
      ? { credential: readCredential(ASSERTION, fields.credential ?? '') }
      : { code: fields.code }
  const parsed = v.safeParse(MFA_FORM, { way, ...proof, trust: fields.trust !== undefined })
  const again = (status: number, state: Partial<PageState>) =>
    mfaPage(services, site, visit, status, somebody, { way, next, isSent: true, ...state })
  if (!parsed.success) return await again(400, { problem: 'invalid_form' })
  const result = await prove(services, visit, somebody, parsed.output)
  switch (result.kind) {
    case 'done':
      return seeOther(site, somebody.visitor ? nextOf(services, site, next) : (result.next ?? '/'))
    case 'over':
      return toLogin(services, site, visit, next)
    case 'wrong':
      return await again(401, { problem: 'wrong_credentials' })
    case 'throttled':
      return await again(429, { problem: 'throttled', retryAfterSeconds: result.retryAfterSeconds })
  }
}

/** What can be shown, and for what: the sign-in that waits, or the session. */
async function apiShowMfa(services: Services, site: Site, visit: Visit): Promise<Response> {
  const somebody = await somebodyOf(services, visit)
  if (!somebody) return challenge(services, site, visit, 'not_authenticated')
  const { ways, visitor } = somebody
  return jsonResponse({ signedIn: visitor !== null, ways }, { secure: site.secure })
}

async function apiMfa(services: Services, site: Site, visit: Visit): Promise<Response> {
  const { secure } = site
  const { requestId } = visit
  const body = await readJson(visit.request, MFA_FORM)
  if (!body.ok) return problemResponse(body.code, { ...body, requestId, secure })
  const somebody = await somebodyOf(services, visit)
  if (!somebody)
    return hasPendingCookie(visit)
      ? problemResponse('sign_in_over', { requestId, secure })
      : challenge(services, site, visit, 'not_authenticated')
  const result = await prove(services, visit, somebody, body.value)
  switch (result.kind) {
    case 'done':
      return jsonResponse(
        {
          user: describeUser(result.session.record.identity),
          session: describeSession(services, result.session),
        },
        { secure },
      )
    case 'over':
      return problemResponse('sign_in_over', { requestId, secure })
    case 'wrong':
      return problemResponse('wrong_second_factor', { requestId, secure })
    case 'throttled': {
      const headers = { 'retry-after': String(result.retryAfterSeconds) }
      return problemResponse('too_many_attempts', { headers, requestId, secure })
    }
  }
}

async function prove(
  services: Services,
  visit: Visit,
  somebody: Somebody,
  said: v.InferOutput<typeof MFA_FORM>,
): Promise<SecondFactorResult> {
  const { user, visitor } = somebody
  const shown: Shown =
    said.way === 'passkey'
      ? { way: 'passkey', assertion: said.credential, holder: holderOf(somebody) }
      : said.way === 'email'
        ? { way: 'email', code: said.code, holder: holderOf(somebody) }
        : { way: said.way, code: said.code }
  const form = { shown, trust: said.trust }
  return visitor
    ? await proveAgain(services, visit, visitor, form)
    : await finishSignIn(services, visit, user, form)
}

/** What the challenge of a passkey is bound to: this sign-in that waits, or this session. */
function holderOf({ visitor, pending, user }: Somebody): string {
  return `${user.id}/${visitor?.session.record.id ?? pending?.tokenHash ?? ''}`
}

/** What the browser is asked for: one of the passkeys that this account has here. */
async function askOf(services: Services, visit: Visit, somebody: Somebody) {
  const hints = await services.passkeys.listFor(somebody.user.id, visit.site.rpId)
  return await requestOptions(services, visit, 'second_factor', holderOf(somebody), hints)
}

/** For programs: mails the code. */
async function apiSend(services: Services, site: Site, visit: Visit): Promise<Response> {
  const somebody = await somebodyOf(services, visit)
  if (!somebody) return challenge(services, site, visit, 'not_authenticated')
  const { secure } = site
  const isOffered = somebody.ways.includes('email')
  if (!isOffered || (await sendCode(services, visit, somebody.user, holderOf(somebody))) === 'not_offered')
    return problemResponse('not_found', { requestId: visit.requestId, secure })
  return emptyResponse(204, { secure })
}

/** For programs: what `navigator.credentials.get` needs. */
async function apiOptions(services: Services, site: Site, visit: Visit): Promise<Response> {
  const somebody = await somebodyOf(services, visit)
  if (!somebody) return challenge(services, site, visit, 'not_authenticated')
  return jsonResponse(await askOf(services, visit, somebody), { secure: site.secure })
}

/** Nobody to ask: what waited is over, or nothing ever did. */
function toLogin(services: Services, site: Site, visit: Visit, next: string | null): Response {
  const wasPending = hasPendingCookie(visit)
  if (wasPending) visit.clearCookie(visit.cookies.pending)
  const query = new URLSearchParams({
    ...(wasPending ? { news: 'sign_in_over' } : {}),
    ...(next === null ? {} : { next: nextOf(services, site, next) }),
  })
  return seeOther(site, `${services.settings.basePath}/login?${query}`)
}

/** Nothing to show yet. */
function toSetup(services: Services, site: Site, { visitor }: Somebody, next: string | null): Response {
  const query =
    visitor && next !== null ? `?${new URLSearchParams({ next: nextOf(services, site, next) })}` : ''
  return seeOther(site, `${services.settings.basePath}/mfa/setup${query}`)
}

function hasPendingCookie(visit: Visit): boolean {
  return readCookie(visit.request.headers.get('cookie'), visit.cookies.pending) !== null
}

interface PageState {
  readonly way: string | null
  readonly next: string | null
  /** Whether a code has been mailed. */
  readonly isSent: boolean
  readonly problem?: MfaPageProps['problem']
  readonly retryAfterSeconds?: number
}

async function mfaPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  somebody: Somebody,
  state: PageState,
): Promise<Response> {
  const { user, ways, visitor, pending } = somebody
  const { basePath, mfa, nextAllowed } = services.settings
  const theme = await site.compiledTheme()
  const { retryAfterSeconds = null, problem = null } = state
  const way = ways.find((each) => each === state.way) ?? ways[0] ?? 'totp'
  const scriptHref = `${basePath}/assets/passkey.js`
  const passkey =
    way === 'passkey'
      ? ({ kind: 'get', options: await askOf(services, visit, somebody), scriptHref } as const)
      : null
  const onward = visitor ? (state.next === null ? null : nextOf(services, site, state.next)) : pending?.next
  const body = renderMfaPage({
    texts: textsOf(visit),
    theme,
    basePath,
    isSignIn: visitor === null,
    label: labelOf(identityOf(user)),
    ways,
    way,
    next: visitor ? (onward ?? null) : null,
    passkey,
    isSent: state.isSent,
    post: postFateOf(services, visit, onward ?? '/'),
    trustDays: mfa.trustSeconds === null ? null : Math.max(1, Math.round(mfa.trustSeconds / 86_400)),
    problem,
    retryAfterSeconds,
    requestId: visit.requestId,
  })
  const headers = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return htmlResponse(body, {
    status,
    theme,
    headers,
    https: site.secure,
    formAction: nextAllowed,
    ...(passkey ? { script: site.publicOrigin + scriptHref } : {}),
  })
}
