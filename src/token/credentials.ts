import { decodeJwt, errors } from 'jose'
import { compileLimits } from '../gate/limits.ts'
import type { Visit } from '../http/visit.ts'
import type { Log } from '../lib/log.ts'
import { createSharedFlights } from '../lib/shared-flights.ts'
import type { Feed } from '../revocation/feed.ts'
import { type Judged, type Revocations, verdictOf } from '../revocation/revocations.ts'
import { createIsolateCache } from '../session/isolate-cache.ts'
import { postponeReload, RELOAD_MS } from '../session/known.ts'
import { hashToken } from '../session/token.ts'
import { identityOf } from '../user/user.ts'
import { type UserRow, type Users, userOfRow } from '../user/users.ts'
import type { AccessClaims, AccessTokens } from './access-token.ts'
import { type ApiKeys, HOUR_MS } from './api-keys.ts'
import { readBearer } from './bearer.ts'
import type { ForeignIssuer, ForeignIssuers } from './foreign-issuers.ts'
import { isKeyText, KEY_PREFIX } from './key-text.ts'
import { type CredentialRecord, createKnownCredential, type KnownCredential } from './known-credential.ts'
import { createMissing } from './missing.ts'
import { REFRESH_PREFIX } from './refresh-families.ts'

export type Credential =
  | { readonly kind: 'live'; readonly credential: KnownCredential }
  /** It is ours, or claims to be, and it is not good: nothing weaker may be tried. */
  | { readonly kind: 'refused'; readonly reason: 'token_expired' | 'token_invalid' }
  /** What somebody has issued whom we do not know. */
  | { readonly kind: 'foreign' }

/** Who presents a token, and where. */
export type Asker = Pick<Visit, 'later'> & {
  readonly site: { readonly key: string; readonly publicOrigin: string }
}

/**
 * Bearer tokens, remembered like sessions: what was verified once is served from memory until it ends, and the revocation feed tells of what
 * is taken back before. Entries are found by the whole header as it was sent, and are good on one host only (P15).
 */
export interface Credentials {
  /** What this isolate knows and may serve as it is, without asking anybody. `null`: `load` has to. */
  recall(header: string, asker: Asker): KnownCredential | null
  /** `exact` asks the database, instead of trusting what the feed has told. */
  load(header: string, asker: Asker, tokens: AccessTokens, exact: boolean): Promise<Credential>
  /** What has become of a token that opened something long-lived; asked every now and then, it knows within the bound of revocation. */
  watch(header: string, asker: Asker, tokens: AccessTokens): Promise<Credential>
}

/** Entries are larger than sessions: a token of a kilobyte is its own key. */
const CACHE = { maxEntries: 20_000, maxBytes: 24 * 2 ** 20 }

