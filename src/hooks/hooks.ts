import type { Identity } from '../identity.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The small JSON object that travels with a session; 4 KiB at most. */
export type SessionData = { readonly [key: string]: Json }

/** What a hook may read and write of sessions. Writes are whole: the object given replaces the one before. */
export interface SessionTools {
  /** The data of the session at hand, or `null` without one. */
  readonly data: SessionData | null
  /** Replaces the data of the session at hand. */
  setData(data: SessionData): Promise<void>
  /** The data of another session of the same user by its id, or `null`. */
  readOther(sessionId: string): Promise<SessionData | null>
  /** Replaces the data of another session of the same user; false when there is none. */
  writeOther(sessionId: string, data: SessionData): Promise<boolean>
}

export interface HookContext {
  readonly site: string
  readonly requestId: string
  readonly sessionId: string | null
  readonly session: SessionTools
}

/** What `identify` says of a request: somebody, not mine, or a credential that is bad. */
export type Identification =
  | null
  | { readonly refused: string }
  | (Pick<Identity, 'id'> &
      Partial<Omit<Identity, 'id' | 'kind'>> & {
        readonly kind?: 'user' | 'service'
        /** The `Authorization` header was meant for the hook: the origin does not get to see it. */
        readonly usedAuthorization?: boolean
      })

export type DenialReason =
  | 'not_authenticated'
  | 'credential_refused'
  | 'forbidden'
  | 'insufficient_scope'
  | 'not_fresh'
  | 'second_factor'

/** Functions of the operator. Each is called exactly once per event; none can break the gate by throwing. */
export interface Hooks {
  /**
   * Recognises visitors by something of your own (an API key header, say) before cookies are looked at.
   * Throwing is a fault: the request is answered 503, never let through as anonymous.
   */
  readonly identify?: (request: Request) => Identification | Promise<Identification>
  /** More claims for the assertion. Reserved names are ignored; if it throws the claims are left out and the log says so. */
  readonly claims?: (identity: Identity, context: HookContext) => SessionData | Promise<SessionData>
  /** A session started by a real credential (`method`), or was restored (`remember`). */
  readonly onLogin?: (event: {
    identity: Identity
    method: string
    context: HookContext
  }) => void | Promise<void>
  /**
   * A guest has signed in to an account that was there before: `guestId` and `data` are the guest's, `identity` and `context` those of the
   * session that began. Called once for each guest, before `onLogin`. Who makes an account keeps the guest's id and data, and is none.
   */
  readonly onMerge?: (event: {
    guestId: string
    data: SessionData
    identity: Identity
    context: HookContext
  }) => void | Promise<void>
  /** A session was ended by its owner. */
  readonly onLogout?: (event: {
    identity: Identity
    everywhere: boolean
    context: HookContext
  }) => void | Promise<void>
  /** A request is about to be refused. A Response that is returned replaces the gateway's own answer. */
  readonly onDenied?: (event: {
    request: Request
    reason: DenialReason
    identity: Identity | null
    site: string
    requestId: string
  }) => Response | undefined | void | Promise<Response | undefined | void>
}
