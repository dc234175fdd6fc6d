import type { SessionSettings } from '../config/settings.ts'
import { MFA, type MfaSettings, mustHaveMfa } from '../factor/policy.ts'
import type { SessionData } from '../hooks/hooks.ts'
import type { Identity } from '../identity.ts'
import type { Client } from './client.ts'

/** A session as it is stored. Instants are unix milliseconds. Never holds the token. */
export interface SessionRecord {
  readonly v: 5
  /** Public name of the session: shown in lists, hashed into the assertion as `sid`. */
  readonly id: string
  /** Stays the same under every new token. Ending a session ends its lineage; a rotation ends only its own id. */
  readonly lineage: string
  readonly site: string
  readonly identity: Identity
  readonly createdAt: number
  /** Last navigation that counted. */
  readonly seenAt: number
  /** When the user was last read from the database, and the position of the revocation feed then (revocations.ts). */
  readonly checkedAt: number
  readonly position: number
  /** Last real credential; for guests the start. */
  readonly authenticatedAt: number
  /** When a second factor was last proved, by this session or by the device it trusts; `null`: not at all. */
  readonly mfaAt: number | null
  /** Until when the account must have a second factor, where it was let in without one. */
  readonly mfaDueAt: number | null
  /** The trusted device that stood in for the second factor. */
  readonly trust: string | null
  /** Began without a credential of its own, by a remember-me token or another device: never fresh. */
  readonly remembered: boolean
  /** Family of the remember-me token that belongs to this session. */
  readonly family: string | null
  /** How the visitor proved it (RFC 8176 `amr`). */
  readonly methods: readonly string[]
  readonly client: Client
  readonly data: SessionData
  /** The guest who became part of this account by the sign-in; gone once the site has been told. */
  readonly mergedFrom: string | null
}

/** Why a record does not make a session any more. */
export type Expiry = 'idle' | 'absolute'

/** The instant at which the session ends if nobody navigates. */
export function expiresAt(record: SessionRecord, settings: SessionSettings): number {
  return Math.min(record.seenAt + settings.idleSeconds * 1000, absoluteEnd(record, settings))
}

export function expiryOf(record: SessionRecord, settings: SessionSettings, now: number): Expiry | null {
  if (now >= absoluteEnd(record, settings)) return 'absolute'
  return now >= expiresAt(record, settings) ? 'idle' : null
}

/** The instant at which the session ends whatever happens. */
export function absoluteEnd(record: SessionRecord, settings: SessionSettings): number {
  return record.createdAt + settings.absoluteSeconds * 1000
}

/** Whether a real credential was given within `seconds` in this session, on this device. */
export function isFresh(record: SessionRecord, seconds: number, now: number, sameClient: boolean): boolean {
  return (
    record.identity.kind !== 'guest' &&
    !record.remembered &&
    sameClient &&
    now - record.authenticatedAt < seconds * 1000
  )
}

/** Whether a second factor was proved within `seconds` (`null`: at any time), and this is still the browser that did. */
export function hasMfa(
  record: SessionRecord,
  seconds: number | null,
  now: number,
  sameClient: boolean,
): boolean {
  const { mfaAt } = record
  return mfaAt !== null && sameClient && (seconds === null || now - mfaAt < seconds * 1000)
}

/** Whether the account must have shown a second factor by now and this session has not: a role it got since, or a grace that is over. */
export function owesMfa(record: SessionRecord, settings: MfaSettings, now: number): boolean {
  if (settings.requiredFor === 'nobody' || record.mfaAt !== null) return false
  // What a remember-me token restores began with a second factor, which it cannot show again.
  if (record.methods.includes(MFA) || (record.mfaDueAt !== null && now < record.mfaDueAt)) return false
  return mustHaveMfa(settings, record.identity.roles)
}

/** Records are touched at most once per tenth of the idle time: sliding and re-reading the user share the write. */
export function refreshMs(settings: SessionSettings): number {
  return settings.idleSeconds * 100
}

/**
 * Parses stored text. Anything but a record of this version is `null`. What comes out is shared by all requests of an isolate, hooks
 * included, so it is frozen.
 */
export function parseRecord(text: string): SessionRecord | null {
  try {
    const value = JSON.parse(text) as SessionRecord
    return value.v === 5 ? freezeRecord(value) : null
  } catch {
    return null
  }
}

/** Makes a record unchangeable, and lets it share what many records have in common. */
export function freezeRecord(record: SessionRecord): SessionRecord {
  const { identity, client } = record
  return Object.freeze({
    ...record,
    site: intern(record.site),
    identity: Object.freeze({ ...identity, roles: internList(identity.roles) }),
    methods: internList(record.methods),
    client: Object.freeze({
      agent: intern(client.agent),
      network: intern(client.network),
      place: client.place === null ? null : intern(client.place),
    }),
    data: Object.keys(record.data).length === 0 ? NO_DATA : deepFreeze(record.data),
  })
}

const NO_DATA: SessionData = Object.freeze({})
const MAX_SHARED = 5000
const texts = new Map<string, string>()
const lists = new Map<string, readonly string[]>()

/** Of equal texts the one seen first, so that fifty thousand sessions do not hold the site's name as often. */
function intern(text: string): string {
  return remembered(texts, text, () => text)
}

function internList(list: readonly string[]): readonly string[] {
  return remembered(lists, JSON.stringify(list), () => Object.freeze([...list]))
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= MAX_SHARED) known.clear()
  const made = make()
  known.set(key, made)
  return made
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
