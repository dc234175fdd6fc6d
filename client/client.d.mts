/** Everything the API answers that is no success. `code` is one of docs/errors.md. */
export declare class EdgegateError extends Error {
  readonly code: string
  readonly status: number
  readonly errors: readonly { readonly field: string; readonly code: string; readonly message: string }[]
  /** With `second_factor_required`: what can be shown. */
  readonly ways: readonly string[]
  /** Where a person signs in, or confirms. */
  readonly loginUrl: string | null
  readonly requestId: string | null
  readonly retryAfterSeconds: number | null
}

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Where the gateway is and how to reach it; made by `connect`. */
export interface Gateway {
  readonly base: string
  readonly token: string | null
  readonly fetch: Fetch
}

export declare function connect(options?: {
  /** The site's address; left out in pages of the site itself. */
  readonly url?: string
  readonly basePath?: string
  /** An access token or API key. Then no cookie is sent. */
  readonly token?: string
  readonly fetch?: Fetch
}): Gateway

export interface User {
  readonly id: string
  readonly kind: 'guest' | 'user' | 'service'
  readonly email: string | null
  readonly emailVerified: boolean
  readonly username: string | null
  readonly name: string | null
  readonly roles: readonly string[]
}

/** Instants are ISO 8601. */
export interface Session {
  readonly id: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly authenticatedAt: string
  readonly fresh: boolean
  readonly remembered: boolean
  readonly mfa: boolean
  readonly methods: readonly string[]
}

export interface PresentedToken {
  readonly kind: 'access' | 'key' | 'foreign'
  readonly id: string
  readonly scopes: readonly string[]
  readonly methods: readonly string[]
  readonly fresh: boolean
  readonly authenticatedAt: string | null
  readonly expiresAt: string | null
}

export interface SignedIn {
  readonly user: User
  readonly session: Session
}

export type Asked =
  | { readonly authenticated: false; readonly kind: 'anonymous' }
  | {
      readonly authenticated: boolean
      readonly kind: User['kind']
      readonly user: User
      readonly session?: Session
      readonly token?: PresentedToken
    }

export interface ListedSession {
  readonly id: string
  readonly site: string
  readonly client: string
  readonly network: string
  readonly startedAt: string
  readonly seenAt: string
  readonly remembered: boolean
  readonly methods: readonly string[]
  readonly current: boolean
}

export interface ApiKey {
  readonly id: string
  readonly site: string
  readonly name: string
  /** Its first characters. */
  readonly hint: string
  readonly scopes: readonly string[]
  readonly paths: readonly string[] | null
  readonly methods: readonly string[] | null
  readonly createdAt: string
  readonly expiresAt: string | null
  /** The hour of its last use. */
  readonly usedAt: string | null
}

export interface Program {
  readonly id: string
  readonly site: string
  readonly clientId: string
  readonly scope: string
  readonly client: string
  readonly network: string
  readonly startedAt: string
  readonly usedAt: string
  readonly expiresAt: string
}

/** Signs a browser in by cookie. `second_factor_required`: go on with `showSecondFactor`. */
export declare function login(
  gateway: Gateway,
  form: { readonly identifier: string; readonly password: string; readonly remember?: boolean },
): Promise<SignedIn>
export declare function showSecondFactor(
  gateway: Gateway,
  form: { readonly way: 'totp' | 'recovery'; readonly code: string; readonly trust?: boolean },
): Promise<SignedIn>
/** `everywhere` ends all sessions and sign-ins of the user. */
export declare function logout(gateway: Gateway, options?: { readonly everywhere?: boolean }): Promise<void>
/** Makes the session fresh again. */
export declare function confirmPassword(
  gateway: Gateway,
  password: string,
): Promise<{ readonly session: Session }>
export declare function register(gateway: Gateway, form: Readonly<Record<string, unknown>>): Promise<unknown>
export declare function becomeGuest(gateway: Gateway): Promise<SignedIn>
/** Who the gateway takes this for. */
export declare function getSession(gateway: Gateway): Promise<Asked>

export declare function listSessions(gateway: Gateway): Promise<readonly ListedSession[]>
export declare function endSession(gateway: Gateway, id: string): Promise<void>
export declare function endOtherSessions(gateway: Gateway): Promise<void>

export declare function listKeys(gateway: Gateway): Promise<readonly ApiKey[]>
/** `key` is shown this once. Needs a fresh sign-in. */
export declare function createKey(
  gateway: Gateway,
  form: {
    readonly name: string
    readonly scopes?: readonly string[]
    readonly paths?: readonly string[] | null
    readonly methods?: readonly string[] | null
    /** A duration such as `90d`; `null` for never. */
    readonly expires?: string | null
  },
): Promise<ApiKey & { readonly key: string }>
export declare function revokeKey(gateway: Gateway, id: string): Promise<void>
export declare function listPrograms(gateway: Gateway): Promise<readonly Program[]>
export declare function endProgram(gateway: Gateway, id: string): Promise<void>

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** Unix milliseconds, by the clock of this machine. */
  readonly expiresAt: number
  readonly scope: string
}

/** Signs a program in. No cookie is sent or taken. */
export declare function requestTokens(
  gateway: Gateway,
  form: {
    readonly identifier: string
    readonly password: string
    readonly scope?: string
    readonly client_id?: string
    /** The second factor, where the account has one. */
    readonly otp?: string
  },
): Promise<Tokens>
export declare function renewTokens(gateway: Gateway, refreshToken: string, scope?: string): Promise<Tokens>
/** Ends the sign-in, or the API key. */
export declare function revokeToken(gateway: Gateway, token: string): Promise<void>

/** A `fetch` that comes with the access token, and renews it when it is about to end or was refused: once, however many ask. */
export declare function createTokenFetch(
  gateway: Gateway,
  options: {
    readonly tokens: Tokens
    /** Keep the new ones: the old refresh token is used up. */
    readonly onChange?: (tokens: Tokens) => void | Promise<void>
  },
): Fetch
