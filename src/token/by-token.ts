import { MFA } from '../factor/policy.ts'
import type { Answer, Authenticator, Recognised, Terms } from '../gate/identify.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { AccessTokens } from './access-token.ts'
import { isBearer } from './bearer.ts'
import type { KnownCredential } from './known-credential.ts'

const NOT_MINE: Answer = { kind: 'not_mine' }

/**
 * A bearer token. It decides before any cookie, and a bad one is the end: a program whose token was taken back must not go on as whoever
 * the browser around it is signed in as. Other schemes are the origin's.
 */
export function byToken(services: Services): Authenticator {
  const { credentials, settings } = services

  async function find(header: string, visit: Visit, { isExact }: Terms): Promise<Answer> {
    const found = await credentials.load(header, visit, tokensOf(services, visit), isExact)
    switch (found.kind) {
      case 'live':
        return byCredential(services, found.credential, visit)
      case 'refused':
        return found
      case 'foreign':
        return settings.tokens.others === 'pass' ? NOT_MINE : { kind: 'refused', reason: 'token_unknown' }
    }
  }

  return (visit, terms) => {
    const header = visit.received.get('authorization')
    if (header === null || !isBearer(header)) return NOT_MINE
    const known = terms.isExact ? null : credentials.recall(header, visit)
    return known ? byCredential(services, known, visit) : find(header, visit, terms)
  }
}

/** Whether the token that opened a socket is still good, and for whom. */
export async function watchToken(services: Services, visit: Visit): Promise<Recognised | null> {
  const header = visit.request.headers.get('authorization') ?? ''
  const found = await services.credentials.watch(header, visit, tokensOf(services, visit))
  return found.kind === 'live' ? byCredential(services, found.credential, visit) : null
}

function tokensOf({ sites }: Services, { site }: Visit): AccessTokens {
  const own = sites.get(site.host)
  if (!own) throw new TypeError(`there is no site ${site.host}`)
  return own.accessTokens
}

function byCredential({ now }: Services, credential: KnownCredential, visit: Visit): Recognised {
  const { identity, scopes, limits, fresh, authenticatedAt, methods } = credential.record
  const isYounger = (seconds: number) => authenticatedAt !== null && now() - authenticatedAt < seconds * 1000
  return {
    kind: 'recognised',
    via: 'token',
    identity,
    scopes,
    isOutOfBounds: limits !== null && !limits.allows(visit.request.method, visit.url.pathname),
    isFresh: (seconds) => fresh && isYounger(seconds),
    hasMfa: (seconds) => methods.includes(MFA) && (seconds === null || isYounger(seconds)),
    // Asked when tokens are given and renewed, which is every few minutes.
    owesMfa: () => false,
    session: null,
    credential,
    usedAuthorization: true,
  }
}