export function createCredentials(parts: {
  readonly apiKeys: ApiKeys
  readonly issuers: ForeignIssuers
  readonly users: Users
  readonly revocations: Revocations
  readonly feed: Feed
  readonly db: D1Database
  readonly graceMs: number
  /** Unix milliseconds. */
  readonly now: () => number
  readonly log: Log
}): Credentials {
  const { apiKeys, issuers, users, revocations, feed, db, graceMs, now, log } = parts
  const cache = createIsolateCache<KnownCredential>(CACHE)
  const missing = createMissing(now)
  const share = createSharedFlights<CredentialRecord | null>()

  function keep(entry: string, record: CredentialRecord): KnownCredential {
    const at = now()
    const isInStore = record.kind === 'key'
    const known = createKnownCredential(record, {
      now: at,
      endsAt: record.expiresAt ?? Number.POSITIVE_INFINITY,
      reloadAt: isInStore ? at + RELOAD_MS : Number.POSITIVE_INFINITY,
      version: feed.version,
      textBytes: entry.length + JSON.stringify(record).length,
    })
    cache.set(entry, known)
    return known
  }

  const judge = (record: CredentialRecord) => {
    const judged = judgedOf(record)
    return judged === null ? 'valid' : feed.judge(judged)
  }

  /** Reads the account of a sign-in again. `null`: it was ended, or there is no such account any more. */
  async function renew(record: CredentialRecord): Promise<CredentialRecord | null> {
    const judged = judgedOf(record)
    if (judged === null) return record
    const [rows, since] = await db.batch([users.selectById(judged.subjectId), revocations.since(judged)])
    const user = userOfRow(rows?.results[0] as UserRow | undefined)
    if (!user || user.disabledAt !== null || verdictOf(since) === 'ended') return null
    return { ...record, identity: identityOf(user), position: user.position }
  }

  async function loadAccess(
    entry: string,
    token: string,
    known: KnownCredential | null,
    asker: Asker,
    tokens: AccessTokens,
    exact: boolean,
  ): Promise<Credential> {
    let record = known?.record
    let isPartial = false
    if (!record) {
      const verified = await tokens.verify(token, now() / 1000)
      if (verified.kind === 'invalid') return verified.reason === 'expired' ? EXPIRED : INVALID
      record = recordOf(verified.claims)
      isPartial = verified.claims.isPartial
    }
    if (!exact) await feed.ensure(known !== null, asker)
    const verdict = exact || isPartial ? 'unknown' : judge(record)
    if (verdict === 'valid') return live(known ?? keep(entry, record))
    cache.delete(entry)
    const renewed = verdict === 'ended' ? null : await renew(record)
    return renewed ? live(keep(entry, renewed)) : INVALID
  }

  async function readKey(key: string, asker: Asker): Promise<CredentialRecord | null> {
    const at = now()
    const found = await apiKeys.findByHash(await hashToken(key), asker.site.key, at)
    if (!found || found.owner.disabledAt !== null) return null
    const hourAt = at - (at % HOUR_MS)
    // Here and not at each request: a key that is in use comes by once a minute.
    if ((found.key.usedAt ?? 0) < hourAt) asker.later(apiKeys.markUsed(found.key.id, hourAt).run())
    return {
      kind: 'key',
      id: found.key.id,
      identity: identityOf(found.owner),
      scopes: found.key.scopes,
      limits: compileLimits(found.key),
      authenticatedAt: null,
      methods: [],
      fresh: false,
      position: found.owner.position,
      expiresAt: found.key.expiresAt,
    }
  }

  async function loadKey(
    entry: string,
    key: string,
    known: KnownCredential | null,
    asker: Asker,
    exact: boolean,
  ): Promise<Credential> {
    const name = `${asker.site.key} ${key}`
    if (missing.has(name)) return INVALID
    if (!exact) await feed.ensure(known !== null, asker)
    const isUnchanged = known !== null && judge(known.record) === 'valid'
    if (known && isUnchanged && !exact && now() < known.reloadAt) return live(known)
    let record: CredentialRecord | null
    try {
      record = await share(name, () => readKey(key, asker))
    } catch (fault) {
      if (exact || !known || !isUnchanged || !postponeReload(known, now(), graceMs)) throw fault
      log({ level: 'warn', event: 'key.reload_failed', error: String(fault) })
      return live(known)
    }
    if (record) return live(keep(entry, record))
    cache.delete(entry)
    missing.add(name)
    return INVALID
  }

  /** The feed says nothing of these; they are looked at anew every few minutes. */
  async function loadForeign(entry: string, token: string, issuer: ForeignIssuer): Promise<Credential> {
    const verified = await issuer.verify(token, now())
    if (verified.kind === 'valid') return live(keep(entry, verified.record))
    return verified.reason === 'expired' ? EXPIRED : INVALID
  }

  function live(credential: KnownCredential): Credential {
    credential.version = feed.version
    return { kind: 'live', credential }
  }

  return {
    recall(header, asker) {
      const known = cache.get(entryOf(header, asker))
      if (known === undefined || !feed.isYoung(asker)) return null
      const at = now()
      if (at >= known.reloadAt || at >= known.endsAt) return null
      if (known.version !== feed.version) {
        if (judge(known.record) !== 'valid') return null
        known.version = feed.version
      }
      return known
    },

    async load(header, asker, tokens, exact) {
      const presented = readBearer(header)
      if (presented.kind === 'other') return FOREIGN
      if (presented.kind === 'malformed') {
        return presented.isOneWord && !carriesOurs(header, asker.site) ? FOREIGN : INVALID
      }
      const { token } = presented
      const entry = entryOf(header, asker)
      const kept = cache.get(entry)
      const known = kept && now() < kept.endsAt ? kept : null
      if (isKeyText(token)) return await loadKey(entry, token, known, asker, exact)
      if (token.startsWith(KEY_PREFIX) || token.startsWith(REFRESH_PREFIX)) return INVALID
      const named = issuerOf(token)
      if (named === null) return FOREIGN
      const issuer = named === asker.site.publicOrigin ? null : issuers.of(named, asker.site.key)
      if (issuer) return known ? live(known) : await loadForeign(entry, token, issuer)
      if (named !== asker.site.publicOrigin) return FOREIGN
      return await loadAccess(entry, token, known, asker, tokens, exact)
    },

    async watch(header, asker, tokens) {
      await feed.catchUp(asker)
      return await this.load(header, asker, tokens, false)
    },
  }
}

const INVALID: Credential = { kind: 'refused', reason: 'token_invalid' }
const FOREIGN: Credential = { kind: 'foreign' }
const EXPIRED: Credential = { kind: 'refused', reason: 'token_expired' }

function entryOf(header: string, { site }: Asker): string {
  return `${site.publicOrigin} ${header}`
}

function judgedOf({ id, identity, position }: CredentialRecord): Judged | null {
  return position === null ? null : { id, lineage: id, subjectId: identity.id, family: null, position }
}

function recordOf(claims: AccessClaims): CredentialRecord {
  return {
    kind: 'access',
    id: claims.familyId,
    identity: claims.identity,
    scopes: claims.scopes,
    limits: null,
    authenticatedAt: claims.authenticatedAt === null ? null : claims.authenticatedAt * 1000,
    methods: claims.methods,
    fresh: claims.fresh,
    position: claims.position,
    expiresAt: claims.expiresAt * 1000,
  }
}

/** Whose a token says it is, unverified: only to know who has to verify it. `null` for what is no JWT. */
export function issuerOf(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null
    throw error
  }
}

/**
 * Whether a header that nobody has looked into carries a credential of ours, which the origin must not see (P19): on a public path nobody
 * is recognised, and every other header goes on as it came.
 */
export function carriesOurs(header: string, site: { readonly publicOrigin: string }): boolean {
  if (readBearer(header).kind === 'other') return false
  return header
    .split(/[\s,]+/)
    .some(
      (word) =>
        word.startsWith(KEY_PREFIX) ||
        word.startsWith(REFRESH_PREFIX) ||
        (word.includes('.') && issuerOf(word) === site.publicOrigin),
    )
}
