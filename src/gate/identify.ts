import * as v from 'valibot'
import { Fault } from '../errors.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import type { LiveSession } from '../session/known.ts'
import { hasMfa, isFresh, owesMfa } from '../session/record.ts'
import type { KnownCredential } from '../token/known-credential.ts'
import type { Visitor } from './decide.ts'
import { isMove } from './request-kind.ts'

/**
 * Who is asking. Four answers and no fifth: somebody, nobody that this way knows (the next one may try), a credential that is
 * bad (nothing weaker may replace it), or a thrown fault.
 */
export type Answer =
  | ({
      readonly kind: 'recognised'
      readonly session: LiveSession | null
      /** What a token stands for; `null` for a session and for what the hook recognised. */
      readonly credential: KnownCredential | null
      /** Whether the request's `Authorization` was for us and is used up. */
      readonly usedAuthorization: boolean
    } & Visitor)
  | { readonly kind: 'not_mine' }
  | { readonly kind: 'refused'; readonly reason: string }

/** What the rule at hand wants of the way in which somebody is recognised. */
export interface Terms {
  /** Whether a navigation here keeps the session alive. */
  readonly slides: boolean
  /** Whether the database is asked if the session still stands. */
  readonly isExact: boolean
}

/** Answers at once where nobody has to be asked. */
export type Authenticator = (visit: Visit, terms: Terms) => Answer | Promise<Answer>

const NOT_MINE: Answer = { kind: 'not_mine' }

/** Asks each way in turn, strongest first. */
export async function identify(ways: readonly Authenticator[], visit: Visit, terms: Terms): Promise<Answer> {
  for (const way of ways) {
    const said = way(visit, terms)
    const answer = said instanceof Promise ? await said : said
    if (answer.kind !== 'not_mine') return answer
  }
  return NOT_MINE
}

const optionalText = v.optional(v.nullable(v.string()), null)

/** What a hook may say. Rules decide on it, so a wrong type must not pass for a right one (`'notadmin'.includes('admin')`). */
const IDENTIFICATION = v.union([
  v.strictObject({ refused: v.string() }),
  v.object({
    id: v.pipe(v.string(), v.nonEmpty()),
    kind: v.optional(v.picklist(['user', 'service']), 'user'),
    email: optionalText,
    emailVerified: v.optional(v.boolean(), false),
    username: optionalText,
    name: optionalText,
    roles: v.optional(v.array(v.string()), []),
    usedAuthorization: v.optional(v.boolean(), false),
  }),
])

/** The operator's own way of recognising a request. */
export function byHook(hook: NonNullable<Hooks['identify']>): Authenticator {
  return async (visit) => {
    let said: Awaited<ReturnType<typeof hook>>
    try {
      said = await hook(visit.request)
    } catch (cause) {
      throw new Fault('storage_unavailable', 'the identify hook threw', { cause })
    }
    if (said === null) return NOT_MINE
    const answer = v.safeParse(IDENTIFICATION, said)
    if (!answer.success) {
      throw new Fault(
        'storage_unavailable',
        'the identify hook answered neither an identity, null nor { refused }',
      )
    }
    if ('refused' in answer.output) return { kind: 'refused', reason: answer.output.refused }
    const { usedAuthorization, ...identity } = answer.output
    return {
      kind: 'recognised',
      via: 'token',
      identity,
      // The hook is the operator's own; what its tokens are good for is told by roles.
      scopes: null,
      isOutOfBounds: false,
      // Nothing says when the person behind it last proved who they are, so a rule that asks for `fresh` refuses.
      isFresh: () => false,
      hasMfa: () => false,
      owesMfa: () => false,
      session: null,
      credential: null,
      usedAuthorization,
    }
  }
}

/** The session cookie. */
export function bySession(services: Services): Authenticator {
  const { sessions, log } = services

  /** Most sessions are not due whatever the request is, so it is looked at last. */
  function isDue({ record }: LiveSession, visit: Visit, slides: boolean): boolean {
    if (!sessions.isDue(record, slides)) return false
    return !slides || sessions.isDue(record, isMove(visit.kind, visit.received))
  }

  async function find(token: string, visit: Visit, { slides, isExact }: Terms): Promise<Answer> {
    const loaded = await sessions.load(token, visit, isExact)
    if (loaded.kind === 'none') return NOT_MINE
    if (loaded.kind === 'refused') {
      visit.clearCookie(visit.cookies.session)
      return { kind: 'refused', reason: loaded.reason }
    }
    const { session } = loaded
    if (!isDue(session, visit, slides)) return recognised(session, services)
    try {
      const refreshed = await sessions.refresh(session, slides && isMove(visit.kind, visit.received))
      return refreshed ? recognised(refreshed, services) : NOT_MINE
    } catch (cause) {
      if (!sessions.isInGrace(session.record)) throw cause
      log({
        level: 'warn',
        event: 'session.refresh_failed',
        requestId: visit.requestId,
        error: String(cause),
      })
      return recognised(session, services)
    }
  }

  return (visit, terms) => {
    const token = readCookie(visit.received.get('cookie'), visit.cookies.session)
    if (token === null) return NOT_MINE
    const known = terms.isExact ? null : sessions.recall(token, visit)
    return known && !isDue(known, visit, terms.slides)
      ? recognised(known, services)
      : find(token, visit, terms)
  }
}

export type Recognised = Extract<Answer, { readonly kind: 'recognised' }>

export function recognised(session: LiveSession, { now, settings }: Services): Recognised {
  const { record, sameClient } = session
  return {
    kind: 'recognised',
    via: 'session',
    identity: record.identity,
    scopes: null,
    isOutOfBounds: false,
    isFresh: (seconds) => isFresh(record, seconds, now(), sameClient),
    hasMfa: (seconds) => hasMfa(record, seconds, now(), sameClient),
    owesMfa: () => owesMfa(record, settings.mfa, now()),
    session,
    credential: null,
    usedAuthorization: false,
  }
}
