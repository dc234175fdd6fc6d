import type { Visit } from '../http/visit.ts'
import { verdictOf } from '../revocation/revocations.ts'
import type { Services } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import { isOverVolume } from '../session/guest.ts'
import { type Entered, signIn } from '../session/sign-in.ts'
import { type UserRow, userOfRow } from '../user/users.ts'
import type { Approval, Handoff, Handoffs } from './handoffs.ts'

/** The browser that waits: begins, looks how it stands, goes on. */

export interface Waiting {
  readonly handoff: Handoff
  readonly code: string
}

/** The cookie outlives what it stands for, so that the page can say what has become of it. */
const COOKIE_SECONDS = 3600

export async function beginHandoff(
  services: Services,
  visit: Visit,
  handoffs: Handoffs,
  remember: boolean,
): Promise<Waiting | 'throttled'> {
  if (await isOverVolume(services, visit)) return 'throttled'
  const client = { ...placeOf(visit), agent: visit.client().agent, network: visit.network() }
  const former = readBrowser(visit)
  if (former !== null) await handoffs.remove(former)
  const browser = await handoffs.begin({ site: visit.site.key, client, remember })
  const handoff = await handoffs.findByBrowser(browser, visit.site.key)
  if (browser === null || !handoff) return 'throttled'
  visit.setCookie(visit.cookies.handoff, browser, COOKIE_SECONDS)
  services.audit.logOnly({ ...eventOf(visit), event: 'handoff.begun', detail: { client: client.agent } })
  return { handoff, code: await handoffs.codeOf(browser) }
}

/** How it stands for this browser; `null` where nothing waits (any more). */
export async function findWaiting(visit: Visit, handoffs: Handoffs): Promise<Waiting | null> {
  const browser = readBrowser(visit)
  const handoff = await handoffs.findByBrowser(browser, visit.site.key)
  return handoff && browser !== null ? { handoff, code: await handoffs.codeOf(browser) } : null
}

/** Whether this browser began lately, whatever has become of it. */
export function hasWaited(visit: Visit): boolean {
  return readBrowser(visit) !== null
}

export async function cancelWaiting(visit: Visit, handoffs: Handoffs): Promise<void> {
  const browser = readBrowser(visit)
  if (browser === null) return
  await handoffs.remove(browser)
  visit.clearCookie(visit.cookies.handoff)
}

export type Finished =
  | Entered
  /** There is no approval (yet, or any more). */
  | { readonly kind: 'not_approved' }
  /** There was one, and what stood behind it does not stand any more. */
  | { readonly kind: 'withdrawn' }

/**
 * Goes on with an approval: a session of its own for this browser. Approved is not signed in: an account that is disabled by now, or an
 * approving session that has been ended since, opens nothing (P13).
 */
export async function finishHandoff(
  services: Services,
  visit: Visit,
  handoffs: Handoffs,
  next: string | null,
): Promise<Finished> {
  const browser = readBrowser(visit)
  const taken = browser === null ? null : await handoffs.take(browser, visit.site.key)
  if (!taken) return { kind: 'not_approved' }
  visit.clearCookie(visit.cookies.handoff)
  const user = await approverOf(services, taken.approval)
  if (!user) return { kind: 'withdrawn' }
  return await signIn(services, visit, {
    user,
    methods: taken.approval.isByMail ? ['handoff', 'email'] : ['handoff'],
    attempt: null,
    remember: taken.handoff.remember,
    next,
    along: [],
    // Nobody has shown anything here: until somebody does the session is not fresh (P8).
    provedElsewhereAt: taken.approval.authenticatedAt,
  })
}

/** The account as it is now, read together with what has been ended since it approved. */
async function approverOf({ db, users, revocations }: Services, { session }: Approval) {
  const [rows, since] = await db.batch([users.selectById(session.subjectId), revocations.since(session)])
  const user = userOfRow(rows?.results[0] as UserRow | undefined)
  return user && user.disabledAt === null && verdictOf(since) !== 'ended' ? user : null
}

function readBrowser(visit: Visit): string | null {
  return readCookie(visit.request.headers.get('cookie'), visit.cookies.handoff)
}

function placeOf({ request }: Visit): { readonly city: string | null; readonly country: string | null } {
  const { city, country } = (request.cf ?? {}) as { city?: unknown; country?: unknown }
  const isCountry = typeof country === 'string' && /^[A-Z]{2}$/.test(country)
  return {
    city: typeof city === 'string' ? city.slice(0, 100) : null,
    country: isCountry ? country : null,
  }
}

function eventOf(visit: Visit) {
  return {
    site: visit.site.key,
    userId: null,
    sessionId: null,
    network: visit.network(),
    requestId: visit.requestId,
  }
}
